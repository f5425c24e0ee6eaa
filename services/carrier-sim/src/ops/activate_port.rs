//! Takes the wish for the cut-over of numbers in, and schedules its result and the tests that follow.

use types::{Pon, Tn};

use super::take_in::{CallRefused, take_in};
use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::script::plan::{Asked, Occasion, plan};
use crate::script::tests_after::plan_tests;
use crate::script::{Capability, Content};
use crate::store;

/// Takes the wish in, once for each number of the version that is the newest when it comes.
pub(crate) async fn activate_port(simulator: &Simulator, pon: &Pon, tns: Vec<Tn>) -> Result<(), CallRefused> {
    let call = Call::about_numbers(simulator.base.clock.now(), Rpc::ActivatePort, pon, &tns);
    let mut taken = take_in(simulator, &call).await?;
    let ver = taken.newest.ver;
    let asked = taken.numbers(tns)?;
    if !store::answer::is_committed(&mut taken.tx, pon).await? {
        return Err(CallRefused::NotCommitted);
    }
    let new = store::port_request::add_activations(&mut taken.tx, pon, ver, &asked).await?;
    let new: Vec<Tn> = new.into_iter().collect();
    if let Some(first) = new.first() {
        let occasion = Occasion {
            asked: Asked::Activation(ver),
            at: taken.now,
            is_active: store::answer::is_active(&mut taken.tx, pon, &taken.newest.tns).await?,
            wanted: None,
            first_tn: taken.newest.tns.first().copied(),
            tns: taken.as_named(&new),
        };
        // A group is told from others by its first number, which is asked for once.
        let key = if occasion.tns.is_empty() {
            String::new()
        } else {
            format!("{}.", first.digits())
        };
        let answers = plan(&taken.script, &occasion)?.answers;
        store::answer::schedule(&mut taken.tx, pon, occasion.asked, &key, &answers).await?;
        let activated = answers
            .iter()
            .position(|answer| matches!(answer.content, Content::Activated(_)));
        if let Some(index) = activated {
            let capabilities = Capability::OF_AN_ACTIVE_NUMBER;
            let tests = plan_tests(&taken.script, &new, &capabilities, answers[index].due_at)?;
            let id = store::answer::answer_id(pon, occasion.asked, &key, index);
            store::test::schedule(&mut taken.tx, pon, &id, Some(&id), &tests).await?;
        }
    }
    taken.finish(simulator).await
}
