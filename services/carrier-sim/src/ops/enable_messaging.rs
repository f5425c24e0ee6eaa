//! Takes the wish for texting in, and schedules the tests that show whether it works.

use types::{Pon, Tn};

use super::take_in::{CallRefused, take_in};
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::script::Capability;
use crate::script::tests_after::plan_tests;
use crate::store;

/// Takes the wish in, once for each request id.
pub(crate) async fn enable_messaging(
    simulator: &Simulator,
    pon: &Pon,
    tns: Vec<Tn>,
    request_id: &str,
) -> Result<(), CallRefused> {
    let call = Call::about_numbers(simulator.base.clock.now(), Rpc::EnableMessaging, pon, &tns);
    let mut taken = take_in(simulator, &call).await?;
    if store::port_request::add_ask(&mut taken.tx, pon, request_id).await? {
        if let Some(words) = taken.script.messaging_refusal.take() {
            return Err(CallRefused::Messaging(words));
        }
        let asked = taken.active_numbers(pon, tns).await?;
        let tests = plan_tests(&taken.script, &asked, &[Capability::Messaging], taken.now)?;
        let key = format!("{pon}.m{request_id}");
        store::test::schedule(&mut taken.tx, pon, &key, None, &tests).await?;
    }
    taken.finish(simulator).await
}
