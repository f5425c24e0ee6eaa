//! Takes a port request or a supplement in, and schedules what the losing carrier says to it.

use super::publish::publish_all;
use super::take_in::CallRefused;
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_request::{Arrival, CarrierReference, PortVersion, Submission, VersionKind};
use crate::script::plan::{Asked, Occasion, plan};
use crate::store;

/// Takes a version in, once.
pub(crate) async fn submit_port(
    simulator: &Simulator,
    submission: Submission,
) -> Result<CarrierReference, CallRefused> {
    let now = simulator.base.clock.now();
    let pool = &simulator.base.pool;
    // What was due before this version is not superseded by it.
    publish_all(pool, now).await?;
    let mut tx = pool.begin().await?;
    let call = Call {
        called_at: now,
        rpc: Rpc::SubmitPort,
        pon: submission.pon.clone(),
        ver: Some(submission.ver),
        detail: if submission.date_only {
            "due date".to_owned()
        } else {
            String::new()
        },
    };
    store::call::insert(&mut tx, &call).await?;
    let chosen = store::script::find_for(&mut tx, &submission.tns).await?;
    if store::script::use_failure(&mut tx, &chosen).await? {
        tx.commit().await?;
        return Err(CallRefused::Scripted);
    }
    let request = store::port_request::open(&mut tx, &submission.pon).await?;
    match request.arrival(submission.ver, VersionKind::Submit) {
        Arrival::Superseded { newest } => return Err(CallRefused::Superseded { newest }),
        Arrival::Repeat => {}
        Arrival::Newer => {
            let occasion = Occasion {
                asked: Asked::Version(submission.ver),
                at: now,
                is_active: store::answer::is_active(&mut tx, &submission.pon, &submission.tns).await?,
                wanted: submission.wanted,
                first_tn: submission.tns.first().copied(),
                tns: Vec::new(),
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
            store::answer::schedule(&mut tx, &submission.pon, occasion.asked, "", &plan.answers).await?;
        }
    }
    tx.commit().await?;
    simulator.wake.wake();
    Ok(request.reference)
}
