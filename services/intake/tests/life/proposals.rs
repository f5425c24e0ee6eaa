//! What would settle a carrier's reasons, and letting numbers go.

use portway_proto::gateway::v1::{Answer, CarrierAnswered};
use portway_proto::intake::v1;
use portway_proto::intake::v1::{FixWay, OrderState, ProposedFix, SuggestionSource};
use portway_proto::types::v1::{CarrierReason, Court};

use crate::customer::{ACCOUNT_NUMBER, ONE, PIN, TWO, pin};
use crate::harness::{TestIntake, answered, reason, refusal};
use crate::people::{drop_numbers, propose_fix};

fn of<'a>(fixes: &'a [ProposedFix], field: &str, tn: &str) -> &'a ProposedFix {
    let found = fixes.iter().find(|fix| fix.field == field && fix.tn == tn);
    found.unwrap_or_else(|| panic!("no {field} of {tn:?}: {fixes:?}"))
}

fn said(order: &v1::Order, reasons: &[(&str, &str, &str)]) -> CarrierAnswered {
    let reasons = reasons.iter().map(|(reason, tn, text)| CarrierReason {
        tn: (*tn).to_owned(),
        reason: (*reason).to_owned(),
        raw_code: "8C".to_owned(),
        raw_text: (*text).to_owned(),
        ..CarrierReason::default()
    });
    CarrierAnswered {
        reasons: reasons.collect(),
        ..answered(order, Answer::Rejected, &[])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_and_number_has_what_was_sent_and_what_may_be_right() {
    let intake = TestIntake::start("propose").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let rejected = said(
        &order,
        &[
            ("PIN", "", "PIN does not match"),
            ("ZIP", "", "ZIP on file is 07105."),
            ("BTN", "", "BTN 201-867-0199 expected"),
            ("MIGRATION_INDICATOR", "", ""),
            ("FOC_EXPIRED", "", ""),
            ("ACCOUNT_NUMBER", "", "acct 5512099 expected"),
            ("PORT_PROTECTION", TWO, ""),
        ],
    );
    intake.hear_answer(rejected).await;
    let fixes = propose_fix(&customer, &order).await;
    for tn in [ONE, TWO] {
        let own = of(&fixes, "pin", tn);
        assert_eq!(
            (own.sent_value.as_str(), own.suggested_value.as_str()),
            ("••••77", "")
        );
        assert!(own.hint.contains("last four digits"), "{}", own.hint);
        assert_eq!((own.way(), own.actor()), (FixWay::ApplyFix, Court::Customer));
        assert!(own.typical_days_max >= own.typical_days_min && own.typical_days_max > 0);
    }
    for (field, sent, suggested, source) in [
        ("postal_code", "07102", "07105", SuggestionSource::CarrierText),
        (
            "btn",
            "+12018670100",
            "+12018670199",
            SuggestionSource::CarrierText,
        ),
        ("partial", "false", "true", SuggestionSource::Pattern),
        ("wanted_date", "", "2026-11-30", SuggestionSource::Pattern),
        // A carrier that writes a secret down does not make it shown.
        ("account_number", "••••92", "", SuggestionSource::Unspecified),
    ] {
        let fix = of(&fixes, field, "");
        assert_eq!(
            (fix.sent_value.as_str(), fix.suggested_value.as_str()),
            (sent, suggested),
            "{field}"
        );
        assert_eq!(fix.source(), source, "{field}");
    }
    let locked = of(&fixes, "", TWO);
    assert_eq!(locked.way(), FixWay::ConfirmRemedy);
    let shown = format!("{fixes:?}");
    assert!(!shown.contains(PIN) && !shown.contains(ACCOUNT_NUMBER));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_cannot_come_has_alternatives_and_is_let_go() {
    let intake = TestIntake::start("dropped").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let reasons = [("PIN", ONE, ""), ("TN_NOT_FOUND", ONE, ""), ("PIN", TWO, "")];
    intake.hear_answer(said(&order, &reasons)).await;
    let fixes = propose_fix(&customer, &order).await;
    let lost = of(&fixes, "phone_number", ONE);
    assert_eq!((lost.way(), lost.alternatives.len()), (FixWay::DropNumbers, 2));
    let all = drop_numbers(&customer, &order, &[ONE, TWO]).await.unwrap_err();
    assert_eq!(reason(&all), "NO_NUMBER_LEFT");
    let unknown = drop_numbers(&customer, &order, &["+12018670199"])
        .await
        .unwrap_err();
    assert_eq!(refusal(&unknown).1[0].1, "TN_NOT_IN_ORDER");
    let left = drop_numbers(&customer, &order, &[ONE]).await.unwrap();
    // The PIN of the other is still to be corrected.
    assert_eq!(
        (left.state(), left.ver, left.reasons.len()),
        (OrderState::ActionRequired, 1, 1)
    );
    assert_eq!(intake.live_tns().await, 1);
    let fixed = customer.fix(&order, vec![pin(TWO, "55443322")]).await.unwrap();
    assert_eq!((fixed.state(), fixed.ver), (OrderState::Submitted, 2));
    let sent: Vec<v1::OrderSubmitted> = intake.events(&order).await;
    assert_eq!(sent[1].order.clone().unwrap().tns, [TWO]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_go_on_at_once_when_nothing_else_is_to_be_settled() {
    let intake = TestIntake::start("droppedalone").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear(&order, Answer::Rejected, &[("PORT_PROTECTION", ONE)])
        .await;
    let sent = drop_numbers(&customer, &order, &[ONE]).await.unwrap();
    assert_eq!((sent.state(), sent.ver), (OrderState::Submitted, 2));
    assert_eq!(customer.history(&order).await.last().unwrap(), "numbers_dropped");
    // What has failed by itself is named as well.
    intake
        .hear(&sent, Answer::Rejected, &[("TN_NOT_FOUND", TWO)])
        .await;
    let fixes = propose_fix(&customer, &order).await;
    assert_eq!((fixes.len(), of(&fixes, "", TWO).way()), (1, FixWay::None));
}
