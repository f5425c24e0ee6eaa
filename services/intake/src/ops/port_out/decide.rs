//! The decisions of accounts, and of operations over them.

use intake_domain::port_out::{
    AnswerMode, Claim, Claimant, IllegalTransition, LawfulReason, PortOut, PortOutState, ReasonFacts,
    Transition, Verdict,
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
    /// The reason is lawful, and our record disproves it of these numbers.
    #[error("{} is a lawful reason, but our record disproves it of {}; {}", .reason.code(), listed(.of.iter()), instead(.apply))]
    DoesNotApply {
        /// What was said.
        reason: LawfulReason,
        /// Of which numbers it is not true.
        of: Vec<Tn>,
        /// What can be true.
        apply: Vec<LawfulReason>,
    },
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
    let facts = read::reason_facts(conn, &case).await?;
    let tns = case.claimable(refusal.tns).ok_or(RefuseError::AsAWhole)?;
    require_applying(refusal.reason, &facts, &tns, case.request.answers)?;
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

/// A reason is to be true of each number that it denies by itself; of one, where that one denies the whole request.
fn require_applying(
    reason: LawfulReason,
    facts: &[ReasonFacts],
    tns: &[Tn],
    answers: AnswerMode,
) -> Result<(), RefuseError> {
    let claimed = || facts.iter().filter(|number| tns.contains(&number.tn));
    let of: Vec<Tn> = claimed()
        .filter(|number| !reason.can_apply(number))
        .map(|number| number.tn)
        .collect();
    // Where no number may go any more, it is decided already, and that is said instead.
    let applies = match answers {
        AnswerMode::Whole => of.len() < claimed().count(),
        AnswerMode::PerNumber => of.is_empty(),
    };
    if applies || claimed().next().is_none() {
        return Ok(());
    }
    let claimed: Vec<ReasonFacts> = claimed().copied().collect();
    Err(RefuseError::DoesNotApply {
        reason,
        of,
        apply: LawfulReason::applying_to(&claimed),
    })
}

fn listed(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

fn instead(apply: &[LawfulReason]) -> String {
    if apply.is_empty() {
        return "no reason can be true of them: accept it".to_owned();
    }
    format!(
        "these can be true: {}",
        listed(apply.iter().map(|reason| reason.code()))
    )
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
    // Its lines were separated from the account since it was found: then it is not there, when the call is repeated.
    if cases[index].account != case.account {
        return Err(StoreError::Stale("the port-out").into());
    }
    let (state, fact) = transition(&mut cases[index])?;
    settle(conn, &mut cases, index, (state, fact), now).await?;
    Ok(cases.swap_remove(index))
}
