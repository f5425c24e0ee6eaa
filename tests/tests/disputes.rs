//! Disputes over completed ports, across all services: the other carrier is asked, its answer moves the numbers, the
//! account is told and charged.

use std::time::Duration;

use jiff::SignedDuration;
use portway_proto::intake::v1::DisputeState;
use portway_proto::intake::v1::open_dispute_request::About;
use system_tests::checks::assert_told_once;
use system_tests::{Customer, System};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What a dispute went through, each told to the owner once.
const TOLD: [&str; 4] = [
    "dispute.opened",
    "dispute.snapback_asked",
    "dispute.snapback_answered",
    "dispute.settled",
];

async fn in_service(customer: &Customer) -> Vec<String> {
    let numbers = customer.in_service().await.into_iter();
    numbers.map(|number| number.tn).collect()
}

#[tokio::test]
async fn a_number_that_left_by_mistake_comes_back() {
    let system = System::start("dispute_port_out").await;
    let customer = system.customer();
    let tn = "+12018675501";
    let order = customer.submitted(&[tn]).await;
    customer.advance(DAY * 8).await;
    let foc_at = customer.now().await + SignedDuration::from_hours(72);
    customer.request_port_out(&order, "GONE-1", &[tn], foc_at).await;
    customer.advance(HOUR).await;
    let port_out = customer.port_out_of("GONE-1").await;
    customer.accept(&port_out).await.unwrap();
    customer.advance(DAY * 4).await;
    assert_eq!(in_service(&customer).await, [""; 0], "it has left");

    let dispute = customer
        .open_dispute(About::PortOutId(port_out.port_out_id))
        .await;
    let dispute = customer.undone(&dispute).await;
    assert_eq!(dispute.state(), DisputeState::Returned);
    assert_eq!(in_service(&customer).await, [tn], "it is as it was");
    let asked = customer.carrier_calls("GONE-1").await.into_iter();
    assert_eq!(asked.filter(|call| call.rpc == "SnapbackPortOut").count(), 1);

    let dispute = customer.settle(&dispute).await;
    assert_eq!(dispute.state(), DisputeState::Settled);
    assert_eq!(customer.dispute_fees().await, [tn], "its own mistake");
    assert_told_once(&system, &customer, &dispute.dispute_id, &TOLD).await;
}

#[tokio::test]
async fn a_number_that_came_by_mistake_goes_back() {
    let system = System::start("dispute_port_in").await;
    let customer = system.customer();
    let tn = "+12018675511";
    let order = customer.submitted(&[tn]).await;
    // Numbers go back within a day of their activation: the clock stops as soon as they are there.
    testkit::eventually(Duration::from_mins(2), "the number to port", async || {
        customer.advance(HOUR * 6).await;
        !customer.in_service().await.is_empty()
    })
    .await;

    let dispute = customer.open_dispute(About::OrderId(order.order_id)).await;
    let dispute = customer.undone(&dispute).await;
    assert_eq!(dispute.state(), DisputeState::Returned);
    assert_eq!(in_service(&customer).await, [""; 0], "it went back");

    let dispute = customer.settle(&dispute).await;
    assert_eq!(dispute.charged_tns, [tn]);
    assert_eq!(customer.dispute_fees().await, [tn]);
    assert_told_once(&system, &customer, &dispute.dispute_id, &TOLD).await;
}
