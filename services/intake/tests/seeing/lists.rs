//! Lists of orders by their filters, and how many there are.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1::order_list_service_client::OrderListServiceClient;
use portway_proto::intake::v1::{
    CountOrdersRequest, CountOrdersResponse, Order, OrderFilter, OrderState, TimeRange,
};
use portway_proto::types::v1::Court;
use service::stamp;
use types::AccountId;

use crate::customer::{Customer, ONE, TWO};
use crate::harness::{TestIntake, ask};
use crate::pages::filtered;

fn range(from: &str, before: &str) -> TimeRange {
    let at = |text: &str| Some(stamp::to_proto(text.parse().unwrap()));
    TimeRange {
        from: at(from),
        before: at(before),
    }
}

fn narrowed(narrow: impl FnOnce(&mut OrderFilter)) -> OrderFilter {
    let mut filter = OrderFilter::default();
    narrow(&mut filter);
    filter
}

/// A draft of Monday; an order submitted on Monday and rejected on Tuesday; one cancelled on Wednesday; and one of
/// Wednesday with a FOC.
struct Orders {
    draft: Order,
    rejected: Order,
    cancelled: Order,
    confirmed: Order,
}

impl Orders {
    async fn make(intake: &TestIntake, customer: &Customer) -> Self {
        let draft = customer.draft(&[ONE]).await;
        let rejected = customer.submitted_of(&[TWO]).await;
        intake.advance_to("2026-11-24T15:00:00Z").await;
        intake.hear(&rejected, Answer::Rejected, &[("PIN", "")]).await;
        intake.advance_to("2026-11-25T15:00:00Z").await;
        let cancelled = customer.draft(&["+12018670125"]).await;
        customer.cancel(&cancelled).await.unwrap();
        let confirmed = customer.submitted_of(&["+12018670126"]).await;
        intake.hear_foc(&confirmed, "2026-12-01T05:00:00Z").await;
        Self {
            draft,
            rejected,
            cancelled,
            confirmed,
        }
    }
}

/// Every order that a filter lets through, newest first.
async fn check(customer: &Customer, cases: Vec<(OrderFilter, Vec<&Order>)>) {
    for (filter, expected) in cases {
        let expected: Vec<String> = expected
            .into_iter()
            .map(|order| order.request_number.clone())
            .collect();
        assert_eq!(filtered(customer, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_by_value_let_through_what_they_say() {
    let intake = TestIntake::start("byvalue").await;
    let customer = intake.customer().await;
    let made = Orders::make(&intake, &customer).await;
    let states = |states: &[OrderState]| states.iter().map(|state| i32::from(*state)).collect::<Vec<_>>();
    let courts = |courts: &[Court]| courts.iter().map(|court| i32::from(*court)).collect::<Vec<_>>();
    let by_state = |wanted: &[OrderState]| narrowed(|filter| filter.states = states(wanted));
    let by_court = |wanted: &[Court]| narrowed(|filter| filter.courts = courts(wanted));
    let by_both = narrowed(|filter| {
        filter.courts = courts(&[Court::Customer, Court::Us]);
        filter.states = states(&[OrderState::Draft, OrderState::FocConfirmed]);
    });
    let of_carrier = |carrier: &str| narrowed(|filter| carrier.clone_into(&mut filter.losing_carrier));
    let with_number = |number: &str| narrowed(|filter| number.clone_into(&mut filter.phone_number));
    let numbered = |number: &str| narrowed(|filter| number.clone_into(&mut filter.request_number));
    let (draft, rejected) = (&made.draft, &made.rejected);
    let (cancelled, confirmed) = (&made.cancelled, &made.confirmed);
    let all = vec![confirmed, cancelled, rejected, draft];
    let cases = vec![
        (OrderFilter::default(), all.clone()),
        (by_state(&[OrderState::Draft]), vec![draft]),
        (
            by_state(&[OrderState::Draft, OrderState::Cancelled]),
            vec![cancelled, draft],
        ),
        (by_court(&[Court::Customer]), vec![rejected, draft]),
        (
            by_court(&[Court::Customer, Court::Us]),
            vec![confirmed, rejected, draft],
        ),
        (by_both, vec![confirmed, draft]),
        (of_carrier("sim-wireless"), all),
        (of_carrier("sim-wireline"), vec![]),
        (with_number("1 (201) 867-0124"), vec![rejected]),
        (numbered(&cancelled.request_number), vec![cancelled]),
        (numbered("PO_600001"), vec![]),
    ];
    check(&customer, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_by_time_let_through_what_they_say() {
    let intake = TestIntake::start("bytime").await;
    let customer = intake.customer().await;
    let made = Orders::make(&intake, &customer).await;
    let monday = range("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z");
    let wednesday = range("2026-11-25T15:00:00Z", "2026-11-26T00:00:00Z");
    let until = TimeRange { from: None, ..monday };
    let foc = range("2026-12-01T05:00:00Z", "2026-12-02T00:00:00Z");
    let after_it = range("2026-12-01T05:00:01Z", "2026-12-02T00:00:00Z");
    let created = |range| narrowed(|filter| filter.created = Some(range));
    let submitted = |range| narrowed(|filter| filter.submitted = Some(range));
    let cases = vec![
        (created(monday), vec![&made.rejected, &made.draft]),
        (created(until), vec![&made.rejected, &made.draft]),
        (submitted(monday), vec![&made.rejected]),
        (submitted(wednesday), vec![&made.confirmed]),
        (
            narrowed(|filter| filter.ended = Some(wednesday)),
            vec![&made.cancelled],
        ),
        (narrowed(|filter| filter.foc = Some(foc)), vec![&made.confirmed]),
        (narrowed(|filter| filter.foc = Some(after_it)), vec![]),
    ];
    check(&customer, cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_sees_every_account_and_may_ask_for_one() {
    let intake = TestIntake::start("everyaccount").await;
    let (ann, ben) = (intake.customer().await, intake.customer().await);
    let (of_ann, of_ben) = (ann.draft(&[ONE]).await, ben.draft(&[ONE]).await);
    let platform = intake.user_of(AccountId::PLATFORM, &["port_in.view"]).await;
    let of = |account: &Customer| OrderFilter {
        account_id: account.account.to_string(),
        ..OrderFilter::default()
    };
    let both = [of_ben.request_number.clone(), of_ann.request_number.clone()];
    assert_eq!(filtered(&platform, OrderFilter::default()).await, both);
    assert_eq!(filtered(&platform, of(&ann)).await, both[1..]);
    assert_eq!(filtered(&ann, of(&ann)).await, both[1..]);
    assert!(filtered(&ann, of(&ben)).await.is_empty());
    assert_eq!(in_state(&counts(&platform, None).await, OrderState::Draft), 2);
    assert_eq!(
        in_state(&counts(&platform, Some(&ann)).await, OrderState::Draft),
        1
    );
    assert_eq!(in_state(&counts(&ann, Some(&ben)).await, OrderState::Draft), 0);
}

async fn counts(customer: &Customer, of: Option<&Customer>) -> CountOrdersResponse {
    let request = CountOrdersRequest {
        account_id: of.map(|of| of.account.to_string()).unwrap_or_default(),
    };
    OrderListServiceClient::new(customer.channel())
        .count_orders(ask(&customer.token, request))
        .await
        .unwrap()
        .into_inner()
}

fn in_state(counts: &CountOrdersResponse, state: OrderState) -> i32 {
    let found = counts.states.iter().find(|count| count.state() == state);
    let found = found.unwrap().orders.unwrap();
    assert!(!found.more);
    found.count
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_counted_by_state_by_court_and_overdue() {
    let intake = TestIntake::start("counts").await;
    let customer = intake.customer().await;
    Orders::make(&intake, &customer).await;
    let waiting = customer.submitted_of(&["+12018670127"]).await;
    intake.advance_to("2026-11-30T16:00:00Z").await;
    let found = counts(&customer, None).await;
    assert_eq!(found.states.len(), 11);
    for (state, expected) in [
        (OrderState::Draft, 1),
        (OrderState::ActionRequired, 1),
        (OrderState::Submitted, 1),
        (OrderState::FocConfirmed, 1),
        (OrderState::Cancelled, 1),
        (OrderState::Ported, 0),
    ] {
        assert_eq!(in_state(&found, state), expected, "{state:?}");
    }
    let courts: Vec<(Court, i32)> = found
        .courts
        .iter()
        .map(|count| (count.court(), count.orders.unwrap().count))
        .collect();
    let nobody = [Court::GainingCarrier, Court::LosingCarrier, Court::EndUser].map(|court| (court, 0));
    let expected = [&[(Court::Customer, 2), (Court::Us, 2)], &nobody[..]].concat();
    assert_eq!(courts, expected);
    assert_eq!(found.overdue.unwrap().count, 1);
    let overdue = OrderFilter {
        overdue: true,
        ..OrderFilter::default()
    };
    assert_eq!(filtered(&customer, overdue).await, [waiting.request_number]);
}
