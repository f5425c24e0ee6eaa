//! What a settled dispute costs: a fee for each number that its settlement charges for, once.

use std::collections::BTreeSet;

use portway_proto::billing::v1::{ChargeKind, Charged};
use portway_proto::intake::v1::{DisputeRef, DisputeSettled};
use service::stamp;
use types::{AccountId, EventId};

use crate::harness::{Port, TestBilling, event, numbers};

const NOW: &str = "2026-11-21T15:00:00Z";

/// The event that a dispute about `tns` was settled, which costs the account a fee for `charged`.
fn settled(account: AccountId, dispute: Port, tns: &[String], charged: &[String]) -> events::Event {
    let settled = DisputeSettled {
        dispute: Some(DisputeRef {
            dispute_id: dispute.id.to_string(),
            request_number: "DI_100001".to_owned(),
            account_id: account.to_string(),
            tns: tns.to_vec(),
            ..DisputeRef::default()
        }),
        charged_tns: charged.to_vec(),
        settled_at: Some(stamp::to_proto(NOW.parse().unwrap())),
        ..DisputeSettled::default()
    };
    event(account, dispute.id, dispute.event, &settled)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_charged_number_costs_one_fee_however_often_the_event_arrives() {
    let billing = TestBilling::start("dispute_once", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let (dispute, tns) = (Port::new(), numbers(3));
    let (upheld, returned) = tns.split_at(1);
    let told = settled(owner.account, dispute, &tns, returned);
    for _ in 0..3 {
        billing.deliver(&told).await.unwrap();
    }
    let charges = owner.list_charges().await;
    for charge in &charges {
        let amount = charge.amount.clone().unwrap();
        assert_eq!(
            (charge.kind(), amount.currency.as_str(), amount.minor_units),
            (ChargeKind::Dispute, "USD", 5_000)
        );
        assert_eq!(
            (charge.subject_id.as_str(), charge.request_number.as_str()),
            (dispute.id.to_string().as_str(), "DI_100001")
        );
        assert_eq!(charge.event_id, dispute.event.to_string());
    }
    let charged: BTreeSet<&String> = charges.iter().map(|charge| &charge.tn).collect();
    assert_eq!(charges.len(), 2);
    assert_eq!(charged, returned.iter().collect(), "and not {upheld:?}");
    assert_eq!(billing.announced::<Charged>().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_settlement_under_another_event_charges_no_number_twice() {
    let billing = TestBilling::start("dispute_twice", NOW).await;
    let owner = billing.given_account("America/Toronto", "CAD").await;
    let (dispute, tns) = (Port::new(), numbers(2));
    let told_again = Port {
        event: EventId::generate(),
        ..dispute
    };
    for dispute in [dispute, told_again] {
        let told = settled(owner.account, dispute, &tns, &tns);
        billing.deliver(&told).await.unwrap();
    }
    let charges = owner.list_charges().await;
    let amounts: Vec<(String, i64)> = charges
        .into_iter()
        .map(|charge| charge.amount.unwrap())
        .map(|amount| (amount.currency, amount.minor_units))
        .collect();
    assert_eq!(amounts, [("CAD".to_owned(), 7_000), ("CAD".to_owned(), 7_000)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_whose_fee_is_waived_or_that_has_none_costs_nothing() {
    let billing = TestBilling::start("dispute_free", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let told = settled(owner.account, Port::new(), &numbers(2), &[]);
    billing.deliver(&told).await.unwrap();
    assert!(owner.list_charges().await.is_empty());
    assert_eq!(billing.announced::<Charged>().await, 0);
    // The handler did hear of disputes: one that is charged for costs something.
    let told = settled(owner.account, Port::new(), &numbers(2), &numbers(1));
    billing.deliver(&told).await.unwrap();
    assert_eq!(owner.list_charges().await.len(), 1);
}
