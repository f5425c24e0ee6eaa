//! The decisions of accounts, and of operations over them.

use intake_domain::port_out::{
    AnswerMode, Claim, Claimant, IllegalTransition, LawfulReason, PortOut, PortOutState, Transition, Verdict,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, Subject, Tn};

use super::read::{self, Seen};
use super::settle::settle;
use crate::store;
use crate::store::port_out::{Entry, PortOutName};

/// Why a port-out was not accepted.
#[derive(Debug, Error)]
pub(crate) enum AcceptError {
    /// The account has no such port-out.
    #[error("there is no such port-out")]
    NotFound,
    /// Numbers of it are locked.
    #[error("locked against porting, lift the lock first: {}", .0.iter().map(Tn::to_string).collect::<Vec<_>>().join(", "))]
    Locked(Vec<Tn>),
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
    /// Some of the numbers alone are refused, and the winning carrier takes one answer to all; or one of them is none of
    /// this port-out that may still go.
    #[error(
        "only numbers of this port-out that may still go can be refused one by one, and only where the winning carrier takes an answer per number"
    )]
    AsAWhole,
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
    /// Only these; none: all.
    pub(crate) tns: Vec<Tn>,
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
) -> Result<Seen, AcceptError> {
    let case = store::port_out::find(conn, Some(account), name)
        .await?
        .ok_or(AcceptError::NotFound)?;
    let locked = store::port_out::locked_of(conn, account, &case.undenied()).await?;
    if !locked.is_empty() && case.state.answer_due_at().is_some() {
        return Err(AcceptError::Locked(locked));
    }
    let accepted = decide::<AcceptError>(conn, &case, |case| case.state.clone().accept(by, now), now).await?;
    Ok(read::seen(conn, accepted).await?)
}

/// Refuses, for a lawful reason that operations then check.
pub(crate) async fn refuse(
    conn: &mut PgConnection,
    account: AccountId,
    name: PortOutName,
    refusal: Refusal,
    now: Timestamp,
) -> Result<Seen, RefuseError> {
    let case = store::port_out::find(conn, Some(account), name)
        .await?
        .ok_or(RefuseError::NotFound)?;
    if !refusal
        .reason
        .can_apply(read::reason_facts(conn, &case, now).await?)
    {
        return Err(RefuseError::DoesNotApply(refusal.reason));
    }
    let tns = case.claimable(refusal.tns).ok_or(RefuseError::AsAWhole)?;
    let claim = Claim {
        reason: refusal.reason,
        tns,
        explanation: refusal.explanation,
        by: Claimant::Subject(refusal.by),
        at: now,
    };
    let refused = decide::<RefuseError>(conn, &case, |case| case.state.clone().refuse(claim), now).await?;
    Ok(read::seen(conn, refused).await?)
}

/// Upholds or overrules an account's refusal.
pub(crate) async fn review_rejection(
    conn: &mut PgConnection,
    account: AccountId,
    name: PortOutName,
    review: Review,
    now: Timestamp,
) -> Result<Seen, ReviewError> {
    let case = store::port_out::find(conn, Some(account), name)
        .await?
        .ok_or(ReviewError::NotFound)?;
    let by = review.by.clone();
    let transition = |case: &mut PortOut| {
        case.review_explanation.clone_from(&review.explanation);
        if review.is_upheld {
            let rest = deny_claimed(case);
            case.state.clone().uphold(rest, by, now)
        } else {
            case.state.clone().overrule(now)
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
    Ok(read::seen(conn, reviewed).await?)
}

/// Denies the numbers of a claim that stands where each has an answer of its own, and says whether any is left.
fn deny_claimed(case: &mut PortOut) -> Verdict {
    match (case.state.clone(), case.request.answers) {
        (PortOutState::RejectionReview { claim, .. }, AnswerMode::PerNumber) => {
            case.deny(&claim.tns, claim.reason)
        }
        (
            PortOutState::Pending { .. }
            | PortOutState::RejectionReview { .. }
            | PortOutState::Authorized { .. }
            | PortOutState::Rejected { .. }
            | PortOutState::PortedOut { .. }
            | PortOutState::Cancelled { .. },
            AnswerMode::Whole | AnswerMode::PerNumber,
        ) => Verdict::Denied,
    }
}

/// Takes one case through a transition, its request locked.
async fn decide<E>(
    conn: &mut PgConnection,
    case: &PortOut,
    transition: impl FnOnce(&mut PortOut) -> Transition,
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
    let (state, fact) = transition(&mut cases[index])?;
    settle(conn, &mut cases, index, (state, fact), now).await?;
    Ok(cases.swap_remove(index))
}
