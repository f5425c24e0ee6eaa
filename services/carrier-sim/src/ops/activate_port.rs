//! Takes the wish for the cut-over in, and schedules its result.

use calendar::OutOfRange;
use pg::StoreError;
use thiserror::Error;
use types::Pon;

use super::publish::publish_all;
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::script::plan::{Asked, Occasion, plan};
use crate::store;

/// Why a cut-over was not taken in.
#[derive(Debug, Error)]
pub(crate) enum ActivateError {
    /// The script says that this call fails.
    #[error("the script fails this call; try again")]
    Scripted,
    /// No version of the request was taken in.
    #[error("there is no such port request")]
    NotFound,
    /// The losing carrier has not committed to a date, so nothing can be cut over.
    #[error("the losing carrier has not committed to a date")]
    NotCommitted,
    /// The answer would be due beyond the end of the calendar.
    #[error("an answer would be due beyond the end of the calendar")]
    Calendar(#[from] OutOfRange),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Takes the wish in, once for each version that is the newest when it comes.
pub(crate) async fn activate_port(simulator: &Simulator, pon: &Pon) -> Result<(), ActivateError> {
    let now = simulator.base.clock.now();
    let pool = &simulator.base.pool;
    publish_all(pool, now).await?;
    let mut tx = pool.begin().await.map_err(StoreError::from)?;
    let call = Call {
        called_at: now,
        rpc: Rpc::ActivatePort,
        pon: pon.clone(),
        ver: None,
        detail: String::new(),
    };
    store::call::insert(&mut tx, &call).await?;
    let request = store::port_request::find_for_update(&mut tx, pon).await?;
    let request = request.ok_or(ActivateError::NotFound)?;
    let newest = request.versions.first().ok_or(ActivateError::NotFound)?;
    let chosen = store::script::find_for(&mut tx, &newest.tns).await?;
    if store::script::use_failure(&mut tx, &chosen).await? {
        tx.commit().await.map_err(StoreError::from)?;
        return Err(ActivateError::Scripted);
    }
    if request.activation_ver != Some(newest.ver) {
        if !store::answer::is_committed(&mut tx, pon).await? {
            return Err(ActivateError::NotCommitted);
        }
        let occasion = Occasion {
            asked: Asked::Activation(newest.ver),
            at: now,
            is_active: store::answer::is_active(&mut tx, pon).await?,
            wanted: None,
            first_tn: newest.tns.first().copied(),
        };
        let plan = plan(&chosen.script, &occasion)?;
        store::port_request::save_activation(&mut tx, pon, newest.ver).await?;
        store::answer::schedule(&mut tx, pon, occasion.asked, &plan.answers).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    Ok(())
}
