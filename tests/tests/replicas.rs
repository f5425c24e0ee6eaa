//! Two replicas of every service at once, in one process; and a second intake in a process of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "a test awaits its own tasks, or ends with them"
)]

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use portway_proto::intake::v1::{ListOrdersRequest, PortOutState};
use system_tests::checks::assert_ported_once;
use system_tests::{Freeze, IntakeReplica, System, SystemOptions};
use tonic::Code;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn two_replicas(name: &str) -> System {
    System::start_with(
        name,
        SystemOptions {
            replicas: 2,
            ..SystemOptions::default()
        },
    )
    .await
}

#[tokio::test]
async fn the_same_submit_fifty_times_at_once_is_one_order() {
    let system = two_replicas("fifty_submits").await;
    let (one, other) = (system.customer(), system.customer_of_second_replica());
    let draft = one.ready_draft(&["+12018675601"]).await;
    let tries = (0..50).map(|number| {
        let customer = if number % 2 == 0 { &one } else { &other };
        async {
            // A duplicate in progress may be told to come again; then it does.
            testkit::eventually_some(Duration::from_mins(1), "a reply", async || {
                match customer.try_submit(&draft, "the-one-submit").await {
                    Ok(reply) => Some(reply),
                    Err(refused) => {
                        let busy = [Code::Aborted, Code::Unavailable].contains(&refused.code());
                        assert!(
                            busy,
                            "a duplicate is told to come again, or gets the reply: {refused:?}"
                        );
                        None
                    }
                }
            })
            .await
        }
    });
    let replies = join_all(tries).await;
    assert!(
        replies.iter().all(|reply| reply == &replies[0]),
        "all fifty replies are the same"
    );
    one.advance(DAY * 8).await;
    assert_ported_once(&system, &one, &replies[0]).await;
    let submits = one
        .carrier_calls("")
        .await
        .into_iter()
        .filter(|call| call.rpc == "SubmitPort")
        .count();
    assert_eq!(submits, 1, "the carrier was asked once");
}

#[tokio::test]
async fn each_of_many_orders_ports_once() {
    let system = two_replicas("many_orders").await;
    let (one, other) = (system.customer(), system.customer_of_second_replica());
    let tns: Vec<String> = (0..12).map(|number| format!("+120186757{number:02}")).collect();
    let orders = join_all(tns.iter().enumerate().map(|(index, tn)| {
        let customer = if index % 2 == 0 { &one } else { &other };
        async move { customer.submitted(&[tn]).await }
    }))
    .await;
    one.advance(DAY * 8).await;
    for order in &orders {
        assert_ported_once(&system, &one, order).await;
    }
    let listed = other
        .owner
        .port_in()
        .unwrap()
        .list_orders(ListOrdersRequest::default())
        .await
        .unwrap()
        .into_inner();
    let distinct: BTreeSet<&str> = listed
        .orders
        .iter()
        .map(|order| order.request_number.as_str())
        .collect();
    assert_eq!(distinct.len(), orders.len());
}

#[tokio::test]
async fn one_number_asked_for_twice_at_once_is_in_one_order() {
    let system = two_replicas("one_number_twice").await;
    let (one, other) = (system.customer(), system.customer_of_second_replica());
    let tn = "+12018675651";
    let drafts = [one.ready_draft(&[tn]).await, one.ready_draft(&[tn]).await];
    let (first, second) = tokio::join!(one.try_submit(&drafts[0], "a"), other.try_submit(&drafts[1], "b"));
    let refused = match (&first, &second) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        both => panic!("exactly one order gets the number: {both:?}"),
    };
    assert!(refused.message().contains(tn), "the number is named: {refused:?}");
}

#[tokio::test]
async fn silence_is_acted_on_once() {
    let system = two_replicas("silence").await;
    let customer = system.customer();
    let tn = "+12018675661";
    let order = customer.submitted(&[tn]).await;
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
    let foc_at = customer.now().await + jiff::SignedDuration::from_hours(96);
    customer.request_port_out(&order, "QUIET-1", &[tn], foc_at).await;
    customer.advance(HOUR * 3).await;
    let port_out = customer.port_outs().await.remove(0);
    assert_eq!(port_out.state(), PortOutState::Pending);
    customer.advance(DAY * 2).await;
    let port_out = customer.port_out(&port_out).await;
    assert_eq!(
        (port_out.state(), port_out.decided_by.as_str()),
        (PortOutState::Authorized, "silence")
    );
    let answers = customer
        .carrier_calls("QUIET-1")
        .await
        .into_iter()
        .filter(|call| call.rpc == "AnswerPortOut")
        .count();
    assert_eq!(answers, 1, "the winning carrier got one answer");
}

#[tokio::test]
async fn what_a_killed_replica_was_doing_the_other_does_when_asked_again() {
    let system = System::start_with(
        "killed_replica",
        SystemOptions {
            // The second process knows no clock but the real one.
            begins_on_monday: false,
            ..SystemOptions::default()
        },
    )
    .await;
    let mut second = IntakeReplica::start(&system).await;
    let (here, there) = (system.customer(), second.customer(&system));
    let early = there.submitted(&["+12018675671"]).await;
    let draft = there.ready_draft(&["+12018675672"]).await;
    let freeze = Freeze::writers_of(system.database_url(), "intake.port_order").await;
    let submitting = {
        let (there, draft) = (there.clone(), draft.clone());
        tokio::spawn(async move { there.try_submit(&draft, "begun-there").await })
    };
    freeze.until_reached().await;
    second.kill();
    let broken = submitting.await.unwrap();
    assert!(
        broken.is_err(),
        "the caller cannot know what became of it: {broken:?}"
    );
    freeze.release().await;
    let order = here.try_submit(&draft, "begun-there").await.unwrap();
    here.advance(DAY * 14).await;
    for order in [&early, &order] {
        assert_ported_once(&system, &here, order).await;
    }
}
