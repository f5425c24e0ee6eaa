//! Takes a port request or a supplement in, and schedules what the losing carrier says to it.

use calendar::OutOfRange;
use pg::StoreError;
use thiserror::Error;
use types::Ver;

use super::publish::publish_all;
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_request::{Arrival, CarrierReference, PortVersion, Submission, VersionKind};
use crate::script::plan::{Asked, Occasion, plan};
use crate::store;

/// Why a request was not taken in.
#[derive(Debug, Error)]
pub(crate) enum SubmitError {
    /// The script says that this call fails.
    #[error("the script fails this call; try again")]
    Scripted,
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

/// Takes a version in, once.
pub(crate) async fn submit_port(
    simulator: &Simulator,
    submission: Submission,
) -> Result<CarrierReference, SubmitError> {
    let now = simulator.base.clock.now();
    let pool = &simulator.base.pool;
    // What was due before this version is not superseded by it.
    publish_all(pool, now).await?;
    let mut tx = pool.begin().await.map_err(StoreError::from)?;
    let call = Call {
        called_at: now,
        rpc: Rpc::SubmitPort,
        pon: submission.pon.clone(),
        ver: Some(submission.ver),
        detail: String::new(),
    };
    store::call::insert(&mut tx, &call).await?;
    let chosen = store::script::find_for(&mut tx, &submission.tns).await?;
    if store::script::use_failure(&mut tx, &chosen).await? {
        tx.commit().await.map_err(StoreError::from)?;
        return Err(SubmitError::Scripted);
    }
    let request = store::port_request::open(&mut tx, &submission.pon).await?;
    match request.arrival(submission.ver, VersionKind::Submit) {
        Arrival::Superseded { newest } => return Err(SubmitError::Superseded { newest }),
        Arrival::Repeat => {}
        Arrival::Newer => {
            let occasion = Occasion {
                asked: Asked::Version(submission.ver),
                at: now,
                is_active: store::answer::is_active(&mut tx, &submission.pon).await?,
                wanted: submission.wanted,
                first_tn: submission.tns.first().copied(),
            };
            let plan = plan(&chosen.script, &occasion)?;
            let version = PortVersion {
                ver: submission.ver,
                kind: VersionKind::Submit,
                tns: submission.tns,
            };
            store::port_request::add_version(&mut tx, &submission.pon, &version, now).await?;
            if plan.supersedes {
                store::answer::drop_superseded(&mut tx, &submission.pon, submission.ver).await?;
            }
            store::answer::schedule(&mut tx, &submission.pon, occasion.asked, &plan.answers).await?;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    Ok(request.reference)
}
