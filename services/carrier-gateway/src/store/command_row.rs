//! A row of `command`, to and from the domain.

use std::collections::BTreeSet;

use carrier_gateway_domain::{
    About, Command, CommandKind, OrderAsk, PortOutAnswer, PortOutConflict, PortOutTell, Progress, Reading,
};
use pg::StoreError;
use sqlx::types::Json;
use types::{AccountId, CommandId, OrderId, PortOutId, SnapbackId, Tn};
use uuid::Uuid;

use super::parsed;

/// Every column of a command that the domain knows, in one place because three statements read them.
macro_rules! command_columns {
    () => {
        "command_id, subject_id, account_id, pon, ver, kind, date_only, tns, words, winning_spid, port_out_answer, answers_per_number, request_cases, conflict, \
         progress, requested_at, sent_at, ended_at, carrier_reference, refusal, traceparent, attempts, last_error, \
         request_id"
    };
}
pub(super) use command_columns;

#[derive(sqlx::FromRow)]
pub(super) struct CommandRow {
    command_id: Uuid,
    subject_id: Uuid,
    account_id: Uuid,
    pon: String,
    ver: i16,
    kind: String,
    date_only: bool,
    tns: Vec<String>,
    words: Option<String>,
    winning_spid: Option<String>,
    port_out_answer: Option<Json<PortOutAnswer>>,
    answers_per_number: Option<bool>,
    request_cases: Option<i16>,
    conflict: Option<Json<PortOutConflict>>,
    progress: String,
    requested_at: jiff_sqlx::Timestamp,
    sent_at: Option<jiff_sqlx::Timestamp>,
    ended_at: Option<jiff_sqlx::Timestamp>,
    carrier_reference: Option<String>,
    refusal: Option<String>,
    traceparent: Option<String>,
    attempts: i32,
    last_error: Option<String>,
    request_id: Option<Uuid>,
}

impl TryFrom<CommandRow> for Command {
    type Error = StoreError;

    fn try_from(row: CommandRow) -> Result<Self, StoreError> {
        let id = row.command_id;
        Ok(Self {
            about: row.about()?,
            progress: row.progress()?,
            id: CommandId::from_uuid(id),
            account: AccountId::from_uuid(row.account_id),
            pon: parsed("command", &id, &row.pon)?,
            ver: parsed("command", &id, &row.ver.to_string())?,
            attempts: row.attempts,
            last_error: row.last_error,
            requested_at: row.requested_at.to_jiff(),
            traceparent: row.traceparent,
        })
    }
}

impl CommandRow {
    fn about(&self) -> Result<About, StoreError> {
        let kind = CommandKind::ALL.into_iter().find(|kind| kind.code() == self.kind);
        let ask = match kind {
            Some(CommandKind::Submit) => OrderAsk::Submit,
            Some(CommandKind::Supplement) => OrderAsk::Supplement {
                date_only: self.date_only,
            },
            Some(CommandKind::Cancel) => OrderAsk::Cancel,
            Some(CommandKind::Activate) => OrderAsk::Activate { tns: self.tns()? },
            Some(CommandKind::Snapback) => OrderAsk::Snapback {
                tns: self.tns()?,
                reason: self.words()?,
            },
            Some(CommandKind::EnableMessaging) => OrderAsk::EnableMessaging {
                tns: self.tns()?,
                campaign: self.words()?,
            },
            Some(CommandKind::AnswerPortOut | CommandKind::ConflictPortOut) => return self.about_port_out(),
            Some(CommandKind::SnapbackPortOut) => return self.about_port_out_snapback(),
            None => return Err(self.corrupt("no such kind")),
        };
        Ok(About::Order {
            order: OrderId::from_uuid(self.subject_id),
            ask,
        })
    }

    fn tns(&self) -> Result<BTreeSet<Tn>, StoreError> {
        let tns = self.tns.iter().map(|tn| parsed("command", &self.command_id, tn));
        tns.collect()
    }

    fn words(&self) -> Result<String, StoreError> {
        self.words.clone().ok_or_else(|| self.corrupt("no words"))
    }

    fn about_port_out(&self) -> Result<About, StoreError> {
        let tell = match (&self.port_out_answer, &self.conflict) {
            (Some(Json(answer)), None) => PortOutTell::Answer {
                answer: answer.clone(),
                reading: self.answers_per_number.map(Reading::of),
                cases: self.request_cases,
            },
            (None, Some(Json(conflict))) => PortOutTell::Conflict(conflict.clone()),
            (Some(_), Some(_)) | (None, None) => return Err(self.corrupt("not one thing to tell")),
        };
        let spid = self.winning_spid.as_ref();
        Ok(About::PortOut {
            port_out: PortOutId::from_uuid(self.subject_id),
            winning_spid: parsed(
                "command",
                &self.command_id,
                spid.ok_or_else(|| self.corrupt("nobody to tell"))?,
            )?,
            tell,
        })
    }

    fn about_port_out_snapback(&self) -> Result<About, StoreError> {
        match (&self.winning_spid, self.request_id) {
            (Some(spid), Some(request_id)) => Ok(About::PortOutSnapback {
                port_out: PortOutId::from_uuid(self.subject_id),
                winning_spid: parsed("command", &self.command_id, spid)?,
                tns: self.tns()?,
                reason: self.words()?,
                request_id: SnapbackId::from_uuid(request_id),
            }),
            (Some(_) | None, _) => Err(self.corrupt("no carrier to ask, or no id to ask by")),
        }
    }

    fn progress(&self) -> Result<Progress, StoreError> {
        let ended_at = self.ended_at.map(jiff_sqlx::Timestamp::to_jiff);
        let sent_at = self.sent_at.map(jiff_sqlx::Timestamp::to_jiff);
        match (self.progress.as_str(), sent_at, ended_at) {
            ("requested", None, None) => Ok(Progress::Requested),
            ("sent", Some(first_sent_at), None) => Ok(Progress::Sent { first_sent_at }),
            ("acknowledged", Some(_), Some(at)) => Ok(Progress::Acknowledged {
                at,
                carrier_reference: self.carrier_reference.clone(),
            }),
            ("refused", _, Some(at)) => Ok(Progress::Refused {
                at,
                refusal: self.refusal.clone().unwrap_or_default(),
            }),
            (_, _, _) => Err(self.corrupt("its progress and its times disagree")),
        }
    }

    fn corrupt(&self, why: &str) -> StoreError {
        StoreError::corrupt("command", &self.command_id, &why)
    }
}

/// The columns in which is kept what a command asks, beside its kind.
#[derive(Default)]
pub(super) struct AskColumns<'a> {
    pub(super) date_only: bool,
    pub(super) tns: Vec<String>,
    pub(super) words: Option<&'a str>,
    pub(super) winning_spid: Option<&'a str>,
    pub(super) answer: Option<Json<&'a PortOutAnswer>>,
    pub(super) answers_per_number: Option<bool>,
    pub(super) request_cases: Option<i16>,
    pub(super) conflict: Option<Json<&'a PortOutConflict>>,
    pub(super) request_id: Option<Uuid>,
}

impl<'a> From<&'a About> for AskColumns<'a> {
    fn from(about: &'a About) -> Self {
        let tns = about.tns().into_iter().flatten().map(Tn::to_string).collect();
        let columns = Self {
            tns,
            ..Self::default()
        };
        match about {
            About::Order { ask, .. } => match ask {
                OrderAsk::Submit | OrderAsk::Cancel | OrderAsk::Activate { .. } => columns,
                OrderAsk::Supplement { date_only } => Self {
                    date_only: *date_only,
                    ..columns
                },
                OrderAsk::Snapback { reason: words, .. }
                | OrderAsk::EnableMessaging { campaign: words, .. } => Self {
                    words: Some(words),
                    ..columns
                },
            },
            About::PortOut {
                winning_spid, tell, ..
            } => {
                let columns = Self {
                    winning_spid: Some(winning_spid.as_str()),
                    ..columns
                };
                match tell {
                    PortOutTell::Answer {
                        answer,
                        reading,
                        cases,
                    } => Self {
                        request_cases: *cases,
                        answer: Some(Json(answer)),
                        answers_per_number: reading.map(Reading::is_per_number),
                        ..columns
                    },
                    PortOutTell::Conflict(conflict) => Self {
                        conflict: Some(Json(conflict)),
                        ..columns
                    },
                }
            }
            About::PortOutSnapback {
                winning_spid,
                reason,
                request_id,
                ..
            } => Self {
                words: Some(reason),
                winning_spid: Some(winning_spid.as_str()),
                request_id: Some(request_id.as_uuid()),
                ..columns
            },
        }
    }
}

/// The columns in which a progress is kept.
pub(super) struct ProgressColumns<'a> {
    pub(super) progress: &'static str,
    pub(super) sent_at: Option<jiff::Timestamp>,
    pub(super) ended_at: Option<jiff::Timestamp>,
    pub(super) carrier_reference: Option<&'a str>,
    pub(super) refusal: Option<&'a str>,
}

impl<'a> From<&'a Progress> for ProgressColumns<'a> {
    fn from(progress: &'a Progress) -> Self {
        let mut columns = Self {
            progress: progress.code(),
            sent_at: None,
            ended_at: None,
            carrier_reference: None,
            refusal: None,
        };
        match progress {
            Progress::Requested => {}
            Progress::Sent { first_sent_at } => columns.sent_at = Some(*first_sent_at),
            Progress::Acknowledged {
                at,
                carrier_reference,
            } => {
                columns.ended_at = Some(*at);
                columns.carrier_reference = carrier_reference.as_deref();
            }
            Progress::Refused { at, refusal } => {
                columns.ended_at = Some(*at);
                columns.refusal = Some(refusal);
            }
        }
        columns
    }
}
