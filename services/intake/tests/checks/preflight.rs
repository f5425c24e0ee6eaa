//! Bill and customer service record against the order, from the PDF to the requirement.

use jiff::civil::date;
use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::order_change_service_client::OrderChangeServiceClient;
use portway_proto::intake::v1::{DocumentKind, Order, OrderDetails, Requirement};
use portway_proto::types::v1::Address;

use crate::customer::{Customer, ONE, TWO, details, key, number, pdf};
use crate::drafts;
use crate::harness::{TestIntake, ask, change};

const LABELLED: &str = include_str!("../../domain/tests/record/papers/csr_labelled.txt");
const TABLE: &str = include_str!("../../domain/tests/record/papers/csr_table.txt");
const BILL: &str = include_str!("../../domain/tests/record/papers/bill_one_cell.txt");

/// Ann Lee at 21 Market St, Apt 4, with the account number of the labelled record.
fn ann() -> OrderDetails {
    OrderDetails {
        account_number: "447100 9288".to_owned(),
        service_address: Some(Address {
            unit: "#4".to_owned(),
            ..details().service_address.unwrap()
        }),
        ..details()
    }
}

async fn draft(customer: &Customer, details: OrderDetails, tns: &[&str]) -> Order {
    let numbers = tns.iter().map(|tn| number(tn)).collect();
    drafts::draft(customer, details, numbers).await
}

async fn upload(customer: &Customer, order: &Order, kind: DocumentKind, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    customer
        .upload(order, kind, date(2026, 11, 20), &pdf(&lines))
        .await
        .unwrap();
}

async fn warnings(customer: &Customer, order: &Order) -> Vec<Requirement> {
    let listed = customer.requirements(order).await;
    assert!(listed.ready, "{listed:?}");
    assert!(
        listed
            .requirements
            .iter()
            .all(|one| one.warning && !one.remedy.is_empty())
    );
    listed.requirements
}

fn codes(warnings: &[Requirement]) -> Vec<(&str, &str)> {
    warnings
        .iter()
        .map(|one| (one.code.as_str(), one.tn.as_str()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_says_what_the_order_says_leads_to_no_warning() {
    let intake = TestIntake::start("samerecord").await;
    let customer = intake.customer().await;
    let whole = draft(&customer, ann(), &["+12018670100", ONE, TWO]).await;
    upload(&customer, &whole, DocumentKind::Csr, LABELLED).await;
    let found = warnings(&customer, &whole).await;
    let hunt_group = [("STRANDING_HUNT_GROUP", ONE), ("STRANDING_HUNT_GROUP", TWO)];
    assert_eq!(codes(&found), hunt_group);
    customer.submit(&whole).await.unwrap();
}

/// Says in the order what the labelled record says, and that a line stays.
async fn put_right(customer: &Customer, order: &Order) {
    let right = v1::UpdateOrderRequest {
        order_id: order.order_id.clone(),
        details: Some(OrderDetails {
            partial: true,
            remaining_numbers: v1::RemainingNumbers::Keep.into(),
            new_btn: TWO.to_owned(),
            ..ann()
        }),
        update_fields: [
            "account_number",
            "btn",
            "first_name",
            "service_address",
            "partial",
            "remaining_numbers",
            "new_btn",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..v1::UpdateOrderRequest::default()
    };
    customer
        .port_in()
        .update_order(change(&customer.token, &key(), right))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mismatch_and_each_stranded_line_is_named_before_submission() {
    let intake = TestIntake::start("otherrecord").await;
    let customer = intake.customer().await;
    let other = OrderDetails {
        account_number: "4471009299".to_owned(),
        btn: "201-867-0123".to_owned(),
        first_name: "Anna".to_owned(),
        service_address: details().service_address,
        ..details()
    };
    let order = draft(&customer, other, &[ONE, "+12018670177"]).await;
    upload(&customer, &order, DocumentKind::Csr, LABELLED).await;
    let found = warnings(&customer, &order).await;
    let expected = [
        ("RECORD_NAME_MISMATCH", ""),
        ("RECORD_ADDRESS_MISMATCH", ""),
        ("RECORD_ACCOUNT_NUMBER_MISMATCH", ""),
        ("RECORD_BTN_MISMATCH", ""),
        ("TN_NOT_ON_RECORD", "+12018670177"),
        ("STRANDING_BTN", ""),
        ("STRANDING_HUNT_GROUP", ONE),
    ];
    assert_eq!(codes(&found), expected);
    let messages: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert!(
        messages[0].contains("Lee, Ann") && messages[0].contains("Anna Lee"),
        "{}",
        messages[0]
    );
    assert!(
        messages[1].contains("Apt 4") && messages[1].contains("\"21 Market St, Newark"),
        "{}",
        messages[1]
    );
    assert!(
        messages[2].contains("88") && messages[2].contains("99"),
        "{}",
        messages[2]
    );
    let all = messages.concat();
    assert!(!all.contains("4471"), "account numbers are masked: {all}");
    put_right(&customer, &order).await;
    let found = warnings(&customer, &order).await;
    let expected = [
        ("TN_NOT_ON_RECORD", "+12018670177"),
        ("STRANDING_HUNT_GROUP", ONE),
    ];
    assert_eq!(codes(&found), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_paper_of_a_kind_counts_and_a_bill_is_compared_where_there_is_no_record() {
    let intake = TestIntake::start("latestrecord").await;
    let customer = intake.customer().await;
    let order = draft(&customer, details(), &[ONE, TWO]).await;
    upload(&customer, &order, DocumentKind::Bill, BILL).await;
    let found = warnings(&customer, &order).await;
    let expected = [
        ("RECORD_NAME_MISMATCH", ""),
        ("RECORD_ACCOUNT_NUMBER_MISMATCH", ""),
    ];
    assert_eq!(codes(&found), expected);
    assert!(
        found[0].message.contains("the bill says \"ANN M LEE\""),
        "{}",
        found[0].message
    );
    assert_eq!(found[0].field, "details.first_name");
    intake
        .clock
        .advance_to("2026-11-23T15:00:01Z".parse().unwrap())
        .unwrap();
    upload(&customer, &order, DocumentKind::Bill, "Customer name: Ann Lee").await;
    assert_eq!(codes(&warnings(&customer, &order).await), []);
    // A paper that is no bill and no record is not believed.
    upload(&customer, &order, DocumentKind::Other, LABELLED).await;
    assert_eq!(codes(&warnings(&customer, &order).await), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn features_and_ranges_of_a_companys_record_are_found() {
    let intake = TestIntake::start("company").await;
    let customer = intake.customer().await;
    let company = OrderDetails {
        account_number: "44710092".to_owned(),
        subscriber_kind: v1::SubscriberKind::Business.into(),
        first_name: String::new(),
        last_name: String::new(),
        company_name: "Harbor Supply Co Inc".to_owned(),
        service_address: Some(Address {
            street: "100 North Broad Street".to_owned(),
            unit: "Ste 1200".to_owned(),
            ..details().service_address.unwrap()
        }),
        ..details()
    };
    let order = draft(&customer, company, &[ONE, TWO, "+12018670105"]).await;
    upload(&customer, &order, DocumentKind::Csr, TABLE).await;
    let found = warnings(&customer, &order).await;
    let expected = [
        ("STRANDING_LINES", ""),
        ("STRANDING_DSL", ONE),
        ("STRANDING_ISDN", TWO),
    ];
    assert_eq!(codes(&found), expected);
    assert!(
        found[0].message.contains("+12018670100") && found[0].message.contains("and 4 more"),
        "{}",
        found[0].message
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_paper_says_is_kept_sealed() {
    let intake = TestIntake::start("sealedrecord").await;
    let customer = intake.customer().await;
    let order = draft(&customer, ann(), &[ONE]).await;
    upload(&customer, &order, DocumentKind::Csr, LABELLED).await;
    upload(&customer, &order, DocumentKind::Bill, "nothing is said here").await;
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("SELECT sealed FROM document_record")
        .fetch_all(&intake.pool)
        .await
        .unwrap();
    let [sealed] = kept.as_slice() else {
        panic!("{} records", kept.len())
    };
    let text = String::from_utf8_lossy(sealed);
    for secret in ["Lee", "Market", "4471"] {
        assert!(!text.contains(secret), "{secret} is readable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposed_fix_has_the_value_of_the_record() {
    let intake = TestIntake::start("evidence").await;
    let customer = intake.customer().await;
    let anna = OrderDetails {
        first_name: "Anna".to_owned(),
        ..ann()
    };
    let order = draft(&customer, anna, &["+12018670100", ONE, TWO]).await;
    upload(&customer, &order, DocumentKind::Csr, LABELLED).await;
    let order = customer.submit(&order).await.unwrap();
    intake.hear(&order, Answer::Rejected, &[("FIRST_NAME", "")]).await;
    let request = v1::ProposeFixRequest {
        order_id: order.order_id.clone(),
    };
    let mut changes = OrderChangeServiceClient::new(intake.channel());
    let reply = changes.propose_fix(ask(&customer.token, request)).await.unwrap();
    let fixes = reply.into_inner().fixes;
    let [fix] = fixes.as_slice() else {
        panic!("{fixes:?}")
    };
    assert_eq!(
        (fix.sent_value.as_str(), fix.suggested_value.as_str()),
        ("Anna", "Ann"),
        "{fix:?}"
    );
    assert_eq!(fix.source(), v1::SuggestionSource::Document);
}
