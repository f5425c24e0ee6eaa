//! Takes a cancel in, and schedules its confirmation or refusal.

use calendar::OutOfRange;
use pg::StoreError;
use thiserror::Error;
use types::{Pon, Ver};

use super::publish::publish_all;
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_request::{Arrival, PortVersion, VersionKind};
use crate::script::plan::{Asked, Occasion, plan};
use crate::store;

/// Why a cancel was not taken in.
#[derive(Debug, Error)]
pub(crate) enum CancelError {
    /// The script says that this call fails.
    #[error("the script fails this call; try again")]
    Scripted,
    /// No version of the request was taken in.
    #[error("there is no such port request")]
    NotFound,
    /// A newer version is known.
    #[error("version {newest} is known already")]
    Superseded {
        /// The newest version.
        newest: Ver,
    },
    /// An answer would be due beyond the end of the calendar.
    #[error("an answer would be due beyond the end of the calendar")]
    Calendar(#[from] OutOfRange),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Takes a cancel in, once.
pub(crate) async fn cancel_port(simulator: &Simulator, pon: &Pon, ver: Ver) -> Result<(), CancelError> {
    let now = simulator.base.clock.now();
    let pool = &simulator.base.pool;
    publish_all(pool, now).await?;
    let mut tx = pool.begin().await.map_err(StoreError::from)?;
    let call = Call {
        called_at: now,
        rpc: Rpc::CancelPort,
        pon: pon.clone(),
        ver: Some(ver),
        detail: String::new(),
    };
    store::call::insert(&mut tx, &call).await?;
    let request = store::port_request::find_for_update(&mut tx, pon).await?;
    let request = request.ok_or(CancelError::NotFound)?;
    let newest = request.versions.first().ok_or(CancelError::NotFound)?;
    let chosen = store::script::find_for(&mut tx, &newest.tns).await?;
    if store::script::use_failure(&mut tx, &chosen).await? {
        tx.commit().await.map_err(StoreError::from)?;
        return Err(CancelError::Scripted);
    }
    match request.arrival(ver, VersionKind::Cancel) {
        Arrival::Superseded { newest } => return Err(CancelError::Superseded { newest }),
        Arrival::Repeat => {}
        Arrival::Newer => {
            let occasion = Occasion {
                asked: Asked::Cancel(ver),
                at: now,
                is_active: store::answer::is_active(&mut tx, pon).await?,
                wanted: None,
                first_tn: newest.tns.first().copied(),
            };
            let plan = plan(&chosen.script, &occasion)?;
            let version = PortVersion {
                ver,
                kind: VersionKind::Cancel,
                tns: newest.tns.clone(),
            };
            store::port_request::add_version(&mut tx, pon, &version, now).await?;
            if plan.supersedes {
                store::answer::drop_superseded(&mut tx, pon, ver).await?;
            }
            store::answer::schedule(&mut tx, pon, occasion.asked, &plan.answers).await?;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    Ok(())
}
