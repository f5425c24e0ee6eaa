//! Takes a cancel in, and schedules its confirmation or refusal.

use types::{Pon, Ver};

use super::take_in::{CallRefused, take_in};
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_request::{Arrival, PortVersion, VersionKind};
use crate::script::plan::{Asked, Occasion, plan};
use crate::store;

/// Takes a cancel in, once.
pub(crate) async fn cancel_port(simulator: &Simulator, pon: &Pon, ver: Ver) -> Result<(), CallRefused> {
    let call = Call {
        called_at: simulator.base.clock.now(),
        rpc: Rpc::CancelPort,
        pon: pon.clone(),
        ver: Some(ver),
        detail: String::new(),
    };
    let mut taken = take_in(simulator, &call).await?;
    match taken.request.arrival(ver, VersionKind::Cancel) {
        Arrival::Superseded { newest } => return Err(CallRefused::Superseded { newest }),
        Arrival::Repeat => {}
        Arrival::Newer => {
            let tns = taken.newest.tns.clone();
            let occasion = Occasion {
                asked: Asked::Cancel(ver),
                at: taken.now,
                is_active: store::answer::is_active(&mut taken.tx, pon, &tns).await?,
                wanted: None,
                first_tn: tns.first().copied(),
                tns: Vec::new(),
            };
            let plan = plan(&taken.script, &occasion)?;
            let version = PortVersion {
                ver,
                kind: VersionKind::Cancel,
                tns,
            };
            store::port_request::add_version(&mut taken.tx, pon, &version, taken.now).await?;
            if plan.supersedes {
                store::answer::drop_superseded(&mut taken.tx, pon, ver).await?;
            }
            store::answer::schedule(&mut taken.tx, pon, occasion.asked, "", &plan.answers).await?;
        }
    }
    taken.finish(simulator).await
}
