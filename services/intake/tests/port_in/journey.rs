//! One order from draft to ported, with a wrong PIN on the way.

use jiff::civil::date;
use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{CommandState, DocumentKind, NumberState, Order, OrderState};
use portway_proto::types::v1::{Court, ReasonClass};
use tonic::Status;

use crate::customer::{ACCOUNT_NUMBER, Customer, ONE, PIN, TWO, details, key, number, pdf, pin};
use crate::harness::{TestIntake, ask, change, reason, refusal};

const FOC_AT: &str = "2026-12-01T05:00:00Z";
const FOC_SECONDS: i64 = 1_796_101_200;
const NEW_PIN: &str = "90210000";

#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_from_draft_to_ported_though_a_pin_was_wrong() {
    let intake = TestIntake::start("journey").await;
    let customer = intake.customer().await;
    let draft = write_draft(&customer).await;
    satisfy_requirements(&intake, &customer, &draft).await;
    let order = submit(&intake, &customer, &draft).await;
    let fixed = fix_the_pin(&intake, &customer, &order).await;
    cut_over(&intake, &customer, &fixed).await;
    let submitted = intake.events::<v1::OrderSubmitted>(&order).await;
    assert_eq!(
        submitted
            .iter()
            .map(|event| event.resubmitted)
            .collect::<Vec<_>>(),
        [false, true]
    );
    let announced = intake.event_names(&order).await;
    assert_eq!(
        announced.join(" "),
        "OrderSubmitted OrderPending OrderActionRequired OrderSubmitted OrderPending OrderFocConfirmed \
         OrderActivationRequested OrderPorted"
    );
    let history = customer.history(&order).await;
    assert_eq!(
        history.join(" "),
        "created details_changed numbers_added document_uploaded document_uploaded document_uploaded submitted \
         package_fetched acknowledged rejected fixed package_fetched acknowledged foc_confirmed numbers_incoming \
         activation_requested ported"
    );
}

async fn write_draft(customer: &Customer) -> Order {
    let token = &customer.token;
    let request = v1::CreateOrderRequest {
        details: None,
        numbers: vec![number(ONE)],
    };
    let draft = customer
        .port_in()
        .create_order(change(token, &key(), request))
        .await
        .unwrap();
    let draft = draft.into_inner().order.unwrap();
    assert_eq!(
        (draft.state(), draft.ver, draft.court()),
        (OrderState::Draft, 1, Court::Customer)
    );
    assert!(draft.request_number.starts_with("PI_"));
    assert_eq!(customer.requirements(&draft).await.requirements.len(), 10);
    assert_eq!(
        reason(&customer.submit(&draft).await.unwrap_err()),
        "REQUIREMENTS_NOT_MET"
    );
    let request = v1::UpdateOrderRequest {
        order_id: draft.request_number.clone(),
        details: Some(details()),
        etag: draft.etag.clone(),
        ..Default::default()
    };
    customer
        .port_in()
        .update_order(change(token, &key(), request))
        .await
        .unwrap();
    let request = v1::AddNumbersRequest {
        order_id: draft.order_id,
        numbers: vec![number("201-867-0124")],
    };
    let draft = customer
        .port_in()
        .add_numbers(change(token, &key(), request))
        .await
        .unwrap();
    draft.into_inner().order.unwrap()
}

/// Requirements fall away one after the other.
async fn satisfy_requirements(intake: &TestIntake, customer: &Customer, draft: &Order) {
    assert_eq!(lacking(customer, draft).await, ["BILL_OR_CSR_MISSING"]);
    let bill = pdf(&["Bill of November"]);
    customer
        .upload(draft, DocumentKind::Bill, date(2026, 11, 1), &bill)
        .await
        .unwrap();
    let of_one = pdf(&["I authorize the transfer of", "(201) 867-0123"]);
    customer
        .upload(draft, DocumentKind::Loa, date(2026, 11, 20), &of_one)
        .await
        .unwrap();
    assert_eq!(lacking(customer, draft).await, [format!("TN_NOT_ON_LOA{TWO}")]);
    // The later of two letters counts.
    intake.advance_to("2026-11-23T15:00:01Z").await;
    let of_both = pdf(&["I authorize the transfer of", "(201) 867-0123", "201 867 0124"]);
    customer
        .upload(draft, DocumentKind::Loa, date(2026, 11, 20), &of_both)
        .await
        .unwrap();
    assert!(customer.requirements(draft).await.ready);
}

async fn lacking(customer: &Customer, draft: &Order) -> Vec<String> {
    let requirements = customer.requirements(draft).await.requirements;
    requirements
        .into_iter()
        .map(|requirement| requirement.code + &requirement.tn)
        .collect()
}

/// The order is handed in, the gateway fetches its package, and the carrier takes it in.
async fn submit(intake: &TestIntake, customer: &Customer, draft: &Order) -> Order {
    let order = customer.submit(draft).await.unwrap();
    assert_eq!((order.state(), order.court()), (OrderState::Submitted, Court::Us));
    let command = &order.commands[0];
    assert_eq!(
        (command.kind.as_str(), command.state()),
        ("submit", CommandState::Requested)
    );
    assert_eq!(intake.live_tns().await, 2);
    let package = fetch(intake, &order, 1).await.unwrap();
    assert_eq!(
        (package.account_number.as_str(), package.end_user_name.as_str()),
        (ACCOUNT_NUMBER, "Ann Lee")
    );
    assert_eq!(pins(&package), [PIN, PIN]);
    for progress in [
        CommandProgress::Sent,
        CommandProgress::Acknowledged,
        CommandProgress::Sent,
    ] {
        intake.hear_command(&order, CommandKind::Submit, progress).await;
    }
    let pending = customer.get(&order).await;
    assert_eq!(
        (pending.state(), pending.court()),
        (OrderState::Pending, Court::LosingCarrier)
    );
    assert_eq!(
        pending.commands[0].state(),
        CommandState::Acknowledged,
        "what comes late changes nothing"
    );
    pending
}

/// Rejected for one number's PIN, corrected, sent again.
async fn fix_the_pin(intake: &TestIntake, customer: &Customer, order: &Order) -> Order {
    intake.hear(order, Answer::Rejected, &[("PIN", ONE)]).await;
    let rejected = customer.get(order).await;
    assert_eq!(
        (rejected.state(), rejected.court()),
        (OrderState::ActionRequired, Court::Customer)
    );
    let why = &rejected.reasons[0];
    assert_eq!(
        (why.tn.as_str(), why.reason.as_str(), why.field.as_str()),
        (ONE, "PIN", "pin")
    );
    assert_eq!(
        (why.reason_class(), why.raw_code.as_str()),
        (ReasonClass::Fix, "8C")
    );
    let unchanged = customer.fix(&rejected, vec![pin(ONE, PIN)]).await.unwrap_err();
    let fault = ("corrections[0]".to_owned(), "PIN_UNCHANGED".to_owned());
    assert_eq!(refusal(&unchanged), ("FIX_INCOMPLETE".to_owned(), vec![fault]));
    let fixed = customer.fix(&rejected, vec![pin(ONE, NEW_PIN)]).await.unwrap();
    assert_eq!((fixed.state(), fixed.ver), (OrderState::Submitted, 2));
    assert_eq!(
        reason(&fetch(intake, order, 1).await.unwrap_err()),
        "VERSION_SUPERSEDED"
    );
    assert_eq!(pins(&fetch(intake, order, 2).await.unwrap()), [NEW_PIN, PIN]);
    intake
        .hear_command(&fixed, CommandKind::Supplement, CommandProgress::Acknowledged)
        .await;
    fixed
}

/// Committed, incoming two days before, cut over on the day.
async fn cut_over(intake: &TestIntake, customer: &Customer, order: &Order) {
    intake.hear_foc(order, FOC_AT).await;
    let committed = customer.get(order).await;
    assert_eq!(
        (committed.state(), committed.foc_at.unwrap().seconds),
        (OrderState::FocConfirmed, FOC_SECONDS)
    );
    intake.advance_to("2026-11-29T04:59:59Z").await;
    assert_eq!(intake.inventory().await, []);
    intake.advance_to("2026-11-29T05:00:00Z").await;
    assert_eq!(intake.inventory().await, both("INCOMING"));
    intake.advance_to(FOC_AT).await;
    let activating = customer.get(order).await;
    assert_eq!(
        (activating.state(), activating.commands[0].kind.as_str()),
        (OrderState::Activating, "activate")
    );
    intake.hear(&activating, Answer::Activated, &[]).await;
    let ported = customer.get(order).await;
    assert_eq!(
        (ported.state(), ported.court()),
        (OrderState::Ported, Court::Unspecified)
    );
    assert!(
        ported
            .numbers
            .iter()
            .all(|number| number.state() == NumberState::Ported)
    );
    assert_eq!(ported.ended_at.unwrap().seconds, FOC_SECONDS);
    assert_eq!(intake.inventory().await, both("IN_SERVICE"));
    assert_eq!(intake.live_tns().await, 0);
}

fn both(state: &str) -> Vec<(String, String)> {
    [ONE, TWO].map(|tn| (tn.to_owned(), state.to_owned())).to_vec()
}

async fn fetch(intake: &TestIntake, order: &Order, ver: i32) -> Result<v1::GetSubmissionResponse, Status> {
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let request = v1::GetSubmissionRequest {
        order_id: order.order_id.clone(),
        ver,
    };
    Ok(calls
        .get_submission(ask(&intake.gateway_token, request))
        .await?
        .into_inner())
}

fn pins(package: &v1::GetSubmissionResponse) -> Vec<&str> {
    package.numbers.iter().map(|number| number.pin.as_str()).collect()
}
