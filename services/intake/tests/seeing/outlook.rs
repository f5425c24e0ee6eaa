//! What an order says of itself: whose turn it is, until when, what comes next, when the numbers will come.

use jiff::Timestamp;
use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1::{EstimateBasis, NextEventKind, Order, OrderFilter, OrderState};
use portway_proto::types::v1::{Court, Date};
use service::stamp;

use crate::customer::Customer;
use crate::harness::{TestIntake, answered};
use crate::pages::filtered;

fn due(order: &Order) -> Option<Timestamp> {
    order.due_at.as_ref().map(|at| stamp::from_proto(at).unwrap())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn next(order: &Order) -> (NextEventKind, bool) {
    let next = order.next_event.as_ref().unwrap();
    (next.kind(), next.scheduled)
}

const fn day(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// The first and the last day of an order's estimate.
fn span(order: &Order) -> (Date, Date) {
    let estimate = order.estimate.unwrap();
    (estimate.earliest.unwrap(), estimate.latest.unwrap())
}

async fn taken_in(intake: &TestIntake, order: &Order) {
    intake
        .hear_command(order, CommandKind::Submit, CommandProgress::Acknowledged)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_says_whose_turn_it_is_until_when_and_what_comes_next() {
    let intake = TestIntake::start("turns").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    assert_eq!((order.court(), order.overdue), (Court::Us, false));
    assert_eq!(due(&order), Some(at("2026-11-24T15:00:00Z")));
    assert_eq!(next(&order), (NextEventKind::HandOver, false));
    let estimate = order.estimate.unwrap();
    assert_eq!(
        (estimate.basis(), estimate.observations),
        (EstimateBasis::Rule, 0)
    );

    taken_in(&intake, &order).await;
    let pending = customer.get(&order).await;
    assert_eq!(pending.court(), Court::LosingCarrier);
    assert_eq!(next(&pending), (NextEventKind::Answer, false));
    let overdue = OrderFilter {
        overdue: true,
        ..OrderFilter::default()
    };
    assert!(filtered(&customer, overdue.clone()).await.is_empty());
    intake.advance_to("2026-11-25T15:00:00Z").await;
    assert!(customer.get(&order).await.overdue);
    assert_eq!(
        filtered(&customer, overdue.clone()).await,
        std::slice::from_ref(&order.request_number)
    );

    intake.hear(&order, Answer::Rejected, &[("PIN", "")]).await;
    let waiting = customer.get(&order).await;
    assert_eq!((waiting.court(), waiting.overdue), (Court::Customer, false));
    assert_eq!(due(&waiting), Some(at("2026-12-25T15:00:00Z")));
    assert_eq!(next(&waiting), (NextEventKind::Correction, false));
    assert!(filtered(&customer, overdue).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commitment_is_the_estimate_and_is_remembered_after_the_end() {
    let intake = TestIntake::start("commitments").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    taken_in(&intake, &order).await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    let confirmed = customer.get(&order).await;
    let estimate = confirmed.estimate.unwrap();
    assert_eq!(estimate.basis(), EstimateBasis::Committed);
    assert_eq!(span(&confirmed), (day(2026, 12, 1), day(2026, 12, 1)));
    assert_eq!(next(&confirmed), (NextEventKind::NumbersIncoming, true));
    intake.advance_to("2026-11-29T05:00:00Z").await;
    assert_eq!(next(&customer.get(&order).await), (NextEventKind::CutOver, true));
    intake.advance_to("2026-12-01T05:00:00Z").await;
    intake.hear(&order, Answer::Activated, &[]).await;
    let ported = customer.get(&order).await;
    assert_eq!(
        (ported.state(), ported.court()),
        (OrderState::Ported, Court::Unspecified)
    );
    assert_eq!(
        (ported.due_at, ported.next_event, ported.estimate),
        (None, None, None)
    );
    assert_eq!(ported.foc_at, confirmed.foc_at);
    assert_eq!(ported.updated_at, ported.ended_at);
}

/// The FOC on the next day, the cut-over on the day after Thanksgiving's week.
async fn port(intake: &TestIntake, orders: &[Order]) {
    for order in orders {
        taken_in(intake, order).await;
    }
    intake.advance_to("2026-11-24T15:00:00Z").await;
    for order in orders {
        intake.hear_foc(order, "2026-12-01T05:00:00Z").await;
    }
    intake.advance_to("2026-12-01T05:00:00Z").await;
    for order in orders {
        // The same answer comes twice; it is counted once.
        let done = answered(order, Answer::Activated, &[]);
        intake.hear_answer(done.clone()).await;
        intake.hear_answer(done).await;
    }
}

async fn orders(customer: &Customer, lines: std::ops::Range<u16>) -> Vec<Order> {
    let mut orders = Vec::new();
    for line in lines {
        orders.push(customer.submitted_of(&[&format!("+1201867{line:04}")]).await);
    }
    orders
}

#[tokio::test(flavor = "multi_thread")]
async fn estimates_learn_from_what_the_carrier_did() {
    let intake = TestIntake::start("paces").await;
    let customer = intake.customer().await;
    let first = orders(&customer, 200..205).await;
    port(&intake, &first).await;
    let stranger = intake.customer().await;
    let draft = stranger.draft(&["+12018670300"]).await;
    let estimate = draft.estimate.unwrap();
    assert_eq!(
        (estimate.basis(), estimate.observations),
        (EstimateBasis::History, 5)
    );
    // One business day to the FOC, four from there (Thanksgiving is none): five after Tuesday.
    assert_eq!(span(&draft), (day(2026, 12, 8), day(2026, 12, 8)));
}
