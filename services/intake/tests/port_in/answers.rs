//! What carriers answer, and what becomes of the order.

use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandKind, CommandProgress};
use portway_proto::intake::v1::{CommandState, NumberState, OrderRejected, OrderState};
use portway_proto::types::v1::Court;

use crate::customer::{ONE, TWO, pin};
use crate::harness::{TestIntake, answered, reason};

/// What a rejection of an order of two numbers leads to.
struct Consequence {
    /// Our words, each with its number or nothing.
    reasons: &'static [(&'static str, &'static str)],
    state: OrderState,
    court: Court,
    ver: i32,
    /// The numbers that are still in the order.
    open: &'static [&'static str],
}

const fn leads_to(
    reasons: &'static [(&'static str, &'static str)],
    state: OrderState,
    court: Court,
    ver: i32,
    open: &'static [&'static str],
) -> Consequence {
    Consequence {
        reasons,
        state,
        court,
        ver,
        open,
    }
}

const BOTH: &[&str] = &[ONE, TWO];
const ACTION: OrderState = OrderState::ActionRequired;
const CONSEQUENCES: [Consequence; 14] = [
    leads_to(&[("PIN", ONE)], ACTION, Court::Customer, 1, BOTH),
    leads_to(&[("PORT_PROTECTION", "")], ACTION, Court::Customer, 1, BOTH),
    leads_to(&[("PLATFORM_LOCK", ONE)], ACTION, Court::EndUser, 1, BOTH),
    leads_to(&[("MULTI_LINE", "")], ACTION, Court::Customer, 1, BOTH),
    leads_to(&[("WORKLOAD", "")], OrderState::Submitted, Court::Us, 1, BOTH),
    leads_to(&[("NOT_PORTABLE", ONE)], OrderState::Pending, Court::Us, 1, BOTH),
    leads_to(
        &[("A_WORD_WE_DO_NOT_KNOW", "")],
        OrderState::Pending,
        Court::Us,
        1,
        BOTH,
    ),
    leads_to(&[("INTERNAL_PORT", "")], OrderState::Pending, Court::Us, 1, BOTH),
    leads_to(
        &[("WORKLOAD", ""), ("PIN", ONE)],
        ACTION,
        Court::Customer,
        1,
        BOTH,
    ),
    leads_to(
        &[("TN_NOT_FOUND", TWO), ("ACCOUNT_NUMBER", "")],
        ACTION,
        Court::Customer,
        1,
        BOTH,
    ),
    leads_to(
        &[("TN_NOT_FOUND", TWO)],
        OrderState::Submitted,
        Court::Us,
        2,
        &[ONE],
    ),
    // No number of the order: the same again would get the same answer.
    leads_to(
        &[("TN_NOT_FOUND", "+12018670199")],
        OrderState::Pending,
        Court::Us,
        1,
        BOTH,
    ),
    leads_to(
        &[("TN_NOT_FOUND", TWO), ("PIN", ONE)],
        ACTION,
        Court::Customer,
        1,
        &[ONE],
    ),
    leads_to(
        &[("TN_NOT_FOUND", "")],
        OrderState::Rejected,
        Court::Unspecified,
        1,
        &[],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_class_of_a_reason_says_what_happens_next() {
    let intake = TestIntake::start("classes").await;
    let customer = intake.customer().await;
    for Consequence {
        reasons,
        state,
        court,
        ver,
        open,
    } in CONSEQUENCES
    {
        let order = customer.submitted().await;
        intake.hear(&order, Answer::Rejected, reasons).await;
        let after = customer.get(&order).await;
        assert_eq!(
            (after.state(), after.court(), after.ver),
            (state, court, ver),
            "{reasons:?}"
        );
        let in_order = after
            .numbers
            .iter()
            .filter(|number| number.state() == NumberState::InOrder);
        assert_eq!(
            in_order.map(|number| number.tn.as_str()).collect::<Vec<_>>(),
            open,
            "{reasons:?}"
        );
        assert_eq!(
            intake.live_tns().await,
            i64::try_from(open.len()).unwrap(),
            "{reasons:?}"
        );
        let raw: Vec<&str> = after
            .reasons
            .iter()
            .map(|reason| reason.raw_code.as_str())
            .collect();
        let is_unsettled = state == ACTION || (state, court) == (OrderState::Pending, Court::Us);
        let shown = if is_unsettled { reasons.len() } else { 0 };
        assert_eq!(raw, vec!["8C"; shown], "{reasons:?}");
        // Make room for the next order of the same numbers.
        if after.ended_at.is_none() {
            let cancelling = customer.cancel(&after).await.unwrap();
            intake.hear(&cancelling, Answer::Cancelled, &[]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_refusal_names_numbers_and_reasons() {
    let intake = TestIntake::start("refused").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear(
            &order,
            Answer::Rejected,
            &[("TN_NOT_FOUND", ONE), ("RATE_CENTER", TWO)],
        )
        .await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Rejected);
    let events = intake.events::<OrderRejected>(&order).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].order.as_ref().unwrap().tns, [ONE, TWO]);
    assert_eq!(events[0].reasons.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_three_times_changes_the_order_once() {
    let intake = TestIntake::start("thrice").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let rejected = answered(&order, Answer::UpdateRequired, &[("PIN", ONE)]);
    for _ in 0..3 {
        intake.hear_answer(rejected.clone()).await;
    }
    let after = customer.get(&order).await;
    assert_eq!(
        (after.state(), after.update_required),
        (OrderState::ActionRequired, true)
    );
    assert_eq!(
        intake.event_names(&order).await,
        ["OrderSubmitted", "OrderActionRequired"]
    );
    // Also when it comes again after the customer has acted.
    let fixed = customer.fix(&after, vec![pin(ONE, "777777")]).await.unwrap();
    intake.hear_answer(rejected).await;
    assert_eq!(customer.get(&order).await.etag, fixed.etag);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_an_older_version_is_recorded_and_changes_nothing() {
    let intake = TestIntake::start("stale").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("PIN", ONE)]).await;
    let fixed = customer.fix(&order, vec![pin(ONE, "777777")]).await.unwrap();
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    let after = customer.get(&order).await;
    assert_eq!((after.state(), after.etag), (OrderState::Submitted, fixed.etag));
    assert_eq!(customer.history(&order).await.last().unwrap(), "answer_recorded");
    assert_eq!(intake.event_names(&order).await.last().unwrap(), "OrderSubmitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_customer_settled_is_confirmed_and_sent_again() {
    let intake = TestIntake::start("remedy").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear(&order, Answer::Rejected, &[("PORT_PROTECTION", ""), ("PIN", ONE)])
        .await;
    let refused = customer.confirm(&order).await.unwrap_err();
    assert_eq!(
        crate::harness::refusal(&refused),
        (
            "NOT_SETTLED_BY_CONFIRMING".to_owned(),
            vec![("reasons".to_owned(), "PIN".to_owned())]
        )
    );
    let fixed = customer.fix(&order, vec![pin(ONE, "777777")]).await.unwrap();
    intake
        .hear(&fixed, Answer::Rejected, &[("PORT_PROTECTION", "")])
        .await;
    let confirmed = customer.confirm(&order).await.unwrap();
    assert_eq!((confirmed.state(), confirmed.ver), (OrderState::Submitted, 3));
    assert_eq!(
        reason(&customer.confirm(&order).await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_is_done_when_the_carrier_says_so_and_answers_after_it_change_nothing() {
    let intake = TestIntake::start("cancel").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    intake.advance_to("2026-11-29T05:00:00Z").await;
    assert_eq!(intake.inventory().await.len(), 2);
    let cancelling = customer.cancel(&order).await.unwrap();
    assert_eq!(
        (cancelling.state(), cancelling.ver),
        (OrderState::CancelRequested, 2)
    );
    assert_eq!(
        (
            cancelling.commands[0].kind.as_str(),
            cancelling.commands[0].state()
        ),
        ("cancel", CommandState::Requested)
    );
    assert_eq!(
        reason(&customer.cancel(&order).await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
    // The cut-over does not come while the cancel is out.
    intake.advance_to("2026-12-01T05:00:00Z").await;
    assert_eq!(customer.get(&order).await.state(), OrderState::CancelRequested);
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    let cancelled = customer.get(&order).await;
    assert_eq!(cancelled.state(), OrderState::Cancelled);
    assert!(
        cancelled
            .numbers
            .iter()
            .all(|number| number.state() == NumberState::Released)
    );
    assert_eq!((intake.inventory().await.len(), intake.live_tns().await), (0, 0));
    intake.hear(&order, Answer::Activated, &[]).await;
    let after = customer.get(&order).await;
    assert_eq!(
        (after.state(), after.etag),
        (OrderState::Cancelled, cancelled.etag)
    );
    assert_eq!(intake.inventory().await.len(), 0);
    assert_eq!(intake.event_names(&order).await.last().unwrap(), "OrderCancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_cancel_goes_back_to_where_the_order_was() {
    let intake = TestIntake::start("refusedcancel").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    let cancelling = customer.cancel(&order).await.unwrap();
    intake.hear(&cancelling, Answer::ChangeRefused, &[]).await;
    assert_eq!(customer.get(&order).await.state(), OrderState::FocConfirmed);
    let cancelling = customer.cancel(&order).await.unwrap();
    assert_eq!(cancelling.ver, 3);
    intake
        .hear_command(&cancelling, CommandKind::Cancel, CommandProgress::Refused)
        .await;
    let back = customer.get(&order).await;
    assert_eq!(
        (back.state(), back.commands[0].state()),
        (OrderState::FocConfirmed, CommandState::Refused)
    );
    // The version that was to be cancelled goes on.
    intake.advance_to("2026-12-01T05:00:00Z").await;
    intake
        .hear_answer(CarrierAnswered {
            ver: 1,
            ..answered(&order, Answer::Activated, &[])
        })
        .await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Ported);
    assert_eq!(
        reason(&customer.cancel(&order).await.unwrap_err()),
        "COMPLETED_USE_SNAPBACK"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_port_in_parts() {
    let intake = TestIntake::start("parts").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    // A carrier that activates before anybody expected it.
    intake
        .hear_answer(CarrierAnswered {
            tns: vec![ONE.to_owned()],
            ..answered(&order, Answer::Activated, &[])
        })
        .await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Activating);
    assert_eq!(
        intake.inventory().await,
        [(ONE.to_owned(), "IN_SERVICE".to_owned())]
    );
    assert_eq!(intake.live_tns().await, 1);
    intake
        .hear_answer(CarrierAnswered {
            tns: vec![TWO.to_owned()],
            ..answered(&order, Answer::Activated, &[])
        })
        .await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Ported);
    let ported = intake
        .events::<portway_proto::intake::v1::OrderPorted>(&order)
        .await;
    let tns: Vec<_> = ported.into_iter().map(|event| event.order.unwrap().tns).collect();
    assert_eq!(tns, [[ONE], [TWO]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_the_carrier_refuses_is_never_shown_as_done() {
    let intake = TestIntake::start("refusedcommand").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear_command(&order, CommandKind::Submit, CommandProgress::Refused)
        .await;
    let after = customer.get(&order).await;
    assert_eq!((after.state(), after.court()), (OrderState::Pending, Court::Us));
    assert_eq!(after.commands[0].state(), CommandState::Refused);
}
