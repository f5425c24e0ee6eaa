//! Plays a winning carrier that asks for numbers.

use pg::StoreError;

use crate::app::Simulator;
use crate::port_out::{PortOut, WinnerPlays};
use crate::store;
use crate::store::change::Subject;

/// Puts the request among the changes, once: now, or when the winning carrier sends it.
pub(crate) async fn request_port_out(
    simulator: &Simulator,
    port_out: &PortOut,
    plays: WinnerPlays,
) -> Result<(), StoreError> {
    let base = &simulator.base;
    let due_at = port_out.received_at.max(base.clock.now());
    let mut tx = base.pool.begin().await?;
    let inserted = store::port_out::insert(&mut tx, &base.vault, port_out, plays).await?;
    if let Some(port_out_id) = inserted {
        store::change::add(&mut tx, Subject::PortOut(port_out_id), due_at, 1).await?;
    }
    tx.commit().await?;
    simulator.wake.wake();
    Ok(())
}
