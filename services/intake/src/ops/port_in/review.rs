//! Our review of orders before they go out.

use intake_domain::port_in::requirements::Requirement;
use intake_domain::port_in::{
    ActionRefusal, AtCarrier, Note, Order, Refusal, ReturnReason, ReviewCause, ReviewPolicy,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, OrderId};

use super::divide::{DivideError, divide, division_of, open_all};
use super::lists::row;
use super::read::requirements_of;
use super::settle::settle;
use super::{Occasion, OrderName, OrderRow, OrderView, Requester, check_etag, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;
use crate::store::port_in::reviews::PutPolicy;

/// Why a review did not end.
#[derive(Debug, Error)]
pub(crate) enum ReviewError {
    /// There is no such order.
    #[error("there is no such order")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] ActionRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for ReviewError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<DivideError> for ReviewError {
    fn from(error: DivideError) -> Self {
        match error {
            // What the order had its children have.
            DivideError::InFlight(_) => Self::Store(StoreError::Stale("the numbers of the order")),
            DivideError::VersionsExhausted(_) => Refusal::VersionsExhausted.into(),
            DivideError::Store(error) => Self::Store(error),
        }
    }
}

/// Why a person is to look at a draft that is handed in; none: it goes out at once.
pub(super) async fn causes(
    conn: &mut PgConnection,
    draft: &Order,
    requirements: &[Requirement],
) -> Result<Vec<ReviewCause>, StoreError> {
    let account = draft.record().account;
    let put = store::reviews::policy_of(conn, account).await?;
    let policy = put.map_or_else(ReviewPolicy::default, |put| put.policy);
    // Whether it is the account's first is asked only where that matters.
    let is_first = policy.first_order && !store::reviews::has_sent(conn, account).await?;
    Ok(policy.causes(draft, requirements, is_first))
}

/// Lets an order go out, divided if its numbers cannot go together.
pub(crate) async fn release(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    note: Option<Note>,
    etag: Option<&str>,
) -> Result<OrderView, ReviewError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ReviewError::NotFound)?;
    check_etag(&order, etag)?;
    let requirements = requirements_of(intake, conn, &order).await?;
    order.check_release(requirements)?;
    let division = division_of(intake, conn, &order).await?;
    let released = if division.parts.len() > 1 {
        let note = note.map(|note| note.to_string()).unwrap_or_default();
        let released = order.clone().remark("released", note);
        settle(intake, conn, &order, released, occasion).await?;
        let at_hand = order.clone().with_secrets(&open_all(intake, conn, &order).await?);
        divide(intake, conn, &order, at_hand, AtCarrier::Nothing, occasion).await?
    } else {
        let whole = division.parts.first().map(|part| division.order_of(part));
        let whole = whole.unwrap_or_else(|| order.clone());
        let transition = whole.release(Vec::new(), note, occasion.now)?;
        settle(intake, conn, &order, transition, occasion).await?
    };
    Ok(OrderView::of(intake, conn, released).await?)
}

/// Sends an order back to its owner.
pub(crate) async fn send_back(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    reasons: Vec<ReturnReason>,
    etag: Option<&str>,
) -> Result<OrderView, ReviewError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ReviewError::NotFound)?;
    check_etag(&order, etag)?;
    let transition = order.clone().send_back(reasons, occasion.now)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// A page of orders that wait for a review.
pub(crate) async fn list_reviews(
    intake: &Intake,
    account: Option<AccountId>,
    after: Option<(Timestamp, OrderId)>,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    let now = intake.base.clock.now();
    let mut conn = intake.base.pool.acquire().await?;
    let found = store::reviews::list(&mut conn, account, after, limit).await?;
    Ok(found
        .into_iter()
        .map(|order| row(order, Vec::new(), now))
        .collect())
}

/// Puts the next version of an account's policy. `version`: the one it is to follow, if that matters.
pub(crate) async fn put_policy(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    account: AccountId,
    policy: ReviewPolicy,
    version: Option<i32>,
) -> Result<PutPolicy, StoreError> {
    let present = store::reviews::policy(conn, account).await?;
    let present = present.map_or(0, |put| put.version);
    if version.is_some_and(|version| version != present) {
        return Err(StoreError::Stale("the review policy"));
    }
    let put = PutPolicy {
        account,
        version: present.saturating_add(1),
        policy,
        put_by: requester.name.clone(),
        put_at: intake.base.clock.now(),
    };
    store::reviews::insert_policy(conn, &put).await?;
    Ok(put)
}

/// The policy that holds for an account; `None`: nobody has put one.
pub(crate) async fn policy(intake: &Intake, account: AccountId) -> Result<Option<PutPolicy>, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    store::reviews::policy_of(&mut conn, account).await
}
