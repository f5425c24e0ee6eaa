//! Saying when an order is activated, and activating one on demand.

use intake_domain::port_in::cutover::{ActivationMode, Obstacle, Urge, WindowRefusal, check_window};
use intake_domain::port_in::{IllegalTransition, Order, Refusal};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::GroupId;

use super::super::settle::settle;
use super::super::{Occasion, OrderName, OrderView, Requester, find_to_change};
use super::decide::Verdict;
use super::scene::Scene;
use crate::app::Intake;
use crate::store::carriers;
use crate::store::port_in as store;
use crate::store::port_in::cutover::looks;
use crate::store::port_in::order::Access;

/// Why an order was not activated, or not told when to be.
#[derive(Debug, Error)]
pub(crate) enum ActivationError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The order has no numbers in that group, or the group is not open.
    #[error("the order has no numbers in such a group that is open")]
    NotInGroup,
    /// Not in this state.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// Not in this state, or not yet.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Not now, or never by this carrier.
    #[error(transparent)]
    Window(#[from] WindowRefusal),
    /// Something stands in the way.
    #[error("something stands in the way of the cut-over")]
    HeldBack(Vec<Obstacle>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Says when an order is activated. One that was held back for want of a call is looked at again.
pub(crate) async fn set_activation(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    mode: ActivationMode,
) -> Result<OrderView, ActivationError> {
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(ActivationError::NotFound)?;
    if mode == ActivationMode::OnDemand {
        let carrier = match &order.record().details.losing_carrier {
            Some(id) => carriers::find(conn, id).await?,
            None => None,
        };
        if carrier.is_some_and(|carrier| carrier.activates_on_demand.is_none()) {
            return Err(WindowRefusal::NotOnDemand.into());
        }
    }
    let transition = order.clone().set_activation(mode)?;
    let order = settle(intake, conn, &order, transition, Occasion::of(intake, requester)).await?;
    looks::add(conn, order.record().id).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Activates an order, or its numbers of one group, now, with everybody they go with.
pub(crate) async fn activate(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    group: Option<GroupId>,
) -> Result<OrderView, ActivationError> {
    let occasion = Occasion::of(intake, requester);
    let seen = store::order::find(conn, name, requester.scope(), Access::Read).await?;
    let seen = seen.ok_or(ActivationError::NotFound)?;
    let id = seen.record().id;
    let scene = Scene::lock(conn, seen.record().account, id)
        .await?
        .ok_or(ActivationError::NotFound)?;
    let order = scene.orders.get(&id).ok_or(ActivationError::NotFound)?;
    match order.may_be_activated(occasion.now) {
        // The carrier's hours, which are asked below, say from when.
        Ok(()) | Err(Refusal::BeforeFocDay { .. }) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let units: Vec<_> = scene
        .units
        .iter()
        .filter(|unit| group.is_none() || unit.group == group)
        .collect();
    if units.is_empty() {
        return Err(ActivationError::NotInGroup);
    }
    let mut verdict = Verdict::default();
    for unit in units {
        for member in scene.members(unit) {
            open_now(conn, member.order, occasion).await?;
        }
        verdict.weigh(&scene, unit, Urge::Call, occasion.now);
    }
    if !verdict.obstacles.is_empty() {
        return Err(ActivationError::HeldBack(verdict.obstacles));
    }
    verdict.act(intake, conn, scene, id, occasion).await?;
    let stored = store::order::find(conn, OrderName::Id(id), None, Access::Read).await?;
    Ok(OrderView::of(intake, conn, stored.ok_or(ActivationError::NotFound)?).await?)
}

/// Checks the hours of a member's carrier. A member without a date stands in the way by itself.
async fn open_now(
    conn: &mut PgConnection,
    order: &Order,
    occasion: Occasion<'_>,
) -> Result<(), ActivationError> {
    let record = order.record();
    let (Some(foc_at), Some(id)) = (record.state.foc_at(), &record.details.losing_carrier) else {
        return Ok(());
    };
    let carrier = carriers::find(conn, id).await?;
    Ok(check_window(order, carrier.as_ref(), foc_at, occasion.now)?)
}
