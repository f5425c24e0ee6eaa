//! Groups that cut over together.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use intake_domain::port_in::cutover::{Demand, Member, Obstacle, Urge, obstacles};
use intake_domain::port_in::{NumberState, Order};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, GroupId, OrderId, Tn};

use super::super::settle::settle;
use super::super::{Occasion, OrderName, ReadError, Requester};
use super::scene::named_or_all;
use crate::app::Intake;
use crate::store::port_in as store;
use crate::store::port_in::cutover::groups::{self as rows, After, Group, GroupState, Members};
use crate::store::port_in::cutover::looks;
use crate::store::port_in::order::Access;

/// Why a group was not made, changed or ended.
#[derive(Debug, Error)]
pub(crate) enum GroupError {
    /// There is no such group, or it is somebody else's.
    #[error("there is no such group")]
    NotFound,
    /// It was activated or released before.
    #[error("the group was activated or released; make a new one of the orders that are still to cut over")]
    Ended,
    /// These members cannot be in it.
    #[error("members that cannot be in the group")]
    Members(Vec<MemberFault>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberFault {
    /// Its place in the request.
    pub(crate) index: usize,
    pub(crate) problem: MemberProblem,
}

/// What is wrong with a member.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum MemberProblem {
    /// There is no such order, or it is another account's than the first member's.
    #[error("there is no such order in the account")]
    NotFound,
    /// It is named before.
    #[error("the order is named before")]
    Twice,
    /// The order does not have these numbers.
    #[error("{0} is not in the order")]
    NotInOrder(Tn),
    /// The number has ended, or its cut-over was asked for already.
    #[error("{0} is being cut over, has ported or will not port in this order")]
    TooLate(Tn),
    /// The order has ended.
    #[error("the order has ended, or has no numbers")]
    OrderEnded,
    /// It is in another open group.
    #[error("it, or a number of it, is in another open group")]
    InOtherGroup,
}

/// A group as it is to be.
#[derive(Debug)]
pub(crate) struct GroupDraft {
    pub(crate) id: Option<GroupId>,
    pub(crate) name: String,
    pub(crate) members: Vec<MemberDraft>,
}

/// A member as it is named.
#[derive(Debug, Clone)]
pub(crate) struct MemberDraft {
    pub(crate) order: OrderName,
    /// None: the whole order.
    pub(crate) tns: HashSet<Tn>,
}

/// A group with its members, and what they wait for.
#[derive(Debug)]
pub(crate) struct GroupView {
    pub(crate) group: Group,
    pub(crate) members: Members,
    pub(crate) orders: BTreeMap<OrderId, Order>,
    pub(crate) obstacles: Vec<Obstacle>,
}

/// Makes a group, or replaces name and members of an open one.
pub(crate) async fn put(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    draft: GroupDraft,
    etag: Option<&str>,
) -> Result<GroupView, GroupError> {
    let occasion = Occasion::of(intake, requester);
    let known = match draft.id {
        Some(id) => Some(find_open(conn, requester, id, etag).await?),
        None => None,
    };
    let before = match &known {
        Some(group) => rows::members(conn, &[group.id])
            .await?
            .remove(&group.id)
            .unwrap_or_default(),
        None => Members::new(),
    };
    let (account, after) = read_members(conn, requester, known.as_ref(), &draft.members, &before).await?;
    let group = if let Some(group) = known {
        rows::rename(conn, group.id, &draft.name).await?;
        group
    } else {
        let group = new_group(account, draft.name, occasion.now);
        rows::insert(conn, &group).await?;
        group
    };
    rows::replace_members(conn, group.id, &after).await?;
    for (order, action) in moved(&before, &after) {
        note(intake, conn, order, action, &group.id.to_string(), occasion).await?;
    }
    let touched: BTreeSet<OrderId> = before.keys().chain(after.keys()).copied().collect();
    looks::add_these(conn, &touched.into_iter().collect::<Vec<_>>()).await?;
    let stored = rows::find(conn, group.id, None).await?;
    Ok(view(conn, stored.ok_or(GroupError::NotFound)?, occasion.now).await?)
}

fn new_group(account: AccountId, name: String, now: Timestamp) -> Group {
    Group {
        id: GroupId::generate(),
        account,
        name,
        version: 1,
        state: GroupState::Open,
        created_at: now,
        ended_at: None,
    }
}

/// Orders that join or leave, with the word for it.
fn moved(before: &Members, after: &Members) -> Vec<(OrderId, &'static str)> {
    let joined = after.keys().filter(|order| !before.contains_key(order));
    let left = before.keys().filter(|order| !after.contains_key(order));
    let joined = joined.map(|order| (*order, "group_joined"));
    joined.chain(left.map(|order| (*order, "group_left"))).collect()
}

/// Reads the members with their orders locked, those that leave too, and checks each.
async fn read_members(
    conn: &mut PgConnection,
    requester: &Requester,
    known: Option<&Group>,
    drafts: &[MemberDraft],
    before: &Members,
) -> Result<(AccountId, Members), GroupError> {
    let mut ids = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let found = store::order::find(conn, draft.order, requester.scope(), Access::Read).await?;
        ids.push(found.map(|order| order.record().id));
    }
    let locked: BTreeSet<OrderId> = ids.iter().flatten().chain(before.keys()).copied().collect();
    store::cutover::row::lock_all(conn, &locked).await?;
    let taken = rows::open_of_orders(conn, &locked.into_iter().collect::<Vec<_>>()).await?;
    let mut account = known.map(|group| group.account);
    let (mut members, mut faults) = (Members::new(), Vec::new());
    for (index, (draft, id)) in drafts.iter().zip(ids).enumerate() {
        let mut fault = |problem| faults.push(MemberFault { index, problem });
        let order = match id {
            Some(id) => store::order::find(conn, OrderName::Id(id), None, Access::Read).await?,
            None => None,
        };
        let home = account;
        let Some(order) = order.filter(|order| home.is_none_or(|home| home == order.record().account)) else {
            fault(MemberProblem::NotFound);
            continue;
        };
        account = Some(order.record().account);
        let id = order.record().id;
        check_member(&order, &draft.tns).into_iter().for_each(&mut fault);
        let is_elsewhere = taken.iter().any(|(group, other, tn)| {
            *other == id
                && known.is_none_or(|known| known.id != *group)
                && (draft.tns.is_empty() || tn.is_none_or(|tn| draft.tns.contains(&tn)))
        });
        if is_elsewhere {
            fault(MemberProblem::InOtherGroup);
        }
        if members.insert(id, draft.tns.clone()).is_some() {
            fault(MemberProblem::Twice);
        }
    }
    match account.filter(|_| faults.is_empty()) {
        Some(account) => Ok((account, members)),
        None => Err(GroupError::Members(faults)),
    }
}

fn check_member(order: &Order, named: &HashSet<Tn>) -> Vec<MemberProblem> {
    let numbers: BTreeMap<Tn, NumberState> = order
        .record()
        .numbers
        .iter()
        .map(|number| (number.tn, number.state))
        .collect();
    if named.is_empty() {
        let may_wait = numbers.values().any(|state| state.awaits_cutover());
        return if may_wait {
            Vec::new()
        } else {
            vec![MemberProblem::OrderEnded]
        };
    }
    let mut named: Vec<Tn> = named.iter().copied().collect();
    named.sort_unstable();
    let problem = |tn: Tn| match numbers.get(&tn) {
        None => Some(MemberProblem::NotInOrder(tn)),
        Some(state) if !state.awaits_cutover() => Some(MemberProblem::TooLate(tn)),
        Some(_) => None,
    };
    named.into_iter().filter_map(problem).collect()
}

/// Lets the members go each their own way.
pub(crate) async fn release(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    id: GroupId,
    etag: Option<&str>,
) -> Result<GroupView, GroupError> {
    let group = find_open(conn, requester, id, etag).await?;
    let occasion = Occasion::of(intake, requester);
    dissolve(intake, conn, &group, "group_released", occasion).await?;
    let stored = rows::find(conn, id, None).await?;
    Ok(view(conn, stored.ok_or(GroupError::NotFound)?, occasion.now).await?)
}

/// Takes a group away.
pub(crate) async fn delete(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    id: GroupId,
    etag: Option<&str>,
) -> Result<(), GroupError> {
    let group = find(conn, requester, id, etag).await?;
    match group.state {
        GroupState::Activated => return Err(GroupError::Ended),
        GroupState::Released => {}
        GroupState::Open => {
            let occasion = Occasion::of(intake, requester);
            dissolve(intake, conn, &group, "group_deleted", occasion).await?;
        }
    }
    Ok(rows::delete(conn, id).await?)
}

async fn dissolve(
    intake: &Intake,
    conn: &mut PgConnection,
    group: &Group,
    action: &'static str,
    occasion: Occasion<'_>,
) -> Result<(), StoreError> {
    let members = rows::members(conn, &[group.id])
        .await?
        .remove(&group.id)
        .unwrap_or_default();
    let orders: BTreeSet<OrderId> = members.keys().copied().collect();
    store::cutover::row::lock_all(conn, &orders).await?;
    rows::end(conn, &[group.id], GroupState::Released, occasion.now).await?;
    for order in &orders {
        note(intake, conn, *order, action, &group.id.to_string(), occasion).await?;
    }
    looks::add_these(conn, &orders.into_iter().collect::<Vec<_>>()).await
}

/// A line in an order's history.
async fn note(
    intake: &Intake,
    conn: &mut PgConnection,
    id: OrderId,
    action: &'static str,
    note: &str,
    occasion: Occasion<'_>,
) -> Result<(), StoreError> {
    if let Some(order) = store::order::find(conn, OrderName::Id(id), None, Access::Read).await? {
        let remark = order.clone().remark(action, note.to_owned());
        settle(intake, conn, &order, remark, occasion).await?;
    }
    Ok(())
}

/// The group, locked, if it exists and is the requester's.
async fn find(
    conn: &mut PgConnection,
    requester: &Requester,
    id: GroupId,
    etag: Option<&str>,
) -> Result<Group, GroupError> {
    let found = rows::lock(conn, &[id]).await?.into_iter().next();
    let scope = requester.scope();
    let group = found.filter(|group| scope.is_none_or(|account| account == group.account));
    let group = group.ok_or(GroupError::NotFound)?;
    if etag.is_some_and(|etag| etag != group.version.to_string()) {
        return Err(StoreError::Stale("the group").into());
    }
    Ok(group)
}

async fn find_open(
    conn: &mut PgConnection,
    requester: &Requester,
    id: GroupId,
    etag: Option<&str>,
) -> Result<Group, GroupError> {
    let group = find(conn, requester, id, etag).await?;
    if group.state == GroupState::Open {
        Ok(group)
    } else {
        Err(GroupError::Ended)
    }
}

/// A group with its members, and what they wait for.
pub(crate) async fn get(
    intake: &Intake,
    requester: &Requester,
    id: GroupId,
) -> Result<GroupView, GroupError> {
    let mut conn = intake.base.pool.acquire().await.map_err(StoreError::from)?;
    let group = rows::find(&mut conn, id, requester.scope())
        .await?
        .ok_or(GroupError::NotFound)?;
    Ok(view(&mut conn, group, intake.base.clock.now()).await?)
}

/// A page of groups, newest first.
pub(crate) async fn list(
    intake: &Intake,
    requester: &Requester,
    open_only: bool,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Group>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    Ok(rows::list(&mut conn, requester.scope(), open_only, after, limit).await?)
}

async fn view(conn: &mut PgConnection, group: Group, now: Timestamp) -> Result<GroupView, StoreError> {
    let members = rows::members(conn, &[group.id])
        .await?
        .remove(&group.id)
        .unwrap_or_default();
    let mut orders = BTreeMap::new();
    for id in members.keys() {
        if let Some(order) = store::order::find(conn, OrderName::Id(*id), None, Access::Read).await? {
            orders.insert(*id, order);
        }
    }
    let policy = store::cutover::readiness::find_policy(conn, group.account).await?;
    let mut waiting = Vec::new();
    for (id, order) in &orders {
        let tns = named_or_all(members.get(id).cloned().unwrap_or_default(), Some(order));
        let known = store::cutover::readiness::list(conn, *id, None).await?;
        let lacking = policy.lacking(order, &tns, &known, Demand::Enforce);
        waiting.push(Member { order, tns, lacking });
    }
    let obstacles = match group.state {
        GroupState::Open => obstacles(&waiting, true, Urge::Time, now),
        GroupState::Activated | GroupState::Released => Vec::new(),
    };
    drop(waiting);
    Ok(GroupView {
        group,
        members,
        orders,
        obstacles,
    })
}
