//! What numbers lack before their cut-over, and what is known of them after it.

use std::collections::{BTreeMap, HashSet};

use intake_domain::port_in::cutover::{Demand, NumberReadiness, Policy};
use intake_domain::port_in::{Order, OrderNumber};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, GroupId, Tn};

use super::super::settle::settle;
use super::super::{Occasion, OrderName, OrderView, ReadError, Requester, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;
use crate::store::port_in::cutover::messaging::MessagingLeg;
use crate::store::port_in::cutover::proofs::CapabilityProof;
use crate::store::port_in::cutover::readiness::Said;
use crate::store::port_in::cutover::{groups, looks, messaging, proofs, readiness, temporary};
use crate::store::port_in::order::Access;

/// One number of an order, with what is known of its cut-over.
#[derive(Debug)]
pub(crate) struct NumberLine {
    pub(crate) number: OrderNumber,
    pub(crate) known: NumberReadiness,
    pub(crate) proofs: Vec<CapabilityProof>,
    pub(crate) messaging: Option<MessagingLeg>,
    pub(crate) texts: bool,
    pub(crate) temporary: Option<Tn>,
    pub(crate) group: Option<GroupId>,
}

/// An order and a page of its numbers.
#[derive(Debug)]
pub(crate) struct ReadinessView {
    pub(crate) order: Order,
    pub(crate) policy: Policy,
    pub(crate) ready: bool,
    pub(crate) numbers: Vec<NumberLine>,
}

/// Why nothing was kept of what was said about numbers.
#[derive(Debug, Error)]
pub(crate) enum PrepareError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The order does not have these numbers.
    #[error("numbers that are not in the order")]
    NotInOrder(Vec<Tn>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the numbers of an order lack or are known to do: a page, by number, after `after`.
pub(crate) async fn get_readiness(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
    after: Option<Tn>,
    limit: usize,
) -> Result<ReadinessView, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let found = store::order::find(&mut conn, name, requester.scope(), Access::Read).await?;
    let order = found.ok_or(ReadError::NotFound)?;
    let id = order.record().id;
    let policy = readiness::find_policy(&mut conn, order.record().account).await?;
    let known = readiness::list(&mut conn, id, None).await?;
    let all: HashSet<Tn> = order.record().numbers.iter().map(|number| number.tn).collect();
    let ready = policy.lacking(&order, &all, &known, Demand::Enforce).is_empty();
    let mut page: Vec<OrderNumber> = order
        .record()
        .numbers
        .iter()
        .filter(|number| after.is_none_or(|after| number.tn > after))
        .cloned()
        .collect();
    page.sort_unstable_by_key(|number| number.tn);
    page.truncate(limit);
    let tns: Vec<Tn> = page.iter().map(|number| number.tn).collect();
    let texting: HashSet<Tn> = messaging::wanted(&mut conn, id, Some(&tns))
        .await?
        .into_iter()
        .collect();
    let mut legs = messaging::list(&mut conn, id, &tns).await?;
    let mut stand_ins = temporary::list(&mut conn, id, &tns).await?;
    let mut tests: BTreeMap<Tn, Vec<CapabilityProof>> = BTreeMap::new();
    for proof in proofs::list(&mut conn, id, &tns).await? {
        tests.entry(proof.tn).or_default().push(proof);
    }
    let grouped = groups::open_of_orders(&mut conn, &[id]).await?;
    let group_of = |tn: Tn| {
        let mine = grouped
            .iter()
            .find(|(_, _, named)| named.is_none_or(|named| named == tn));
        mine.map(|(group, _, _)| *group)
    };
    let numbers = page
        .into_iter()
        .map(|number| NumberLine {
            known: known.get(&number.tn).copied().unwrap_or_default(),
            proofs: tests.remove(&number.tn).unwrap_or_default(),
            messaging: legs.remove(&number.tn),
            texts: texting.contains(&number.tn),
            temporary: stand_ins.remove(&number.tn),
            group: group_of(number.tn),
            number,
        })
        .collect();
    Ok(ReadinessView {
        order,
        policy,
        ready,
        numbers,
    })
}

/// Keeps what was said of numbers, all of the order when none is named. What waited for it is looked at again.
pub(crate) async fn prepare(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tns: &[Tn],
    said: Said,
) -> Result<OrderView, PrepareError> {
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(PrepareError::NotFound)?;
    let all: HashSet<Tn> = order.record().numbers.iter().map(|number| number.tn).collect();
    let unknown: Vec<Tn> = tns.iter().copied().filter(|tn| !all.contains(tn)).collect();
    if !unknown.is_empty() {
        return Err(PrepareError::NotInOrder(unknown));
    }
    let chosen: Vec<Tn> = if tns.is_empty() {
        all.into_iter().collect()
    } else {
        tns.to_vec()
    };
    let id = order.record().id;
    readiness::prepare(conn, id, &chosen, said).await?;
    let transition = order
        .clone()
        .remark("numbers_prepared", format!("{} numbers", chosen.len()));
    let order = settle(intake, conn, &order, transition, Occasion::of(intake, requester)).await?;
    looks::add(conn, id).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// What an account demands of a number before it is cut over.
pub(crate) async fn find_policy(intake: &Intake, account: AccountId) -> Result<Policy, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    readiness::find_policy(&mut conn, account).await
}

/// Sets it. Orders that it held back are looked at again.
pub(crate) async fn put_policy(
    conn: &mut PgConnection,
    account: AccountId,
    policy: &Policy,
) -> Result<(), StoreError> {
    readiness::put_policy(conn, account, policy).await?;
    looks::add_account(conn, account).await
}
