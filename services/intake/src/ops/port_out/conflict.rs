//! Conflicts: a lock that is set after the winning carrier was told that the numbers may go.
//!
//! The winning carrier decides: what left is not taken back by us alone. The case stays authorized until it accepted.

use intake_domain::port_out::{
    AnswerMode, AnswerState, Conflict, ConflictState, LawfulReason, PortOut, PortOutFact, PortOutState,
    Verdict,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConflictId, PortOutId, Tn};

use super::settle::{record, settle, settle_again};
use crate::announce;
use crate::store;
use crate::store::port_out::Entry;

/// Does what a lock asks for that was set on these numbers, if they are of an authorized case. Nobody has heard of an authorization that
/// waits for the other cases of its request, so that one is taken back; one that was told raises a conflict.
pub(super) async fn raise(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    set_on: &[Tn],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get_mut(index) else {
        return Ok(());
    };
    if !matches!(case.state, PortOutState::Authorized { .. }) {
        return Ok(());
    }
    let going: Vec<Tn> = case
        .undenied()
        .into_iter()
        .filter(|tn| set_on.contains(tn))
        .collect();
    let locked = store::port_out::locked_of(conn, case.account, &going).await?;
    if locked.is_empty() {
        return Ok(());
    }
    if case.answer.is_some() {
        return tell(conn, case, &locked, now).await;
    }
    match case.deny(&locked, LawfulReason::Locked) {
        Verdict::Denied => match case.state.clone().lock(now) {
            Ok(transition) => settle(conn, cases, index, transition, now).await,
            Err(_decided_otherwise) => Ok(()),
        },
        Verdict::Allowed => settle_again(conn, cases, index, PortOutFact::Authorized, now).await,
    }
}

/// Puts a conflict on record and asks for it to be told.
async fn tell(
    conn: &mut PgConnection,
    case: &PortOut,
    locked: &[Tn],
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = store::port_out::conflicts_of(conn, &[case.id]).await?;
    let tns = Conflict::not_raised_yet(&known, locked);
    if tns.is_empty() {
        return Ok(());
    }
    let conflict = Conflict {
        id: ConflictId::generate(),
        port_out: case.id,
        tns,
        raised_at: now,
        state: ConflictState::Requested,
    };
    store::port_out::insert_conflict(conn, &conflict).await?;
    note(conn, case, &conflict, "policy", "CONFLICT_RAISED", now).await?;
    announce::conflict::raised(conn, case, &conflict, now).await
}

/// How far the command has come that raises a conflict.
#[derive(Debug, Clone)]
pub(crate) struct ConflictNews {
    pub(crate) port_out: PortOutId,
    pub(crate) conflict: ConflictId,
    pub(crate) progress: AnswerState,
    /// Why the winning carrier refused, in its words.
    pub(crate) refusal: String,
}

/// Records how far a conflict has come, and acts on what the winning carrier says to it: accepted, its numbers stay and are
/// refused as locked; refused, they go. News that were overtaken change nothing.
pub(crate) async fn record_conflict_progress(
    conn: &mut PgConnection,
    news: &ConflictNews,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = store::port_out::request_of(conn, news.port_out).await?;
    store::port_out::lock_request(conn, &key).await?;
    let mut cases = store::port_out::cases_of_request(conn, &key).await?;
    let conflicts = store::port_out::conflicts_of(conn, &[news.port_out]).await?;
    let conflict = conflicts
        .into_iter()
        .find(|conflict| conflict.id == news.conflict);
    let index = cases.iter().position(|case| case.id == news.port_out);
    let (Some(mut conflict), Some(index)) = (conflict, index) else {
        tracing::warn!(port_out.id = %news.port_out, conflict.id = %news.conflict, "news of no conflict");
        return Ok(());
    };
    let Some(state) = conflict.state.advance(news.progress, now, &news.refusal) else {
        return Ok(());
    };
    conflict.state = state;
    store::port_out::save_conflict(conn, &conflict).await?;
    let case = &cases[index];
    let carrier = case.request.key.winning_spid.as_str();
    match &conflict.state {
        ConflictState::Requested | ConflictState::Sent => Ok(()),
        ConflictState::Refused { .. } => {
            note(conn, case, &conflict, carrier, "CONFLICT_REFUSED", now).await?;
            announce::conflict::settled(conn, case, &conflict, now).await
        }
        ConflictState::Accepted { .. } => {
            note(conn, case, &conflict, carrier, "CONFLICT_ACCEPTED", now).await?;
            announce::conflict::settled(conn, case, &conflict, now).await?;
            keep(conn, &mut cases, index, &conflict, now).await
        }
    }
}

/// The numbers of an accepted conflict stay. Where the winning carrier reads our answers as a whole, so do all others of the
/// request. It knows of it, so nothing is answered again.
async fn keep(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    conflict: &Conflict,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get_mut(index) else {
        return Ok(());
    };
    // It ended meanwhile: the numbers are gone, or were withdrawn.
    if !matches!(case.state, PortOutState::Authorized { .. }) {
        return Ok(());
    }
    if case.deny(&conflict.tns, LawfulReason::Locked) == Verdict::Allowed {
        return store::port_out::save(conn, case).await;
    }
    if let Ok((state, fact)) = case.state.clone().lock(now) {
        reject(conn, case, (state, fact), conflict.id, now).await?;
    }
    let is_whole = case.request.answers == AnswerMode::Whole;
    for other in cases.iter_mut().filter(|_| is_whole) {
        if let Ok(transition) = other.state.clone().fall_with_request(now) {
            reject(conn, other, transition, conflict.id, now).await?;
        }
    }
    Ok(())
}

async fn reject(
    conn: &mut PgConnection,
    case: &mut PortOut,
    (state, fact): (PortOutState, PortOutFact),
    conflict: ConflictId,
    now: Timestamp,
) -> Result<(), StoreError> {
    case.state = state;
    store::port_out::save(conn, case).await?;
    record(conn, case, fact, now).await?;
    announce::conflict::rejected(conn, case, conflict, now).await
}

async fn note(
    conn: &mut PgConnection,
    case: &PortOut,
    conflict: &Conflict,
    actor: &str,
    what: &'static str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tns: Vec<String> = conflict.tns.iter().map(Tn::to_string).collect();
    let (why, is_warning) = match &conflict.state {
        ConflictState::Refused { refusal, .. } => (format!(": {refusal}"), true),
        ConflictState::Requested | ConflictState::Sent | ConflictState::Accepted { .. } => {
            (String::new(), false)
        }
    };
    let entry = Entry {
        at: now,
        actor: actor.to_owned(),
        what,
        detail: format!("locked after the authorization: {}{why}", tns.join(", ")),
        is_warning,
    };
    store::port_out::add_entry(conn, case.id, &entry).await
}
