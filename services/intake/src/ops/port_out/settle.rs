//! Settling: what a transition of one case means for the whole request.
//!
//! The winning carrier gets one answer to its request, so what was decided of a case is announced once all of the request
//! are decided. A case that is refused takes the others with it, unless the winning carrier takes answers per number.
//!
//! **Architecture invariant:** the request is locked, and `cases` are all of its cases, read under that lock.

use intake_domain::port_out::{
    Answer, AnswerMode, Claim, LawfulReason, PortOut, PortOutFact, PortOutState, Verdict,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Tn};

use crate::announce;
use crate::announce::port_out::Left;
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
            let fact = hold_locked(conn, case, now).await?;
            settle_again(conn, cases, index, fact, now).await
        }
        PortOutFact::Rejected => settle_again(conn, cases, index, fact, now).await,
        PortOutFact::PortedOut { was_authorized } => leave(conn, case, was_authorized, now).await,
        PortOutFact::Received | PortOutFact::RejectionRequested | PortOutFact::Cancelled => {
            tell(conn, case, fact, now).await
        }
    }
}

/// Saves and records what was decided of a case, or decided anew, and answers when all of its request is decided.
pub(super) async fn settle_again(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get_mut(index) else {
        return Ok(());
    };
    write(conn, case, fact, now).await?;
    if fact == PortOutFact::Rejected && case.request.answers == AnswerMode::Whole {
        reject_others(conn, cases, now).await?;
    }
    answer_when_decided(conn, cases, now).await
}

/// A lock that was set after the request had been judged holds the numbers all the same: what was to be authorized is
/// not, as far as they are concerned.
async fn hold_locked(
    conn: &mut PgConnection,
    case: &mut PortOut,
    now: Timestamp,
) -> Result<PortOutFact, StoreError> {
    let locked = store::port_out::locked_of(conn, case.account, &case.undenied()).await?;
    if locked.is_empty() || case.deny(&locked, LawfulReason::Locked) == Verdict::Allowed {
        return Ok(PortOutFact::Authorized);
    }
    match case.state.clone().lock(now) {
        Ok((state, fact)) => {
            case.state = state;
            Ok(fact)
        }
        Err(_) => Ok(PortOutFact::Authorized),
    }
}

/// Saves a case whose numbers have gone, takes them out of the inventory with all that protected them, and announces those
/// that were in it: what we run for them is to be released, and the account is charged for its own. Of numbers that it did
/// not have, or that were separated from it by now, an account hears nothing.
async fn leave(
    conn: &mut PgConnection,
    case: &mut PortOut,
    was_authorized: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let leaving = case.leaving();
    let since = store::port_out::separated_of(conn, case.account, &leaving).await?;
    let is_separated = |tn: &Tn| {
        let mut numbers = case.numbers.iter();
        since.contains(tn) || numbers.any(|number| number.tn == *tn && number.is_separated)
    };
    let (separated, own): (Vec<Tn>, Vec<Tn>) = leaving.into_iter().partition(is_separated);
    let locked = store::port_out::locked_of(conn, case.account, &own).await?;
    let removed = store::inventory::remove_ported_out(conn, case.account, case.id, &own).await?;
    let freed = store::port_out::remove_separated(conn, &separated).await?;
    let gone = [removed.as_slice(), freed.as_slice()].concat();
    store::port_out::forget_protection(conn, &gone).await?;
    tracing::info!(port_out.id = %case.id, removed = gone.len(), asked = case.numbers.len(), "numbers have left");
    if own.is_empty() && !separated.is_empty() {
        // It was over when they were separated, and is not any more: nothing of it is the account's.
        case.account = AccountId::PLATFORM;
        store::port_out::give_to(conn, case).await?;
    } else {
        store::port_out::save(conn, case).await?;
    }
    record(conn, case, PortOutFact::PortedOut { was_authorized }, now).await?;
    let left = Left {
        was_authorized,
        locked: locked.into_iter().filter(|tn| removed.contains(tn)).collect(),
    };
    if !gone.is_empty() {
        note_left(conn, case, &left, now).await?;
    }
    if !removed.is_empty() {
        announce::protection::numbers_released(conn, &only(case, &removed), now).await?;
        announce::port_out::ported_out(conn, &only(case, &removed), &left, now).await?;
    }
    if !freed.is_empty() {
        // The account is not told, even if it was the one that was asked for them.
        let unseen = PortOut {
            account: AccountId::PLATFORM,
            ..only(case, &freed)
        };
        announce::protection::numbers_released(conn, &unseen, now).await?;
    }
    Ok(())
}

/// Numbers that went though nobody had let them, or though they were locked, are for a person to look at: the winning carrier
/// took them, refused the conflict, or has not answered it.
async fn note_left(
    conn: &mut PgConnection,
    case: &PortOut,
    left: &Left,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !left.is_without_leave() {
        return Ok(());
    }
    tracing::warn!(alert = true, port_out.id = %case.id, authorized = left.was_authorized, locked = left.locked.len(),
        "numbers went without leave");
    if left.locked.is_empty() {
        return Ok(());
    }
    let tns: Vec<String> = left.locked.iter().map(Tn::to_string).collect();
    let entry = Entry {
        at: now,
        actor: case.request.key.winning_spid.to_string(),
        what: "WENT_LOCKED",
        detail: format!("locked numbers have gone: {}", tns.join(", ")),
        is_warning: true,
    };
    store::port_out::add_entry(conn, case.id, &entry).await
}

fn only(case: &PortOut, tns: &[Tn]) -> PortOut {
    let mut part = case.clone();
    part.numbers.retain(|number| tns.contains(&number.tn));
    part
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

/// Saves and records a decided case. It is announced with the others of its request, again if another decision was
/// announced before.
async fn write(
    conn: &mut PgConnection,
    case: &mut PortOut,
    fact: PortOutFact,
    now: Timestamp,
) -> Result<(), StoreError> {
    case.answer = None;
    store::port_out::save(conn, case).await?;
    record(conn, case, fact, now).await
}

async fn reject_others(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    now: Timestamp,
) -> Result<(), StoreError> {
    for case in cases {
        if let Ok((state, fact)) = case.state.clone().fall_with_request(now) {
            case.state = state;
            write(conn, case, fact, now).await?;
        }
    }
    Ok(())
}

/// Announces every decided case that was not announced, once all of the request are decided and its answer is not held
/// back.
pub(super) async fn answer_when_decided(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    now: Timestamp,
) -> Result<(), StoreError> {
    let waits =
        |case: &PortOut| case.state.answer_due_at().is_some() || case.request.answer_held_until.is_some();
    if cases.iter().any(waits) {
        return Ok(());
    }
    for case in cases.iter_mut().filter(|case| case.answer.is_none()) {
        let fact = match case.state {
            PortOutState::Authorized { .. } => PortOutFact::Authorized,
            PortOutState::Rejected { .. } => PortOutFact::Rejected,
            PortOutState::Pending { .. }
            | PortOutState::RejectionReview { .. }
            | PortOutState::PortedOut { .. }
            | PortOutState::Cancelled { .. } => continue,
        };
        case.answer = Some(Answer::requested(now));
        store::port_out::save(conn, case).await?;
        announce::port_out::fact(conn, case, fact, now).await?;
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
    store::port_out::add_entry(conn, case.id, &entry).await
}

fn claim_in_words(claim: &Claim) -> String {
    format!("{}: {}", claim.reason.code(), claim.explanation)
}
