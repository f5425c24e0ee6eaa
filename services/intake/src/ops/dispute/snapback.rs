//! Undoing the port that is disputed: by the order's own snapback for numbers that came, by asking the winning carrier for
//! numbers that left.

use intake_domain::dispute::{About, AskedBack, Dispute, SnapbackRefusal};
use intake_domain::port_in::CommandState;
use intake_domain::port_in::cutover::{Asked, SnapbackState};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{PortOutId, SnapbackId, Tn};

use super::read::{Seen, seen};
use super::shown_name;
use crate::announce;
use crate::app::Intake;
use crate::ops::port_in::cutover;
use crate::ops::port_in::{OrderName, Requester};
use crate::store;
use crate::store::dispute::DisputeName;
use crate::store::port_out::Entry;

/// Why a snapback was not asked for.
#[derive(Debug, Error)]
pub(crate) enum SnapbackError {
    /// There is no such dispute, or it is somebody else's.
    #[error("there is no such dispute")]
    NotFound,
    /// The rules of disputes refuse.
    #[error(transparent)]
    Refused(#[from] SnapbackRefusal),
    /// The rules of the order refuse.
    #[error(transparent)]
    Order(#[from] cutover::SnapbackError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a carrier says to a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) snapback: SnapbackId,
    /// The numbers it names; none: all that were asked for.
    pub(crate) tns: Vec<Tn>,
    /// Why it refuses; none: they moved back.
    pub(crate) refusal: Option<String>,
}

/// Asks for the port of some numbers to be undone.
pub(crate) async fn request_snapback(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: DisputeName,
    tns: &[Tn],
    reason: String,
) -> Result<Seen, SnapbackError> {
    let now = intake.base.clock.now();
    // Not locked: the order's lock comes before. What is saved below is guarded by the version.
    let found = store::dispute::find(conn, requester.scope(), name).await?;
    let mut dispute = found.ok_or(SnapbackError::NotFound)?;
    let wanted = dispute.wanted_back(tns)?;
    let id = match dispute.about {
        About::PortIn { order, .. } => {
            let asked = Asked {
                reason: reason.clone(),
                inadvertent: Some(format!("{}: {} port", dispute.number, dispute.kind.code())),
            };
            let order = OrderName::Id(order);
            cutover::request_snapback(intake, conn, requester, order, &wanted, asked)
                .await?
                .id
        }
        About::PortOut { .. } => SnapbackId::generate(),
    };
    let asked = AskedBack {
        id,
        tns: dispute.ask_back(&wanted, id)?,
        reason,
        state: SnapbackState::Requested,
        refusal: String::new(),
        requested_by: shown_name(requester),
        requested_at: now,
        since: now,
        is_ended_by_record: false,
        late_answer: None,
    };
    store::dispute::save(conn, &mut dispute).await?;
    let (follows_order, request) = match dispute.about {
        About::PortIn { .. } => (true, None),
        About::PortOut { port_out, .. } => (false, Some(store::port_out::request_of(conn, port_out).await?)),
    };
    store::dispute::add_snapback(conn, dispute.id, &asked, follows_order).await?;
    announce::dispute::snapback_asked(conn, &dispute, &asked, request.as_ref(), now).await?;
    Ok(seen(conn, dispute).await?)
}

/// Hears how far the command to a winning carrier has come. A refused one ends the wish.
pub(crate) async fn follow_snapback(
    conn: &mut PgConnection,
    id: SnapbackId,
    state: CommandState,
    refusal: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let next = match state {
        CommandState::Requested => return Ok(()),
        CommandState::Sent => SnapbackState::Sent,
        CommandState::Acknowledged => SnapbackState::Acknowledged,
        CommandState::Refused => {
            let answer = Answered {
                snapback: id,
                tns: Vec::new(),
                refusal: Some(refusal),
            };
            return hear_snapback(conn, answer, now).await;
        }
    };
    store::dispute::advance_snapback(conn, id, next, "", now).await
}

/// Hears what became of a wish, of whichever direction. Where no dispute waits for it, it changes nothing.
pub(crate) async fn hear_snapback(
    conn: &mut PgConnection,
    answer: Answered,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(mut dispute) = store::dispute::find_by_snapback(conn, answer.snapback).await? else {
        return note_late(conn, &answer, now).await;
    };
    let asked = store::dispute::list_snapbacks(conn, dispute.id).await?;
    let asked = asked.into_iter().find(|asked| asked.id == answer.snapback);
    let away = dispute.still_away();
    // Those that are on record as being back are not told of again.
    let wanted = asked.map(|asked| asked.tns).unwrap_or_default().into_iter();
    let wanted: Vec<Tn> = wanted.filter(|tn| away.contains(tn)).collect();
    let is_named = |tn: &&Tn| answer.tns.is_empty() || answer.tns.contains(tn);
    let named: Vec<Tn> = wanted.iter().filter(is_named).copied().collect();
    let (moved, refusal) = match (answer.refusal, dispute.about) {
        (Some(refusal), _) => (Vec::new(), refusal),
        (None, _) if named.is_empty() => (
            named,
            "the carrier names no other number than those that are back".to_owned(),
        ),
        (None, About::PortIn { .. }) => (named, String::new()),
        (None, About::PortOut { port_out, .. }) => {
            let back = take_back(conn, &dispute, port_out, &named, now).await?;
            let refusal = if back.is_empty() {
                "none of the numbers can be taken back: they are in the inventory by another way"
            } else {
                ""
            };
            (back, refusal.to_owned())
        }
    };
    let state = if moved.is_empty() {
        SnapbackState::Refused
    } else {
        SnapbackState::Confirmed
    };
    store::dispute::advance_snapback(conn, answer.snapback, state, &refusal, now).await?;
    dispute.hear_snapback(answer.snapback, &moved, now);
    store::dispute::save(conn, &mut dispute).await?;
    let about = if moved.is_empty() { wanted } else { moved };
    let outcome = announce::dispute::SnapbackOutcome {
        snapback: Some(answer.snapback),
        tns: about,
        is_confirmed: state == SnapbackState::Confirmed,
        refusal,
        is_recorded: false,
    };
    announce::dispute::snapback_answered(conn, &dispute, outcome, now).await
}

/// Notes an answer to a wish that was ended by a record, once: on the wish, and in the history of the port-out.
async fn note_late(conn: &mut PgConnection, answer: &Answered, now: Timestamp) -> Result<(), StoreError> {
    let (state, says) = match &answer.refusal {
        None => (SnapbackState::Confirmed, "confirmed"),
        Some(_) => (SnapbackState::Refused, "refused"),
    };
    let noted = store::dispute::note_late_answer(conn, answer.snapback, state, now).await?;
    let Some(id) = noted else {
        return Ok(());
    };
    tracing::warn!(alert = true, dispute.id = %id, says,
        "a carrier answers a wish whose numbers are on record as being back");
    let dispute = store::dispute::find(conn, None, DisputeName::Id(id)).await?;
    let Some(dispute) = dispute else {
        return Ok(());
    };
    match dispute.about {
        // The order has it in its timeline.
        About::PortIn { .. } => Ok(()),
        About::PortOut { port_out, .. } => {
            let entry = Entry {
                at: now,
                actor: dispute.number.to_string(),
                what: "LATE_ANSWER",
                detail: format!("{says}, after the numbers were put on record as being back"),
                is_warning: true,
            };
            store::port_out::add_entry(conn, port_out, &entry).await
        }
    }
}

/// Puts numbers that left back into the inventory, as they were, and says so in the history of the port-out.
async fn take_back(
    conn: &mut PgConnection,
    dispute: &Dispute,
    port_out: PortOutId,
    tns: &[Tn],
    now: Timestamp,
) -> Result<Vec<Tn>, StoreError> {
    let back = store::departed::take_back(conn, port_out, tns, now).await?;
    if back.len() < tns.len() {
        tracing::warn!(alert = true, dispute.id = %dispute.id, given = tns.len(), taken = back.len(),
            "numbers that are back are in the inventory by another way");
    }
    let entry = Entry {
        at: now,
        actor: dispute.number.to_string(),
        what: "RETURNED",
        detail: format!("{} numbers", back.len()),
        is_warning: false,
    };
    store::port_out::add_entry(conn, port_out, &entry).await?;
    Ok(back)
}
