//! Asking end users whether their numbers may go, and what their answers do.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use intake_domain::port_out::{
    AnswerMode, AskBy, Asked, Consent, ConsentAnswer, ConsentReply, Consented, IllegalTransition,
    LawfulReason, PortOut, ReplyProof, SilenceMeans, Verdict,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{ConsentId, Secret, Tn};

use super::settle::settle;
use crate::announce;
use crate::app::Intake;
use crate::ops::links::{self, Link, LinkKind, LinkToken, NewLink};
use crate::store;
use crate::store::port_in::order::Access;
use crate::store::port_out::Entry;

/// Why there is nothing to answer.
#[derive(Debug, Error)]
pub(crate) enum ConsentError {
    /// There is no such question.
    #[error("there is no such question")]
    NotFound,
    /// It was answered, its time is over, or the case was decided otherwise.
    #[error("this question is no longer asked")]
    Closed,
    /// No pages are served, so nobody could answer.
    #[error("no pages are served here")]
    NoPages,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ConsentError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A question as its page shows it.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) consent: Consent,
    pub(crate) winning_name: String,
}

/// Where a question goes, and how it is answered.
#[derive(Debug, Clone)]
pub(crate) struct ConsentLink {
    pub(crate) consent: Consent,
    pub(crate) url: Secret,
}

/// How the people can be asked who use the numbers of a request.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Where they are written to; numbers without an address are left out.
    pub(super) emails: HashMap<Tn, String>,
    /// The numbers that are set up for texts, and not for voice alone.
    pub(super) texted: HashSet<Tn>,
}

impl Reach {
    /// Who is asked about these numbers, or why nobody can be: one of them has nobody who could be.
    fn asked(&self, by: AskBy, tns: Vec<Tn>) -> Result<Vec<Asked>, &'static str> {
        match by {
            AskBy::Email => {
                let mut by_email: BTreeMap<&str, Vec<Tn>> = BTreeMap::new();
                for tn in tns {
                    let email = self.emails.get(&tn);
                    let email = email.ok_or("a number has nobody who could be asked by email")?;
                    by_email.entry(email).or_default().push(tn);
                }
                let asked = by_email.into_iter().map(|(email, tns)| Asked::ByEmail {
                    email: email.to_owned(),
                    tns,
                });
                Ok(asked.collect())
            }
            AskBy::Sms if tns.iter().all(|tn| self.texted.contains(tn)) => {
                Ok(tns.into_iter().map(|tn| Asked::BySms { tn }).collect())
            }
            AskBy::Sms => Err("a number is set up for voice alone and cannot be asked by text"),
        }
    }
}

/// Asks the people who use the numbers of a pending case: one question an address, in which each number is answered, or one
/// a number. When one of them cannot be asked, or no pages are served, nobody is asked, and a person decides.
pub(super) async fn ask(
    conn: &mut PgConnection,
    case: &PortOut,
    by: AskBy,
    reach: Option<&Reach>,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let reach = reach.ok_or("no pages are served");
    let asked = match reach.and_then(|reach| reach.asked(by, case.undenied())) {
        Ok(asked) => asked,
        Err(why) => return note(conn, case, "policy", "NOT_ASKED", why, now).await,
    };
    for asked in asked {
        let consent = Consent {
            id: ConsentId::generate(),
            port_out: case.id,
            asked,
            asked_at: now,
            expires_at,
            reply: None,
        };
        store::port_out::insert_consent(conn, &consent).await?;
        let sent_to = consent.asked.sent_to();
        note(conn, case, "policy", "CONSENT_ASKED", &sent_to, now).await?;
        announce::protection::consent_asked(conn, case, &consent, now).await?;
    }
    Ok(())
}

/// Makes a link by which the question can be answered. For the notification service, at the moment of sending.
pub(crate) async fn take_consent_link(intake: &Intake, id: ConsentId) -> Result<ConsentLink, ConsentError> {
    let base = intake.link_base.as_ref().ok_or(ConsentError::NoPages)?;
    let now = intake.base.clock.now();
    let mut tx = intake.base.pool.begin().await?;
    let (consent, case) = find(&mut tx, id).await?;
    require_open(&consent, &case, now)?;
    let new = NewLink {
        kind: LinkKind::Consent,
        subject: id.as_uuid(),
        account: case.account,
        expires_at: consent.expires_at,
    };
    let (_, token) = links::make(&mut tx, new, now).await?;
    tx.commit().await?;
    Ok(ConsentLink {
        consent,
        url: Secret::new(base.url_of(&token)),
    })
}

/// The question that a link opens. Reads alone: what scans mail opens every link in it, and answers nothing.
pub(crate) async fn find_question(intake: &Intake, link: &Link) -> Result<Question, ConsentError> {
    let mut conn = intake.base.pool.acquire().await?;
    let (consent, case) = find(&mut conn, ConsentId::from_uuid(link.subject)).await?;
    require_open(&consent, &case, intake.base.clock.now())?;
    Ok(Question {
        consent,
        winning_name: case.request.winning_name,
    })
}

async fn find(conn: &mut PgConnection, id: ConsentId) -> Result<(Consent, PortOut), ConsentError> {
    let consent = store::port_out::find_consent(conn, id)
        .await?
        .ok_or(ConsentError::NotFound)?;
    let case = store::port_out::find_by_id(conn, consent.port_out)
        .await?
        .ok_or(ConsentError::NotFound)?;
    Ok((consent, case))
}

fn require_open(consent: &Consent, case: &PortOut, now: Timestamp) -> Result<(), ConsentError> {
    if consent.is_open(now) && case.state.answer_due_at().is_some() {
        Ok(())
    } else {
        Err(ConsentError::Closed)
    }
}

/// What an end user says, and who that is as far as the connection tells.
#[derive(Debug, Clone)]
pub(crate) struct SaidByEndUser {
    /// One for each number of the question, in its order.
    pub(crate) answers: Vec<ConsentAnswer>,
    pub(crate) remote_address: IpAddr,
    pub(crate) user_agent: String,
}

/// Records what an end user answers of each number, once, and uses the link up. A YES for every number of the case lets it
/// go, unless the account has refused meanwhile; a NO does what the law gives it (see `PortOutState::object`).
pub(crate) async fn answer_question(
    intake: &Intake,
    token: &LinkToken,
    link: &Link,
    said: SaidByEndUser,
) -> Result<(), ConsentError> {
    let now = intake.base.clock.now();
    let id = ConsentId::from_uuid(link.subject);
    let mut tx = intake.base.pool.begin().await?;
    let consent = store::port_out::find_consent(&mut tx, id)
        .await?
        .ok_or(ConsentError::NotFound)?;
    let key = store::port_out::request_of(&mut tx, consent.port_out).await?;
    store::port_out::lock_request(&mut tx, &key).await?;
    let mut cases = store::port_out::cases_of_request(&mut tx, &key).await?;
    let index = cases
        .iter()
        .position(|case| case.id == consent.port_out)
        .ok_or(ConsentError::NotFound)?;
    let link = links::open(&mut tx, token, Access::Change, now)
        .await?
        .ok_or(ConsentError::Closed)?;
    if link.used_at.is_some() {
        return Ok(());
    }
    require_open(&consent, &cases[index], now)?;
    let answered = Consent {
        reply: Some(ConsentReply {
            answers: said.answers,
            at: now,
            proof: ReplyProof::Page {
                remote_address: said.remote_address,
                user_agent: said.user_agent,
            },
        }),
        ..consent
    };
    record(&mut tx, &cases[index], &answered, now).await?;
    store::links::use_up(&mut tx, link.id, now).await?;
    follow(&mut tx, &mut cases, index, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps what was answered, puts it into the case's history and announces it.
pub(super) async fn record(
    conn: &mut PgConnection,
    case: &PortOut,
    answered: &Consent,
    now: Timestamp,
) -> Result<(), ConsentError> {
    let reply = answered.reply.as_ref().ok_or(ConsentError::Closed)?;
    if !store::port_out::answer_consent(conn, answered.id, reply).await? {
        return Err(ConsentError::Closed);
    }
    let answers = answered.answers().filter_map(|(tn, answer)| Some((tn, answer?)));
    let said: Vec<String> = answers
        .map(|(tn, answer)| format!("{} to {tn}", answer.code()))
        .collect();
    let by = match &reply.proof {
        ReplyProof::Page { .. } => answered.asked.sent_to(),
        ReplyProof::Text { message } => format!("text {message} from {}", answered.asked.sent_to()),
    };
    let detail = format!("{} by {by}", said.join(", "));
    note(conn, case, "end user", "CONSENT_ANSWERED", &detail, now).await?;
    announce::protection::consent_answered(conn, case, answered, now).await?;
    Ok(())
}

/// Does with a case what the answers so far come to. Where the winning carrier reads an answer per number and a NO
/// refuses, it refuses its numbers alone.
pub(super) async fn follow(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get_mut(index) else {
        return Ok(());
    };
    let consents = store::port_out::consents_of(conn, &[case.id]).await?;
    let mut consented = Consented::of(&consents, &case.undenied());
    if let (Consented::Withheld(objection), SilenceMeans::Rejected, AnswerMode::PerNumber) =
        (&consented, case.silence, case.request.answers)
        && case.deny(objection.tns(), LawfulReason::NotAuthorized) == Verdict::Allowed
    {
        store::port_out::save(conn, case).await?;
        consented = Consented::of(&consents, &case.undenied());
    }
    let state = case.state.clone();
    let followed = match &consented {
        Consented::Given => state.consent(now),
        Consented::Withheld(objection) => state.object(objection, case.silence, now),
        Consented::Open => return Ok(()),
    };
    match followed {
        Ok(transition) => settle(conn, cases, index, transition, now).await,
        // The account's own refusal goes before what its end users say.
        Err(IllegalTransition { .. }) => Ok(()),
    }
}

async fn note(
    conn: &mut PgConnection,
    case: &PortOut,
    actor: &str,
    what: &'static str,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entry = Entry {
        at: now,
        actor: actor.to_owned(),
        what,
        detail: detail.to_owned(),
        is_warning: false,
    };
    store::port_out::add_entry(conn, case.id, &entry).await
}
