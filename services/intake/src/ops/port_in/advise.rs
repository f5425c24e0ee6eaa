//! Saying what can be done with an order: which actions, and what would settle a carrier's reasons.

use intake_domain::port_in::requirements::earliest_date;
use intake_domain::port_in::{ActionRefusal, ActionRule, Order, OrderState, ProposedFix};

use pg::StoreError;
use sqlx::PgConnection;

use super::papers::OpenPapers;
use super::read::{documents_of, find, requirements_of};
use super::{OrderName, ReadError, Requester};
use crate::app::Intake;
use crate::ops;
use crate::store::port_in as store;

/// Every action on an order that is the requester's to take: operations' are the platform's alone.
pub(crate) async fn actions(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<ActionRule>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    let requirements = requirements_of(intake, &mut conn, &order).await?;
    let now = intake.base.clock.now();
    let mut rules = order.actions(&requirements, now);
    if matches!(order.record().state, OrderState::Parent(_)) {
        let children = children_of(&mut conn, &order).await?;
        for (action, rule) in &mut rules {
            if let Some(of_children) = order.rule_of_children(*action, &children, now) {
                *rule = of_children.map_err(ActionRefusal::from);
            }
        }
    }
    rules.retain(|(action, _)| requester.is_platform || !action.is_for_operations());
    Ok(rules)
}

/// The children of a parent that have not ended. A parent has few.
async fn children_of(conn: &mut PgConnection, parent: &Order) -> Result<Vec<Order>, StoreError> {
    let mut children = Vec::new();
    for child in store::family::list(conn, parent.record().id).await? {
        if !child.state.is_final() {
            let name = OrderName::Id(child.id);
            children.extend(store::order::find(conn, name, None, store::order::Access::Read).await?);
        }
    }
    Ok(children)
}

/// What would settle what the carrier says.
pub(crate) async fn propose_fix(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<ProposedFix>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    let losing = order.record().details.losing_carrier.as_ref();
    let losing = ops::carriers::losing_carrier(&mut conn, losing).await?;
    let earliest = earliest_date(&order, &losing, intake.base.clock.now());
    let documents = documents_of(&mut conn, &order).await?;
    let papers = OpenPapers::read(intake, &mut conn, &order, &documents).await?;
    let papers = papers.of(&documents);
    let evidence = papers.evidence(order.record().details.subscriber_kind);
    Ok(order.propose_fix(&evidence, earliest))
}
