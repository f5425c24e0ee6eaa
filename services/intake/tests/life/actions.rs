//! What may be done in each state, as it is listed and as each RPC then answers.

use jiff::civil::date;
use portway_proto::gateway::v1::{Answer, CarrierAnswered, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::configuration_service_client::ConfigurationServiceClient as ConfigurationClient;
use portway_proto::intake::v1::{Order, Settlement};
use portway_proto::types::v1::Date;
use service::stamp;
use tonic::{Request, Status};

use crate::customer::{Customer, key, number, pdf, pin};
use crate::harness::{TestIntake, answered, ask, change, reason};
use crate::people::{changes, cutovers, finding, list_actions, operations, operator, put_policy};

/// A change that is tried and taken back.
fn dry<M>(customer: &Customer, message: M) -> Request<M> {
    let mut request = change(&customer.token, &key(), message);
    request
        .metadata_mut()
        .insert("portway-dry-run", "true".parse().unwrap());
    request
}

/// Tries an action and takes it back.
async fn try_action(who: &Customer, order: &Order, action: &str) -> Result<(), Status> {
    let order_id = order.order_id.clone();
    let tns = || vec![order.numbers[0].tn.clone()];
    let mut port_in = who.port_in();
    match action {
        "UpdateOrder" => {
            let (details, etag) = (Some(v1::OrderDetails::default()), String::new());
            let update_fields = vec!["customer_reference".to_owned()];
            let request = v1::UpdateOrderRequest {
                order_id,
                details,
                update_fields,
                etag,
            };
            port_in.update_order(dry(who, request)).await.map(drop)
        }
        "AddNumbers" => {
            let numbers = vec![number("+12018670199")];
            let request = v1::AddNumbersRequest { order_id, numbers };
            port_in.add_numbers(dry(who, request)).await.map(drop)
        }
        "RemoveNumbers" => {
            let request = v1::RemoveNumbersRequest {
                order_id,
                phone_numbers: tns(),
            };
            port_in.remove_numbers(dry(who, request)).await.map(drop)
        }
        "SubmitOrder" => {
            let request = v1::SubmitOrderRequest {
                order_id,
                etag: String::new(),
            };
            port_in.submit_order(dry(who, request)).await.map(drop)
        }
        "ApplyFix" => {
            let corrections = vec![pin(&tns()[0], "70809010")];
            let request = v1::ApplyFixRequest {
                order_id,
                corrections,
            };
            port_in.apply_fix(dry(who, request)).await.map(drop)
        }
        "ConfirmRemedy" => {
            let request = v1::ConfirmRemedyRequest { order_id };
            port_in.confirm_remedy(dry(who, request)).await.map(drop)
        }
        "CancelOrder" => {
            let request = v1::CancelOrderRequest { order_id };
            port_in.cancel_order(dry(who, request)).await.map(drop)
        }
        _later => try_later_action(who, order, action).await,
    }
}

/// The same for the services that were made for orders under way.
async fn try_later_action(who: &Customer, order: &Order, action: &str) -> Result<(), Status> {
    let order_id = order.order_id.clone();
    let tns = || vec![order.numbers[0].tn.clone()];
    let note = || "by phone".to_owned();
    let settlement = Settlement::Refused.into();
    match action {
        "ConfigureNumbers" => try_to_configure(who, order).await,
        "DropNumbers" => {
            let request = v1::DropNumbersRequest {
                order_id,
                phone_numbers: tns(),
            };
            changes(who).drop_numbers(dry(who, request)).await.map(drop)
        }
        "ChangeWantedDate" => {
            let (wanted_date, etag) = (Some(wanted()), String::new());
            let request = v1::ChangeWantedDateRequest {
                order_id,
                wanted_date,
                etag,
            };
            changes(who).change_wanted_date(dry(who, request)).await.map(drop)
        }
        "ReleaseOrder" => {
            let request = v1::ReleaseOrderRequest {
                order_id,
                note: note(),
                etag: String::new(),
            };
            operator(who).release_order(dry(who, request)).await.map(drop)
        }
        "ReturnOrder" => {
            let (field, message) = (String::new(), note());
            let reasons = vec![v1::ReturnReason { field, message }];
            let request = v1::ReturnOrderRequest {
                order_id,
                reasons,
                etag: String::new(),
            };
            operator(who).return_order(dry(who, request)).await.map(drop)
        }
        "SettleCancel" => {
            let request = v1::SettleCancelRequest {
                order_id,
                settlement,
                note: note(),
            };
            operator(who).settle_cancel(dry(who, request)).await.map(drop)
        }
        "SettleRejection" => try_to_settle_rejection(who, order).await,
        "SettleDateChange" => {
            let request = v1::SettleDateChangeRequest {
                order_id,
                settlement,
                note: note(),
            };
            operator(who)
                .settle_date_change(dry(who, request))
                .await
                .map(drop)
        }
        _at_the_cut_over => try_cut_over_action(who, order, action).await,
    }
}

async fn try_to_settle_rejection(who: &Customer, order: &Order) -> Result<(), Status> {
    let request = dry(who, finding(order, &[]));
    operator(who).settle_rejection(request).await.map(drop)
}

/// Sets up a number that is still to come, where any is.
async fn try_to_configure(who: &Customer, order: &Order) -> Result<(), Status> {
    let request = v1::ConfigureNumbersRequest {
        order_id: order.order_id.clone(),
        numbers: vec![number(&order.numbers[1].tn)],
        update_fields: vec!["alias".to_owned()],
        ..v1::ConfigureNumbersRequest::default()
    };
    let mut client = ConfigurationClient::new(who.channel());
    client.configure_numbers(dry(who, request)).await.map(drop)
}

/// The same for the services of the cut-over.
async fn try_cut_over_action(who: &Customer, order: &Order, action: &str) -> Result<(), Status> {
    let order_id = order.order_id.clone();
    match action {
        "SetActivation" => {
            let request = v1::SetActivationRequest {
                order_id,
                activation: v1::ActivationMode::OnDemand.into(),
            };
            cutovers(who).set_activation(dry(who, request)).await.map(drop)
        }
        "ActivateOrder" => {
            let request = v1::ActivateOrderRequest {
                order_id,
                group_id: String::new(),
            };
            cutovers(who).activate_order(dry(who, request)).await.map(drop)
        }
        "RequestSnapback" => {
            let request = v1::RequestSnapbackRequest {
                order_id,
                reason: "ported by mistake".to_owned(),
                ..v1::RequestSnapbackRequest::default()
            };
            cutovers(who).request_snapback(dry(who, request)).await.map(drop)
        }
        other => panic!("no RPC {other}"),
    }
}

fn wanted() -> Date {
    stamp::date_to_proto(date(2026, 12, 11))
}

/// Brings an order of these numbers into each state, and yields its name and the order.
async fn order_in(intake: &TestIntake, customer: &Customer, index: usize, state: &str) -> Order {
    let first = 200 + 2 * index;
    let tns = [first, first + 1].map(|last| format!("+1201867{last:04}"));
    let tns = [tns[0].as_str(), tns[1].as_str()];
    if matches!(state, "DRAFT" | "INCOMPLETE") {
        let draft = customer.draft(&tns).await;
        if state == "DRAFT" {
            let dated = date(2026, 11, 1);
            let bill = pdf(&["Bill"]);
            customer
                .upload(&draft, v1::DocumentKind::Bill, dated, &bill)
                .await
                .unwrap();
        }
        return customer.get(&draft).await;
    }
    let order = customer.submitted_of(&tns).await;
    let (kind, done) = (CommandKind::Submit, CommandProgress::Acknowledged);
    match state {
        "SUBMITTED" | "IN_REVIEW" => {}
        "PENDING" => intake.hear_command(&order, kind, done).await,
        "AWAITS_US" => intake.hear(&order, Answer::Rejected, &[("UNMAPPED", "")]).await,
        "REFUSED" => intake.hear_command(&order, kind, CommandProgress::Refused).await,
        "ACTION_REQUIRED" => intake.hear(&order, Answer::Rejected, &[("PIN", tns[0])]).await,
        "REMEDY" => {
            intake
                .hear(&order, Answer::Rejected, &[("PORT_PROTECTION", tns[0])])
                .await;
        }
        "FOC_CONFIRMED" => intake.hear_foc(&order, "2026-12-01T05:00:00Z").await,
        "TOO_NEAR" => intake.hear_foc(&order, "2026-11-24T14:00:00Z").await,
        "CHANGING_DATE" => {
            intake.hear_command(&order, kind, done).await;
            let (order_id, etag) = (order.order_id.clone(), String::new());
            let wanted_date = Some(wanted());
            let request = v1::ChangeWantedDateRequest {
                order_id,
                wanted_date,
                etag,
            };
            let request = change(&customer.token, &key(), request);
            changes(customer).change_wanted_date(request).await.unwrap();
        }
        "ACTIVATING" => {
            intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
            let part = CarrierAnswered {
                tns: vec![tns[0].to_owned()],
                ..answered(&order, Answer::Activated, &[])
            };
            intake.hear_answer(part).await;
        }
        "PORTED" => intake.hear(&order, Answer::Activated, &[]).await,
        "CANCEL_REQUESTED" => {
            customer.cancel(&order).await.unwrap();
        }
        "CANCELLED" => {
            let cancelling = customer.cancel(&order).await.unwrap();
            intake.hear(&cancelling, Answer::Cancelled, &[]).await;
        }
        "REJECTED" => {
            intake
                .hear(&order, Answer::Rejected, &[("TN_NOT_FOUND", "")])
                .await;
        }
        other => panic!("no state {other}"),
    }
    customer.get(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_of_an_action_is_what_its_rpc_answers() {
    const STATES: [&str; 17] = [
        "DRAFT",
        "INCOMPLETE",
        "SUBMITTED",
        "PENDING",
        "AWAITS_US",
        "REFUSED",
        "ACTION_REQUIRED",
        "REMEDY",
        "FOC_CONFIRMED",
        "TOO_NEAR",
        "CHANGING_DATE",
        "ACTIVATING",
        "PORTED",
        "CANCEL_REQUESTED",
        "CANCELLED",
        "REJECTED",
        "IN_REVIEW",
    ];
    let intake = TestIntake::start("actions").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    for (index, state) in STATES.into_iter().enumerate() {
        if state == "IN_REVIEW" {
            let policy = v1::ReviewPolicy {
                every_order: true,
                ..Default::default()
            };
            put_policy(&operations, policy).await.unwrap();
        }
        let order = order_in(&intake, &customer, index, state).await;
        let rules = list_actions(&operations, &order).await;
        assert_eq!(rules.len(), 19, "{state}");
        // The one that streams has no dry run.
        for rule in rules.iter().filter(|rule| rule.action != "UploadDocument") {
            let who = &operations;
            match try_action(who, &order, &rule.action).await {
                Ok(()) => assert!(rule.allowed && rule.code.is_empty(), "{state}: {rule:?}"),
                Err(status) => {
                    let listed = (rule.allowed, rule.code.clone());
                    assert_eq!(listed, (false, reason(&status)), "{state}: {}", rule.action);
                    // The RPC looks the carrier's hours up and names when they begin next, or names each number; the list does
                    // not.
                    let names_more = ["OUTSIDE_ACTIVATION_WINDOW", "NUMBERS_NOT_CHANGED"];
                    if !names_more.contains(&rule.code.as_str()) {
                        assert_eq!(rule.why, status.message(), "{state}: {}", rule.action);
                    }
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_see_their_own_actions_and_until_when() {
    let intake = TestIntake::start("until").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    let rules = list_actions(&customer, &order).await;
    let names: Vec<&str> = rules.iter().map(|rule| rule.action.as_str()).collect();
    assert!(!names.contains(&"ReleaseOrder") && names.contains(&"CancelOrder"));
    let cancel = rules.iter().find(|rule| rule.action == "CancelOrder").unwrap();
    let until = stamp::from_proto(cancel.until.as_ref().unwrap()).unwrap();
    assert_eq!(until.to_string(), "2026-11-30T05:00:00Z");
    intake.advance_to("2026-11-30T05:00:00Z").await;
    let rules = list_actions(&customer, &order).await;
    let cancel = rules.iter().find(|rule| rule.action == "CancelOrder").unwrap();
    assert_eq!(
        (cancel.allowed, cancel.code.as_str(), cancel.until),
        (false, "TOO_LATE", None)
    );
    let stranger = intake.customer().await;
    let request = v1::ListActionsRequest {
        order_id: order.order_id.clone(),
    };
    let hidden = changes(&stranger)
        .list_actions(ask(&stranger.token, request))
        .await;
    assert_eq!(reason(&hidden.unwrap_err()), "ORDER_NOT_FOUND");
}
