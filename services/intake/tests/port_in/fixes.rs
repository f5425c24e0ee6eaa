//! Corrections of other data than PINs, and what stands for one.

use jiff::civil::date;
use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{DocumentKind, OrderState};
use tonic::Code;

use crate::customer::{ACCOUNT_NUMBER, ONE, TWO, pdf, pin};
use crate::harness::{TestIntake, ask, refusal};

fn correction(field: &str, value: &str) -> v1::Correction {
    v1::Correction {
        field: field.to_owned(),
        value: value.to_owned(),
        ..Default::default()
    }
}

fn codes(status: &tonic::Status) -> Vec<String> {
    refusal(status).1.into_iter().map(|(_, code)| code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_account_number_and_address_go_to_the_carrier() {
    let intake = TestIntake::start("fixaccount").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear(
            &order,
            Answer::Rejected,
            &[("ACCOUNT_NUMBER", ""), ("ADDRESS", ""), ("TAX_ID", "")],
        )
        .await;
    let same = vec![
        correction("account_number", ACCOUNT_NUMBER),
        correction("postal_code", "10001"),
    ];
    let refused = customer.fix(&order, same).await.unwrap_err();
    // New York's code does not go with the state that stays.
    assert_eq!(
        codes(&refused),
        ["UNCHANGED", "CORRECTION_MISSING", "ZIP_STATE_MISMATCH"]
    );
    let right = vec![
        correction("account_number", "HR-5500-1111"),
        correction("postal_code", "07103"),
        correction("tax_id", "123450000"),
    ];
    let fixed = customer.fix(&order, right).await.unwrap();
    assert_eq!(fixed.details.unwrap().account_number, "••••11");
    let request = v1::GetSubmissionRequest {
        order_id: order.order_id.clone(),
        ver: 2,
    };
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let package = calls
        .get_submission(ask(&intake.gateway_token, request))
        .await
        .unwrap()
        .into_inner();
    let address = package.service_address.unwrap();
    assert_eq!(
        (package.account_number.as_str(), package.tax_id.as_str()),
        ("HR-5500-1111", "123450000")
    );
    assert_eq!(
        (address.street.as_str(), address.postal_code.as_str()),
        ("21 Market St", "07103")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_letter_is_the_answer_to_a_missing_one() {
    let intake = TestIntake::start("newletter").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear(&order, Answer::Rejected, &[("LOA_REQUIRED", "")])
        .await;
    let refused = customer.fix(&order, Vec::new()).await.unwrap_err();
    assert_eq!(codes(&refused), ["LOA_MISSING"]);
    let letter = pdf(&[ONE, TWO]);
    customer
        .upload(&order, DocumentKind::Loa, date(2026, 11, 20), &letter)
        .await
        .unwrap();
    assert_eq!(
        customer.fix(&order, Vec::new()).await.unwrap().state(),
        OrderState::Submitted
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_again_is_checked_like_what_was_submitted() {
    let intake = TestIntake::start("fixchecked").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("PIN", ONE)]).await;
    let part = pdf(&[ONE]);
    customer
        .upload(&order, DocumentKind::Loa, date(2026, 11, 20), &part)
        .await
        .unwrap();
    let on_sunday = vec![pin(ONE, "777777"), correction("wanted_date", "2026-12-06")];
    let refused = customer.fix(&order, on_sunday).await.unwrap_err();
    let (reason, faults) = refusal(&refused);
    assert_eq!(reason, "FIX_INCOMPLETE");
    let faults: Vec<_> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        faults,
        [
            ("details.wanted_date", "DATE_NOT_BUSINESS_DAY"),
            ("documents", "TN_NOT_ON_LOA")
        ]
    );
    assert_eq!(
        customer.get(&order).await.state(),
        OrderState::ActionRequired,
        "nothing went out"
    );

    let whole = pdf(&[ONE, TWO]);
    customer
        .upload(&order, DocumentKind::Loa, date(2026, 11, 20), &whole)
        .await
        .unwrap();
    let on_monday = vec![pin(ONE, "777777"), correction("wanted_date", "2026-12-07")];
    let fixed = customer.fix(&order, on_monday).await.unwrap();
    assert_eq!(fixed.state(), OrderState::Submitted);
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_that_make_no_sense_are_named_at_once() {
    let intake = TestIntake::start("nonsense").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear(&order, Answer::Rejected, &[("PIN", ONE)]).await;
    let corrections = vec![
        correction("pin", "1234"),
        correction("phone_number", TWO),
        correction("favourite_colour", "blue"),
        correction("btn", "911"),
        correction("first_name", ""),
    ];
    let refused = customer.fix(&order, corrections).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        codes(&refused),
        [
            "MISSING",
            "NEW_ORDER_REQUIRED",
            "UNKNOWN_FIELD",
            "TN_LENGTH",
            "MISSING"
        ]
    );
    let elsewhere = customer
        .fix(&order, vec![pin("+12018670199", "1234")])
        .await
        .unwrap_err();
    assert_eq!(codes(&elsewhere), ["NEW_ORDER_REQUIRED", "CORRECTION_MISSING"]);
}
