//! Answers that nobody understands, and refusals of what was sent: what everybody sees, and how a person settles them.

use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress, CommandProgressed};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{NumberState, Order, OrderState, RejectionFinding};
use portway_proto::types::v1::Court;

use crate::customer::{Customer, ONE, TWO, key, pin};
use crate::harness::{TestIntake, change, reason, refusal};
use crate::people::{finding, operations, operator, propose_fix, settle_rejection};

/// The reasons that an order shows, each with the carrier's own code.
fn shown(order: &Order) -> Vec<(&str, &str)> {
    let reasons = order.reasons.iter();
    reasons
        .map(|reason| (reason.reason.as_str(), reason.raw_code.as_str()))
        .collect()
}

/// The carrier's refusal of the order's first version, in words.
fn refusal_of(order: &Order) -> CommandProgressed {
    CommandProgressed {
        command_id: uuid::Uuid::new_v4().to_string(),
        subject_id: order.order_id.clone(),
        account_id: order.account_id.clone(),
        ver: order.ver,
        kind: CommandKind::Submit.into(),
        progress: CommandProgress::Refused.into(),
        at: order.since,
        refusal: "no LOA".to_owned(),
        ..CommandProgressed::default()
    }
}

async fn told(intake: &TestIntake, order: &Order) -> String {
    intake.event_names(order).await.pop().unwrap()
}

/// An order of one number of which nobody understands the answer.
async fn not_understood(intake: &TestIntake, customer: &Customer, tn: &str) -> Order {
    let order = customer.submitted_of(&[tn]).await;
    intake
        .hear(&order, Answer::Rejected, &[("A_WORD_WE_DO_NOT_KNOW", "")])
        .await;
    customer.get(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_understands_is_shown_and_settled_by_what_it_means() {
    let intake = TestIntake::start("notunderstood").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    let cases = [
        (
            vec![("PIN", "")],
            OrderState::ActionRequired,
            1,
            "OrderActionRequired",
        ),
        (vec![("WORKLOAD", "")], OrderState::Pending, 1, "OrderDelayed"),
        (
            vec![("TN_NOT_FOUND", "")],
            OrderState::Rejected,
            1,
            "OrderRejected",
        ),
        (vec![], OrderState::Submitted, 2, "OrderSubmitted"),
    ];
    for (index, (reasons, state, ver, event)) in cases.into_iter().enumerate() {
        let order = not_understood(&intake, &customer, &format!("+1201867040{index}")).await;
        assert_eq!((order.state(), order.court()), (OrderState::Pending, Court::Us));
        assert_eq!(shown(&order), [("UNMAPPED", "8C")]);
        assert_eq!(order.reasons[0].raw_text, "as the carrier said it");
        assert_eq!(told(&intake, &order).await, "OrderDelayed");
        let proposed = propose_fix(&customer, &order).await;
        assert_eq!(proposed[0].way(), v1::FixWay::Operations);
        let settled = settle_rejection(&operations, finding(&order, &reasons))
            .await
            .unwrap();
        assert_eq!((settled.state(), settled.ver), (state, ver), "{reasons:?}");
        assert_eq!(told(&intake, &order).await, event, "{reasons:?}");
        assert_eq!(
            customer.history(&order).await.last().unwrap(),
            "rejection_settled"
        );
        if state == OrderState::ActionRequired {
            assert_eq!(shown(&settled), [("PIN", "8C")], "with what the carrier wrote");
        }
        if state == OrderState::Pending {
            assert_eq!(settled.court(), Court::LosingCarrier);
        }
        // Only once.
        let again = settle_rejection(&operations, finding(&order, &[]))
            .await
            .map(|_| ());
        assert_eq!(reason(&again.unwrap_err()), "ILLEGAL_TRANSITION");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_number_is_found_not_to_port_and_the_other_goes_on() {
    let intake = TestIntake::start("foundlost").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("UNMAPPED", "")]).await;
    let request = finding(&order, &[("TN_NOT_FOUND", TWO)]);
    // The same request twice is one settlement.
    let repeated = key();
    for _ in 0..2 {
        let reply = operator(&operations)
            .settle_rejection(change(&operations.token, &repeated, request.clone()))
            .await;
        let settled = reply.unwrap().into_inner().order.unwrap();
        assert_eq!((settled.state(), settled.ver), (OrderState::Submitted, 2));
    }
    let after = customer.get(&order).await;
    let failed = after.numbers.iter().find(|number| number.tn == TWO).unwrap();
    assert_eq!(failed.state(), NumberState::Failed);
    assert_eq!((after.reasons.len(), intake.live_tns().await), (0, 1));
    let events = intake.event_names(&order).await;
    assert_eq!(events, ["OrderSubmitted", "OrderDelayed", "OrderSubmitted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_reason_outlives_an_answer_that_nobody_understands() {
    let intake = TestIntake::start("outlives").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    for (index, settles_first) in [false, true].into_iter().enumerate() {
        let tn = format!("+1201867041{index}");
        let order = customer.submitted_of(&[&tn]).await;
        intake.hear(&order, Answer::Rejected, &[("PIN", &tn)]).await;
        intake.hear(&order, Answer::Rejected, &[("UNMAPPED", "")]).await;
        let after = customer.get(&order).await;
        assert_eq!(
            (after.state(), after.court()),
            (OrderState::ActionRequired, Court::Customer)
        );
        assert_eq!(shown(&after), [("PIN", "8C"), ("UNMAPPED", "8C")]);
        if settles_first {
            let settled = settle_rejection(&operations, finding(&order, &[])).await.unwrap();
            assert_eq!(shown(&settled), [("PIN", "8C")]);
        }
        let fixed = customer.fix(&order, vec![pin(&tn, "777777")]).await.unwrap();
        assert_eq!((fixed.state(), fixed.ver), (OrderState::Submitted, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_is_sent_again_or_refused_for_good() {
    let intake = TestIntake::start("refusedrequest").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    for (index, found) in [RejectionFinding::NothingWrong, RejectionFinding::Final]
        .into_iter()
        .enumerate()
    {
        let order = customer.submitted_of(&[&format!("+1201867042{index}")]).await;
        intake.hear_event(&order, &refusal_of(&order)).await;
        let refused = customer.get(&order).await;
        assert_eq!(
            (refused.state(), refused.court()),
            (OrderState::Pending, Court::Us)
        );
        assert_eq!(shown(&refused), [("UNMAPPED", "")]);
        assert_eq!(refused.reasons[0].raw_text, "no LOA", "the carrier's words");
        let request = v1::SettleRejectionRequest {
            finding: found.into(),
            etag: refused.etag.clone(),
            ..finding(&order, &[])
        };
        let stale = v1::SettleRejectionRequest {
            etag: order.etag.clone(),
            ..request.clone()
        };
        let late = settle_rejection(&operations, stale).await.unwrap_err();
        assert_eq!(reason(&late), "STALE");
        let settled = settle_rejection(&operations, request).await.unwrap();
        if found == RejectionFinding::Final {
            assert_eq!(settled.state(), OrderState::Rejected);
            continue;
        }
        assert_eq!((settled.state(), settled.ver), (OrderState::Submitted, 2));
        // The carrier may have the second version: a cancel asks it.
        let cancelling = customer.cancel(&settled).await.unwrap();
        assert_eq!(cancelling.state(), OrderState::CancelRequested);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_finding_is_named_at_once() {
    let intake = TestIntake::start("findings").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    let order = not_understood(&intake, &customer, ONE).await;
    let faults = async |request| {
        let refused = settle_rejection(&operations, request).await.unwrap_err();
        let (_, faults) = refusal(&refused);
        let all = faults.into_iter().map(|(field, code)| format!("{field} {code}"));
        all.collect::<Vec<_>>()
    };
    let nothing = v1::SettleRejectionRequest {
        order_id: order.order_id.clone(),
        ..Default::default()
    };
    assert_eq!(faults(nothing).await, ["finding MISSING", "note MISSING"]);
    let without = v1::SettleRejectionRequest {
        finding: RejectionFinding::Means.into(),
        ..finding(&order, &[])
    };
    assert_eq!(faults(without).await, ["reasons MISSING"]);
    let with = v1::SettleRejectionRequest {
        finding: RejectionFinding::Final.into(),
        ..finding(&order, &[("PIN", "")])
    };
    assert_eq!(faults(with).await, ["reasons INVALID"]);
    let unread = finding(&order, &[("NO_SUCH_REASON", "12")]);
    assert_eq!(
        faults(unread).await,
        ["reasons[0].tn INVALID", "reasons[0].reason INVALID"]
    );
    let settles_nothing = finding(&order, &[("UNMAPPED", TWO)]);
    assert_eq!(
        faults(settles_nothing).await,
        [
            format!("numbers[\"{TWO}\"] TN_NOT_IN_ORDER"),
            "reasons SETTLES_NOTHING".to_owned()
        ]
    );
    let denied = settle_rejection(&customer, finding(&order, &[]))
        .await
        .unwrap_err();
    assert_eq!(denied.code(), tonic::Code::PermissionDenied);
}
