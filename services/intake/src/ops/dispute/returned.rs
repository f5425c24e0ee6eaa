//! Numbers that are back without an answer to a wish: operations put it on record, with the effect of a confirmed answer.

use intake_domain::dispute::{About, SnapbackRefusal, State};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{PortOutId, Tn};

use super::read::{Seen, seen};
use super::snapback::hear_snapback;
use crate::announce;
use crate::app::Intake;
use crate::ops::port_in::cutover;
use crate::ops::port_in::{HearError, Occasion, OrderName, Requester, find_to_change};
use crate::store;
use crate::store::dispute::{DisputeName, Return};
use crate::store::port_out::Entry;

/// What operations put on record.
#[derive(Debug)]
pub(crate) struct Returned {
    pub(crate) tns: Vec<Tn>,
    /// How it is known.
    pub(crate) explanation: String,
    pub(crate) etag: Option<String>,
}

/// Why it was not put on record.
#[derive(Debug, Error)]
pub(crate) enum ReturnError {
    /// There is no such dispute.
    #[error("there is no such dispute")]
    NotFound,
    /// The rules of disputes refuse.
    #[error(transparent)]
    Refused(#[from] SnapbackRefusal),
    /// These numbers left, and are in the inventory again: not by coming back.
    #[error("numbers that are in the inventory by another way")]
    HeldOtherwise(Vec<Tn>),
    /// The order does not take it in.
    #[error(transparent)]
    Hear(#[from] HearError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts on record that numbers are back. The order's lock comes before the dispute's.
pub(crate) async fn record_return(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: DisputeName,
    returned: Returned,
) -> Result<Seen, ReturnError> {
    let occasion = Occasion::of(intake, requester);
    let found = store::dispute::find(conn, requester.scope(), name).await?;
    let about = found.ok_or(ReturnError::NotFound)?.about;
    let order = match about {
        About::PortIn { order, .. } => find_to_change(conn, OrderName::Id(order), requester).await?,
        About::PortOut { .. } => None,
    };
    let locked = store::dispute::find_for_update(conn, requester.scope(), name).await?;
    let mut dispute = locked.ok_or(ReturnError::NotFound)?;
    let is_other = |etag: &String| *etag != dispute.version.to_string();
    if returned.etag.as_ref().is_some_and(is_other) {
        return Err(StoreError::Stale("the dispute").into());
    }
    let wished = wished(conn, dispute.id, dispute.state).await?;
    let recorded = dispute.record_return(&returned.tns, &wished, occasion.now)?;
    store::dispute::save(conn, &mut dispute).await?;
    let told = match (about, order) {
        (About::PortOut { port_out, .. }, _) => {
            take_back(conn, port_out, &recorded.tns, occasion.now, &returned.explanation).await?;
            None
        }
        (About::PortIn { .. }, Some(order)) => {
            let why = format!("{}: {}", dispute.number, returned.explanation);
            cutover::give_back(intake, conn, &order, &recorded.tns, why, occasion).await?
        }
        (About::PortIn { order, .. }, None) => return Err(HearError::NotFound(order).into()),
    };
    // What another dispute waited for. This one knows already.
    if let Some(told) = told.filter(|told| Some(told.snapback) != recorded.ended) {
        hear_snapback(conn, told, occasion.now).await?;
    }
    if let Some(ended) = recorded.ended {
        store::dispute::end_by_record(conn, ended, occasion.now).await?;
    }
    let kept = Return {
        tns: recorded.tns.clone(),
        explanation: returned.explanation,
        recorded_by: requester.name.clone(),
        recorded_at: occasion.now,
    };
    store::dispute::add_return(conn, dispute.id, &kept).await?;
    let outcome = announce::dispute::SnapbackOutcome {
        snapback: recorded.ended,
        tns: recorded.tns,
        is_confirmed: true,
        refusal: String::new(),
        is_recorded: true,
    };
    announce::dispute::snapback_answered(conn, &dispute, outcome, occasion.now).await?;
    Ok(seen(conn, dispute).await?)
}

/// The numbers of the wish that is open; none if none is.
async fn wished(
    conn: &mut PgConnection,
    dispute: types::DisputeId,
    state: State,
) -> Result<Vec<Tn>, StoreError> {
    let open = match state {
        State::SnapbackAsked { snapback } => snapback,
        State::Open | State::Answered | State::SnapbackRefused | State::Returned | State::Settled { .. } => {
            return Ok(Vec::new());
        }
    };
    let asked = store::dispute::list_snapbacks(conn, dispute).await?;
    let asked = asked.into_iter().find(|asked| asked.id == open);
    Ok(asked.map(|asked| asked.tns).unwrap_or_default())
}

/// Puts numbers that left back into the inventory, as they were; all of them, or none is on record as being back.
async fn take_back(
    conn: &mut PgConnection,
    port_out: PortOutId,
    tns: &[Tn],
    now: Timestamp,
    explanation: &str,
) -> Result<(), ReturnError> {
    let back = store::departed::take_back(conn, port_out, tns, now).await?;
    let held: Vec<Tn> = tns.iter().copied().filter(|tn| !back.contains(tn)).collect();
    if !held.is_empty() {
        return Err(ReturnError::HeldOtherwise(held));
    }
    let entry = Entry {
        at: now,
        actor: "platform".to_owned(),
        what: "RETURNED",
        detail: format!("{} numbers, on record: {explanation}", back.len()),
        is_warning: false,
    };
    store::port_out::add_entry(conn, port_out, &entry).await?;
    Ok(())
}
