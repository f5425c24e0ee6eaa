//! Settling: what a transition of one case means for the whole request.
//!
//! The winning carrier gets one answer to its request. A case that is authorized is announced once every case is; a
//! case that is refused takes the others with it.
//!
//! **Architecture invariant:** the request is locked, and `cases` are all of its cases, read under that lock.

use intake_domain::port_out::{AnswerState, Claim, PortOut, PortOutFact, PortOutState};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;

use crate::announce;
use crate::store;
use crate::store::port_out::Entry;

/// Takes the case at `index` to `state`: saves it, records it and announces `fact`.
pub(super) async fn settle(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    (state, fact): (PortOutState, PortOutFact),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get_mut(index) else {
        return Ok(());
    };
    case.state = state;
    match fact {
        PortOutFact::Authorized => {
            write(conn, case, now).await?;
            announce_if_all_authorized(conn, cases, now).await
        }
        PortOutFact::Rejected => {
            reject(conn, case, now).await?;
            reject_others(conn, cases, now).await
        }
        PortOutFact::PortedOut { .. } => leave(conn, case, fact, now).await,
        PortOutFact::Received | PortOutFact::RejectionRequested | PortOutFact::Cancelled => {
            tell(conn, case, fact, now).await
        }
    }
}

/// Saves a case whose numbers have gone, takes them out of the account's inventory, and announces those that were in
/// it: the account is charged for them. Of numbers that it did not have it hears nothing.
async fn leave(
    conn: &mut PgConnection,
    case: &mut PortOut,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let removed = store::inventory::remove_ported_out(conn, case.account, &case.tns()).await?;
    tracing::info!(port_out.id = %case.id, removed = removed.len(), asked = case.numbers.len(), "numbers have left");
    store::port_out::save(conn, case).await?;
    record(conn, case, fact, now).await?;
    if removed.is_empty() {
        return Ok(());
    }
    let mut left = case.clone();
    left.numbers.retain(|number| removed.contains(&number.tn));
    announce::port_out::fact(conn, &left, fact, now).await
}

/// Saves a case that nobody but the account is concerned with, and announces it.
async fn tell(
    conn: &mut PgConnection,
    case: &mut PortOut,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    store::port_out::save(conn, case).await?;
    record(conn, case, fact, now).await?;
    announce::port_out::fact(conn, case, fact, now).await
}

/// Saves an authorized case. It is announced with the others of its request.
async fn write(conn: &mut PgConnection, case: &mut PortOut, now: Timestamp) -> Result<(), StoreError> {
    store::port_out::save(conn, case).await?;
    record(conn, case, PortOutFact::Authorized, now).await
}

async fn announce_if_all_authorized(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    now: Timestamp,
) -> Result<(), StoreError> {
    if cases.iter().any(|case| case.state.answer_due_at().is_some()) {
        return Ok(());
    }
    for case in cases {
        if matches!(case.state, PortOutState::Authorized { .. }) && case.answer.is_none() {
            case.answer = Some(AnswerState::Requested);
            store::port_out::save(conn, case).await?;
            announce::port_out::fact(conn, case, PortOutFact::Authorized, now).await?;
        }
    }
    Ok(())
}

async fn reject(conn: &mut PgConnection, case: &mut PortOut, now: Timestamp) -> Result<(), StoreError> {
    case.answer = Some(AnswerState::Requested);
    tell(conn, case, PortOutFact::Rejected, now).await
}

async fn reject_others(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    now: Timestamp,
) -> Result<(), StoreError> {
    for case in cases {
        if let Ok((state, _rejected)) = case.state.clone().fall_with_request(now) {
            case.state = state;
            reject(conn, case, now).await?;
        }
    }
    Ok(())
}

/// Adds to the case's history what `fact` did to it.
pub(super) async fn record(
    conn: &mut PgConnection,
    case: &PortOut,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (actor, detail) = match &case.state {
        PortOutState::RejectionReview { claim, .. } => (claim.by.to_string(), claim_in_words(claim)),
        PortOutState::Authorized { decision } => (decision.by.to_string(), String::new()),
        PortOutState::Rejected { grounds, decision } => (decision.by.to_string(), grounds.code().to_owned()),
        PortOutState::Pending { .. } | PortOutState::PortedOut { .. } | PortOutState::Cancelled { .. } => {
            (case.request.key.winning_spid.to_string(), String::new())
        }
    };
    let left_without_leave = matches!(
        fact,
        PortOutFact::PortedOut {
            was_authorized: false
        }
    );
    let detail = if left_without_leave {
        "the numbers went although nobody had authorized it".to_owned()
    } else {
        detail
    };
    let entry = Entry {
        at: now,
        actor,
        what: case.state.name(),
        detail,
        is_warning: left_without_leave,
    };
    if left_without_leave {
        tracing::warn!(port_out.id = %case.id, "numbers went although nobody had authorized it");
    }
    store::port_out::add_entry(conn, case.id, &entry).await
}

fn claim_in_words(claim: &Claim) -> String {
    format!("{}: {}", claim.reason.code(), claim.explanation)
}
