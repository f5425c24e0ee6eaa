//! Everybody that a cut-over concerns, locked: the account's policy, the open groups of the order, and all orders that
//! have members in them, in this order and each by id. So no two decisions wait for each other.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use intake_domain::port_in::Order;
use intake_domain::port_in::cutover::{Demand, HoldCode, Member, NumberReadiness, Policy};
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, GroupId, OrderId, Tn};

use super::super::OrderName;
use crate::store::port_in as store;
use crate::store::port_in::cutover::groups::{GroupState, Members};
use crate::store::port_in::cutover::{groups, readiness};
use crate::store::port_in::order::Access;

/// Numbers that cut over together: those of a group, or those of an order that are in none.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) group: Option<GroupId>,
    tns: BTreeMap<OrderId, HashSet<Tn>>,
}

/// An order, everybody it goes with, and what is known of their numbers.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) policy: Policy,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) units: Vec<Unit>,
    readiness: BTreeMap<OrderId, BTreeMap<Tn, NumberReadiness>>,
}

impl Scene {
    /// Locks and reads it all. `None`: there is no such order.
    pub(super) async fn lock(
        conn: &mut PgConnection,
        account: AccountId,
        id: OrderId,
    ) -> Result<Option<Self>, StoreError> {
        let policy = readiness::hold_policy(conn, account).await?;
        let expected = groups_of(conn, id).await?;
        let locked = groups::lock(conn, &expected).await?;
        let open = locked.iter().filter(|group| group.state == GroupState::Open);
        let open: Vec<GroupId> = open.map(|group| group.id).collect();
        let members = groups::members(conn, &open).await?;
        let mut ids: BTreeSet<OrderId> = members.values().flat_map(|group| group.keys().copied()).collect();
        ids.insert(id);
        store::cutover::row::lock_all(conn, &ids).await?;
        // Who joins a group, or divides a member, locks the order first, so nobody does from here on.
        if groups_of(conn, id).await? != open || groups::members(conn, &open).await? != members {
            return Err(StoreError::Stale("the groups of the order"));
        }
        let mut orders = BTreeMap::new();
        for member in ids {
            if let Some(order) = store::order::find(conn, OrderName::Id(member), None, Access::Read).await? {
                orders.insert(member, order);
            }
        }
        let units = match orders.get(&id) {
            None => return Ok(None),
            Some(order) => units(order, members, &orders),
        };
        let mut scene = Self {
            policy,
            orders,
            units,
            readiness: BTreeMap::new(),
        };
        if !policy.is_off() {
            for order in scene.orders.keys() {
                let known = readiness::list(conn, *order, None).await?;
                scene.readiness.insert(*order, known);
            }
        }
        Ok(Some(scene))
    }

    /// The members of a unit, with what their open numbers lack of what is enforced.
    pub(super) fn members(&self, unit: &Unit) -> Vec<Member<'_>> {
        let orders = unit.tns.iter();
        orders
            .filter_map(|(id, tns)| {
                let order = self.orders.get(id)?;
                let lacking = self.lacking(order, tns, Demand::Enforce);
                Some(Member {
                    order,
                    tns: tns.clone(),
                    lacking,
                })
            })
            .collect()
    }

    /// How many of these numbers that still wait for their cut-over lack what is demanded so.
    pub(super) fn lacking(
        &self,
        order: &Order,
        tns: &HashSet<Tn>,
        demand: Demand,
    ) -> BTreeMap<HoldCode, usize> {
        let known = self.readiness.get(&order.record().id);
        let lacking = known.map(|known| self.policy.lacking(order, tns, known, demand));
        lacking.unwrap_or_default()
    }
}

async fn groups_of(conn: &mut PgConnection, id: OrderId) -> Result<Vec<GroupId>, StoreError> {
    let members = groups::open_of_orders(conn, &[id]).await?;
    let ids: BTreeSet<GroupId> = members.into_iter().map(|(group, _, _)| group).collect();
    Ok(ids.into_iter().collect())
}

/// The groups of an order, and what of it is in none.
fn units(order: &Order, groups: BTreeMap<GroupId, Members>, orders: &BTreeMap<OrderId, Order>) -> Vec<Unit> {
    let id = order.record().id;
    let mut rest: HashSet<Tn> = order.record().numbers.iter().map(|number| number.tn).collect();
    let mut units = Vec::new();
    for (group, members) in groups {
        let tns: BTreeMap<OrderId, HashSet<Tn>> = members
            .into_iter()
            .map(|(member, named)| (member, named_or_all(named, orders.get(&member))))
            .collect();
        for tn in tns.get(&id).into_iter().flatten() {
            rest.remove(tn);
        }
        units.push(Unit {
            group: Some(group),
            tns,
        });
    }
    if !rest.is_empty() {
        let tns = BTreeMap::from([(id, rest)]);
        units.push(Unit { group: None, tns });
    }
    units
}

/// A member that names no number is the whole order.
pub(super) fn named_or_all(named: HashSet<Tn>, order: Option<&Order>) -> HashSet<Tn> {
    if !named.is_empty() {
        return named;
    }
    let numbers = order
        .map(|order| order.record().numbers.as_slice())
        .unwrap_or_default();
    numbers.iter().map(|number| number.tn).collect()
}
