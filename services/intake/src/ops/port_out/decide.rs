//! The decisions of accounts, and of operations over them.

use intake_domain::port_out::{Claim, IllegalTransition, LawfulReason, PortOut, PortOutState, Transition};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, Subject};

use super::read;
use super::settle::settle;
use crate::store;
use crate::store::port_out::{Entry, PortOutName};

/// Why a port-out was not accepted.
#[derive(Debug, Error)]
pub(crate) enum AcceptError {
    /// The account has no such port-out.
    #[error("there is no such port-out")]
    NotFound,
    /// It was decided already.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a port-out was not refused.
#[derive(Debug, Error)]
pub(crate) enum RefuseError {
    /// The account has no such port-out.
    #[error("there is no such port-out")]
    NotFound,
    /// The reason is lawful, and untrue of these numbers: they have no PIN, no lock or no other port.
    #[error("{} is a lawful reason, but cannot be true of this port-out", .0.code())]
    DoesNotApply(LawfulReason),
    /// It was decided already.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a rejection was not reviewed.
#[derive(Debug, Error)]
pub(crate) enum ReviewError {
    /// The account has no such port-out.
    #[error("there is no such port-out")]
    NotFound,
    /// There is no rejection to review.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account's refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: LawfulReason,
    pub(crate) explanation: String,
    pub(crate) by: Subject,
}

/// What operations decide over a refusal.
#[derive(Debug)]
pub(crate) struct Review {
    pub(crate) is_upheld: bool,
    pub(crate) explanation: String,
    pub(crate) by: Subject,
}

/// Lets the numbers go.
pub(crate) async fn accept(
    conn: &mut PgConnection,
    account: AccountId,
    name: PortOutName,
    by: Subject,
    now: Timestamp,
) -> Result<PortOut, AcceptError> {
    let case = store::port_out::find(conn, account, name)
        .await?
        .ok_or(AcceptError::NotFound)?;
    decide(conn, &case, |state| state.accept(by, now), now).await
}

/// Refuses, for a lawful reason that operations then check.
pub(crate) async fn refuse(
    conn: &mut PgConnection,
    account: AccountId,
    name: PortOutName,
    refusal: Refusal,
    now: Timestamp,
) -> Result<PortOut, RefuseError> {
    let case = store::port_out::find(conn, account, name)
        .await?
        .ok_or(RefuseError::NotFound)?;
    if !refusal.reason.can_apply(read::reason_facts(conn, &case).await?) {
        return Err(RefuseError::DoesNotApply(refusal.reason));
    }
    let claim = Claim {
        reason: refusal.reason,
        explanation: refusal.explanation,
        by: refusal.by,
        at: now,
    };
    decide(conn, &case, |state| state.refuse(claim), now).await
}

/// Upholds or overrules an account's refusal.
pub(crate) async fn review_rejection(
    conn: &mut PgConnection,
    account: AccountId,
    name: PortOutName,
    review: Review,
    now: Timestamp,
) -> Result<PortOut, ReviewError> {
    let case = store::port_out::find(conn, account, name)
        .await?
        .ok_or(ReviewError::NotFound)?;
    let by = review.by.clone();
    let transition = |state: PortOutState| {
        if review.is_upheld {
            state.uphold(by, now)
        } else {
            state.overrule(now)
        }
    };
    let reviewed = decide::<ReviewError>(conn, &case, transition, now).await?;
    let entry = Entry {
        at: now,
        actor: review.by.to_string(),
        what: if review.is_upheld { "UPHELD" } else { "OVERRULED" },
        detail: review.explanation,
        is_warning: false,
    };
    store::port_out::add_entry(conn, case.id, &entry).await?;
    Ok(reviewed)
}

/// Takes one case through a transition, its request locked.
async fn decide<E>(
    conn: &mut PgConnection,
    case: &PortOut,
    transition: impl FnOnce(PortOutState) -> Transition,
    now: Timestamp,
) -> Result<PortOut, E>
where
    E: From<StoreError> + From<IllegalTransition>,
{
    let key = &case.request.key;
    store::port_out::lock_request(conn, key).await?;
    let mut cases = store::port_out::cases_of_request(conn, key).await?;
    let index = cases
        .iter()
        .position(|locked| locked.id == case.id)
        .ok_or_else(|| StoreError::corrupt("port_out", &case.id, &"not among the cases of its request"))?;
    let (state, fact) = transition(cases[index].state.clone())?;
    settle(conn, &mut cases, index, (state, fact), now).await?;
    Ok(cases.swap_remove(index))
}
