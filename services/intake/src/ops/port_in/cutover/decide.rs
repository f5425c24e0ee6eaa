//! Decides about cut-overs: who is activated, who is held back and by what.

use std::collections::{BTreeMap, HashSet};

use intake_domain::port_in::cutover::{Decision, Demand, Hold, Obstacle, Urge, obstacles};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{GroupId, OrderId, Tn};

use super::super::settle::settle;
use super::super::{Occasion, OrderName};
use super::scene::{Scene, Unit};
use crate::app::Intake;
use crate::store::port_in as store;
use crate::store::port_in::cutover::groups::{self, GroupState};
use crate::store::port_in::cutover::looks;
use crate::store::port_in::order::Access;

/// Decides about an order whose date has come, or that is held back. Nothing of it may be locked before.
pub(in crate::ops::port_in) async fn decide(
    intake: &Intake,
    conn: &mut PgConnection,
    id: OrderId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let found = store::order::find(conn, OrderName::Id(id), None, Access::Read).await?;
    let Some(seen) = found else { return Ok(()) };
    let Some(scene) = Scene::lock(conn, seen.record().account, id).await? else {
        return Ok(());
    };
    let concerns = scene
        .orders
        .get(&id)
        .is_some_and(|order| order.awaits_decision(now) || order.record().cutover.held.is_some());
    if !concerns {
        return Ok(());
    }
    let mut verdict = Verdict::default();
    for unit in &scene.units {
        verdict.weigh(&scene, unit, Urge::Time, now);
    }
    let occasion = Occasion {
        actor: "service:intake",
        now,
    };
    verdict.act(intake, conn, scene, id, occasion).await
}

/// Decides again about an order of which something changed, the one that has waited longest. Returns the look that it
/// did: none when there is nothing to look at.
pub(in crate::ops::port_in) async fn look_again(
    intake: &Intake,
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Option<(i64, OrderId, Result<(), StoreError>)>, StoreError> {
    let Some((look, id)) = looks::claim(conn).await? else {
        return Ok(None);
    };
    let decided = decide(intake, conn, id, now).await;
    Ok(Some((look, id, decided)))
}

/// What was decided about everybody.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    go: BTreeMap<OrderId, HashSet<Tn>>,
    ended: Vec<GroupId>,
    pub(super) obstacles: Vec<Obstacle>,
}

impl Verdict {
    /// Decides about one unit: all of it goes, or something stands in the way.
    pub(super) fn weigh(&mut self, scene: &Scene, unit: &Unit, urge: Urge, now: Timestamp) {
        let members = scene.members(unit);
        let found = obstacles(&members, unit.group.is_some(), urge, now);
        if !found.is_empty() {
            self.obstacles.extend(found);
            return;
        }
        for member in members {
            self.go
                .entry(member.order.record().id)
                .or_default()
                .extend(member.tns);
        }
        self.ended.extend(unit.group);
    }

    /// Makes it real. What holds `about` back is told. Others that go may have numbers left; settling has them looked at.
    pub(super) async fn act(
        mut self,
        intake: &Intake,
        conn: &mut PgConnection,
        scene: Scene,
        about: OrderId,
        occasion: Occasion<'_>,
    ) -> Result<(), StoreError> {
        groups::end(conn, &self.ended, GroupState::Activated, occasion.now).await?;
        for (id, order) in &scene.orders {
            let go = self.go.remove(id).unwrap_or_default();
            let known = order.record().cutover.held.as_ref();
            let holds = if *id == about && !self.obstacles.is_empty() {
                self.obstacles_seen_by(about)
            } else if go.is_empty() && *id != about {
                continue;
            } else {
                // Nothing stands in the way of what goes. What stays behind of the order is in other groups, and settling has
                // it looked at.
                known.map(|held| held.holds.clone()).unwrap_or_default()
            };
            let lacking = scene.lacking(order, &go, Demand::Warn);
            let warnings: Vec<String> = lacking
                .iter()
                .map(|(code, count)| format!("{count} with {}", code.code()))
                .collect();
            let warnings = warnings.join(", ");
            if let Some(transition) = order
                .clone()
                .cut_over(Decision { go, holds, warnings }, occasion.now)
            {
                settle(intake, conn, order, transition, occasion).await?;
            }
        }
        Ok(())
    }

    /// What an order is told of what stands in the way, each thing once, its own first.
    fn obstacles_seen_by(&self, order: OrderId) -> Vec<Hold> {
        let mut holds: Vec<Hold> = Vec::new();
        for obstacle in &self.obstacles {
            let hold = obstacle.seen_by(order);
            if !holds.contains(&hold) {
                holds.push(hold);
            }
        }
        holds.sort_by_key(|hold| hold.member.is_some());
        holds
    }
}
