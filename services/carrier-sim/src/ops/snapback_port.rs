//! Takes the wish for numbers back in, and schedules its confirmation or refusal.

use types::{Pon, Tn};

use super::take_in::{CallRefused, take_in};
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::script::plan::{Asked, Occasion, plan};
use crate::store;

/// Takes the wish in, once for each request id.
pub(crate) async fn snapback_port(
    simulator: &Simulator,
    pon: &Pon,
    tns: Vec<Tn>,
    request_id: &str,
) -> Result<(), CallRefused> {
    let call = Call::about_numbers(simulator.base.clock.now(), Rpc::SnapbackPort, pon, &tns);
    let mut taken = take_in(simulator, &call).await?;
    if store::port_request::add_ask(&mut taken.tx, pon, request_id).await? {
        let asked = taken.active_numbers(pon, tns).await?;
        let occasion = Occasion {
            asked: Asked::Snapback(taken.newest.ver),
            at: taken.now,
            is_active: true,
            wanted: None,
            first_tn: taken.newest.tns.first().copied(),
            tns: taken.as_named(&asked),
        };
        let answers = plan(&taken.script, &occasion)?.answers;
        let key = format!("{request_id}.");
        store::answer::schedule(&mut taken.tx, pon, occasion.asked, &key, &answers).await?;
    }
    taken.finish(simulator).await
}
