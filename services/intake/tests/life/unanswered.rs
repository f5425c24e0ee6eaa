//! Cancels that a carrier does not answer.

use jiff::civil::date;
use portway_proto::gateway::v1::{Answer, Carrier, CarrierChanged, CommandKind, CommandProgress, Network};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{OrderState, Settlement};
use portway_proto::types::v1::Court;
use service::stamp;

use crate::customer::key;
use crate::harness::{TestIntake, change, reason, refusal};
use crate::people::{change_date, operations, operator, settle_cancel};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_nobody_answers_comes_to_us_and_is_settled_either_way() {
    let intake = TestIntake::start("silentcancel").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    // Two business days from a Monday, and from a Wednesday before Thanksgiving.
    let times = ["2026-11-25T15:00:00Z", "2026-11-30T15:00:00Z"];
    for (index, settlement) in [Settlement::Confirmed, Settlement::Refused]
        .into_iter()
        .enumerate()
    {
        let order = customer.submitted_of(&[&format!("+1201867018{index}")]).await;
        customer.cancel(&order).await.unwrap();
        assert_eq!(customer.get(&order).await.court(), Court::LosingCarrier);
        intake.advance_to(times[index]).await;
        let overdue = customer.get(&order).await;
        assert_eq!(
            (overdue.state(), overdue.court()),
            (OrderState::CancelRequested, Court::Us)
        );
        assert_eq!(customer.history(&order).await.last().unwrap(), "unanswered");
        let settled = settle_cancel(&operations, &order, settlement).await.unwrap();
        let expected = match settlement {
            Settlement::Confirmed => OrderState::Cancelled,
            Settlement::Refused | Settlement::Unspecified => OrderState::Pending,
        };
        assert_eq!(settled.state(), expected);
        let again = settle_cancel(&operations, &order, settlement).await.unwrap_err();
        assert_eq!(reason(&again), "ILLEGAL_TRANSITION");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_may_still_answer_what_is_overdue_and_a_person_says_what_it_said() {
    let intake = TestIntake::start("lateanswer").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let cancelling = customer.cancel(&order).await.unwrap();
    intake.advance_to("2026-11-25T15:00:00Z").await;
    let said_nothing = v1::SettleCancelRequest {
        order_id: order.order_id.clone(),
        ..Default::default()
    };
    let refused = operator(&operations)
        .settle_cancel(change(&operations.token, &key(), said_nothing))
        .await;
    let fields: Vec<String> = refusal(&refused.unwrap_err())
        .1
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["settlement", "note"]);
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    assert_eq!(customer.get(&order).await.state(), OrderState::Cancelled);
    assert_eq!(intake.live_tns().await, 0);
}

/// Asked on the Wednesday before Thanksgiving.
#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_closed_on_a_friday_has_a_day_longer() {
    let intake = TestIntake::start("closedfriday").await;
    let customer = intake.customer().await;
    let [cancelled, changed] = ["+12018670440", "+12018670441"];
    let cancelled = customer.submitted_of(&[cancelled]).await;
    let changed = customer.submitted_of(&[changed]).await;
    for order in [&cancelled, &changed] {
        intake
            .hear_command(order, CommandKind::Submit, CommandProgress::Acknowledged)
            .await;
    }
    let closed_on = vec![stamp::date_to_proto(date(2026, 11, 27))];
    let carrier = Some(Carrier {
        carrier_id: "sim-wireless".to_owned(),
        name: "Harbor Mobile".to_owned(),
        spid: "HRBM".to_owned(),
        network: Network::Wireless.into(),
        closed_on,
        ..Carrier::default()
    });
    intake.hear_event(&cancelled, &CarrierChanged { carrier }).await;
    intake.advance_to("2026-11-25T15:00:00Z").await;
    let due = Some(stamp::to_proto("2026-12-01T15:00:00Z".parse().unwrap()));
    let cancelling = customer.cancel(&cancelled).await.unwrap();
    assert_eq!(cancelling.due_at, due);
    let changing = change_date(&customer, &changed, date(2026, 12, 10))
        .await
        .unwrap();
    assert_eq!(changing.date_change.unwrap().answer_due_at, due);
    // A day before, where others would be late, nobody is called.
    intake.advance_to("2026-11-30T15:00:00Z").await;
    assert_eq!(customer.get(&cancelled).await.court(), Court::LosingCarrier);
    intake.advance_to("2026-12-01T15:00:00Z").await;
    assert_eq!(customer.get(&cancelled).await.court(), Court::Us);
}
