//! Saying what can be done with an order: which actions, and what would settle a carrier's reasons.

use intake_domain::port_in::requirements::earliest_date;
use intake_domain::port_in::{ActionRule, ProposedFix};

use super::papers::papers_of;
use super::read::{documents_of, find, requirements_of};
use super::{OrderName, ReadError, Requester};
use crate::app::Intake;
use crate::ops;

/// Every action on an order that is the requester's to take: operations' are the platform's alone.
pub(crate) async fn actions(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<ActionRule>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    let requirements = requirements_of(intake, &mut conn, &order).await?;
    let mut rules = order.actions(&requirements, intake.base.clock.now());
    rules.retain(|(action, _)| requester.is_platform || !action.is_for_operations());
    Ok(rules)
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
    let papers = papers_of(intake, &mut conn, &order, &documents).await?;
    let evidence = papers.evidence(order.record().details.subscriber_kind);
    Ok(order.propose_fix(&evidence, earliest))
}
