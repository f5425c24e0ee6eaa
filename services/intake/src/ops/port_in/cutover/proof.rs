//! Hearing how tests of ported numbers went.

use intake_domain::port_in::cutover::{Capability, MessagingState, Proof, Tested};
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};

use super::super::Occasion;
use super::super::hear::{HearError, find};
use super::super::settle::settle;
use crate::app::Intake;
use crate::store::port_in as store;
use crate::store::port_in::cutover::{messaging, proofs};

/// Keeps a result, once. It counts when the number is ours; a later one of the same capability of the same number counts
/// more.
pub(crate) async fn record_test(
    intake: &Intake,
    conn: &mut PgConnection,
    order: OrderId,
    tested: &Tested,
) -> Result<(), HearError> {
    let now = intake.base.clock.now();
    let before = store::cutover::row::lock_proof(conn, order).await?;
    let before = before.ok_or(HearError::NotFound(order))?;
    if proofs::insert_test(conn, order, tested, now).await? {
        count(intake, conn, order, before, tested).await?;
    }
    Ok(())
}

/// Counts what was tested of numbers before we heard that they are ours.
pub(in crate::ops::port_in) async fn count_early(
    intake: &Intake,
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<(), HearError> {
    for tested in proofs::list_early(conn, order, tns).await? {
        let before = store::cutover::row::lock_proof(conn, order).await?;
        count(intake, conn, order, before.flatten(), &tested).await?;
    }
    Ok(())
}

/// A large order has tens of thousands of results, so it is read only when one of them changes something about it.
async fn count(
    intake: &Intake,
    conn: &mut PgConnection,
    order: OrderId,
    before: Option<Proof>,
    tested: &Tested,
) -> Result<(), HearError> {
    let now = intake.base.clock.now();
    if !proofs::take_latest(conn, order, tested).await? {
        return Ok(());
    }
    if tested.capability == Capability::Messaging {
        let state = if tested.passed {
            MessagingState::Active
        } else {
            MessagingState::Failed
        };
        messaging::settle(conn, order, &[tested.tn], state, now).await?;
    }
    let Some(proof) = proofs::sum_up(conn, order).await? else {
        return Ok(());
    };
    if tested.passed && before == Some(proof) {
        return Ok(());
    }
    let found = find(conn, order).await?;
    let Some(transition) = found.clone().hear_test(tested, proof) else {
        return Ok(());
    };
    let occasion = Occasion {
        actor: "service:carrier-gateway",
        now,
    };
    settle(intake, conn, &found, transition, occasion).await?;
    Ok(())
}

/// After numbers were given back: what was expected of them is not any more. Returns how the others stand.
pub(super) async fn forget(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<Option<Proof>, StoreError> {
    proofs::forget(conn, order, tns).await?;
    proofs::sum_up(conn, order).await
}
