//! A row of `command`, to and from the domain.

use carrier_gateway_domain::{About, Command, CommandKind, OrderAsk, PortOutAnswer, Progress};
use pg::StoreError;
use sqlx::types::Json;
use types::{AccountId, CommandId, OrderId, PortOutId};
use uuid::Uuid;

use super::parsed;

/// Every column of a command that the domain knows, in one place because three statements read them.
macro_rules! command_columns {
    () => {
        "command_id, subject_id, account_id, pon, ver, kind, winning_spid, port_out_answer, progress, requested_at, \
         sent_at, ended_at, carrier_reference, refusal, traceparent, attempts, last_error"
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
    winning_spid: Option<String>,
    port_out_answer: Option<Json<PortOutAnswer>>,
    progress: String,
    requested_at: jiff_sqlx::Timestamp,
    sent_at: Option<jiff_sqlx::Timestamp>,
    ended_at: Option<jiff_sqlx::Timestamp>,
    carrier_reference: Option<String>,
    refusal: Option<String>,
    traceparent: Option<String>,
    attempts: i32,
    last_error: Option<String>,
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
            Some(CommandKind::Supplement) => OrderAsk::Supplement,
            Some(CommandKind::Cancel) => OrderAsk::Cancel,
            Some(CommandKind::Activate) => OrderAsk::Activate,
            Some(CommandKind::AnswerPortOut) => return self.about_port_out(),
            None => return Err(self.corrupt("no such kind")),
        };
        Ok(About::Order {
            order: OrderId::from_uuid(self.subject_id),
            ask,
        })
    }

    fn about_port_out(&self) -> Result<About, StoreError> {
        match (&self.winning_spid, &self.port_out_answer) {
            (Some(spid), Some(Json(answer))) => Ok(About::PortOut {
                port_out: PortOutId::from_uuid(self.subject_id),
                winning_spid: parsed("command", &self.command_id, spid)?,
                answer: answer.clone(),
            }),
            (Some(_) | None, _) => Err(self.corrupt("no answer to give")),
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
