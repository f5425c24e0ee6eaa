//! One charge for each number of a completed port, however often its event arrives.

use std::collections::BTreeSet;

use events::HandleError;
use portway_proto::billing::v1::{ChargeKind, Charged};
use portway_proto::intake::v1::{OrderActionRequired, OrderRef};
use prost::{Message, Name};
use types::{AccountId, EventId};

use crate::harness::{Port, TestBilling, event, numbers, ported_in};

const NOW: &str = "2026-11-21T15:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_arrives_three_times_charges_once() {
    let billing = TestBilling::start("charge_once", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let (port, tns) = (Port::new(), numbers(2));
    for _ in 0..3 {
        billing
            .ported_in(owner.account, port, &tns, "2026-11-20T15:00:00.123456Z")
            .await
            .unwrap();
    }
    let charges = owner.list_charges().await;
    assert_eq!(charges.len(), 2);
    for charge in &charges {
        assert_eq!(charge.kind(), ChargeKind::PortIn);
        assert_eq!(charge.event_id, port.event.to_string());
        assert_eq!(charge.subject_id, port.id.to_string());
        assert_eq!(charge.request_number, "PI_100001");
        assert_eq!(charge.invoice_id, "");
        let amount = charge.amount.clone().unwrap();
        assert_eq!((amount.currency.as_str(), amount.minor_units), ("USD", 500));
        let occurred_at = charge.occurred_at.unwrap();
        assert_eq!(
            (occurred_at.seconds, occurred_at.nanos),
            (1_795_186_800, 123_456_000)
        );
    }
    assert_eq!(billing.announced::<Charged>().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_at_eight_handlers_at_once_charges_once() {
    let billing = TestBilling::start("charge_race", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let ported = ported_in(owner.account, Port::new(), &numbers(25), NOW);
    let all = futures::future::join_all((0..8).map(|_| billing.deliver(&ported))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(owner.list_charges().await.len(), 25);
    assert_eq!(billing.announced::<Charged>().await, 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_rejected_three_times_and_then_ported_costs_one_fee_a_number() {
    let billing = TestBilling::start("reject_free", NOW).await;
    let owner = billing.given_account("America/Denver", "USD").await;
    let (port, tns) = (Port::new(), numbers(10));
    for ver in 1..=3 {
        let rejected = OrderActionRequired {
            order: Some(OrderRef {
                order_id: port.id.to_string(),
                tns: tns.clone(),
                ver,
                ..OrderRef::default()
            }),
            ..OrderActionRequired::default()
        };
        let rejected = event(owner.account, port.id, EventId::generate(), &rejected);
        billing.deliver(&rejected).await.unwrap();
    }
    assert!(owner.list_charges().await.is_empty());
    billing.ported_in(owner.account, port, &tns, NOW).await.unwrap();
    let charges = owner.list_charges().await;
    let charged: BTreeSet<String> = charges.iter().map(|charge| charge.tn.clone()).collect();
    assert_eq!((charges.len(), charged), (10, tns.into_iter().collect()));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_port_later_are_charged_and_those_before_are_not_again() {
    let billing = TestBilling::start("two_parts", NOW).await;
    let owner = billing.given_account("America/Denver", "USD").await;
    let (first, tns) = (Port::new(), numbers(5));
    billing
        .ported_in(owner.account, first, &tns[..3], NOW)
        .await
        .unwrap();
    let second = Port {
        event: EventId::generate(),
        ..first
    };
    billing.ported_in(owner.account, second, &tns, NOW).await.unwrap();
    let charges = owner.list_charges().await;
    let of = |event: EventId| {
        charges
            .iter()
            .filter(|charge| charge.event_id == event.to_string())
            .count()
    };
    assert_eq!((of(first.event), of(second.event)), (3, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_out_is_charged_and_so_is_the_same_number_ported_in_again() {
    let billing = TestBilling::start("in_and_out", NOW).await;
    let owner = billing.given_account("America/Toronto", "CAD").await;
    let tns = numbers(1);
    let days = [
        ("2026-11-02T15:00:00Z", true),
        ("2026-11-09T15:00:00Z", false),
        ("2026-11-16T15:00:00Z", true),
    ];
    for (day, is_in) in days {
        let port = Port::new();
        if is_in {
            billing.ported_in(owner.account, port, &tns, day).await.unwrap();
        } else {
            billing.ported_out(owner.account, port, &tns, day).await.unwrap();
        }
    }
    let amounts: Vec<(ChargeKind, String, i64)> = owner
        .list_charges()
        .await
        .into_iter()
        .map(|charge| {
            let kind = charge.kind();
            let amount = charge.amount.unwrap();
            (kind, amount.currency, amount.minor_units)
        })
        .collect();
    let cad = |kind, cents| (kind, "CAD".to_owned(), cents);
    assert_eq!(
        amounts,
        [
            cad(ChargeKind::PortIn, 700),
            cad(ChargeKind::PortOut, 350),
            cad(ChargeKind::PortIn, 700)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_without_a_price_in_its_currency_is_refused_and_not_priced_in_another() {
    let billing = TestBilling::start("no_price", NOW).await;
    let owner = billing.given_account("America/Toronto", "CAD").await;
    // Before the price book begins, in either currency.
    let error = billing
        .ported_in(owner.account, Port::new(), &numbers(1), "2019-12-31T12:00:00Z")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, HandleError::Refused(why) if why.contains("no price for PORT_IN in CAD")),
        "{error}"
    );
    // As if Canadian prices had never been set: the US ones must not take their place.
    let mut tx = billing.pool().begin().await.unwrap();
    sqlx::query("ALTER TABLE price DISABLE TRIGGER price_is_only_added_to")
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("DELETE FROM price WHERE currency = 'CAD'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = billing
        .ported_in(owner.account, Port::new(), &numbers(1), NOW)
        .await;
    assert!(matches!(refused, Err(HandleError::Refused(_))), "{refused:?}");
    assert!(owner.list_charges().await.is_empty());
    assert_eq!(billing.announced::<Charged>().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused() {
    let billing = TestBilling::start("refused", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let stranger = billing
        .ported_in(AccountId::generate(), Port::new(), &numbers(1), NOW)
        .await;
    let bad_number = ["+1415".to_owned()];
    let bad_number = billing
        .ported_in(owner.account, Port::new(), &bad_number, NOW)
        .await;
    let bad_zone = billing.change_account(owner.account, "Mars/Olympus", "USD").await;
    let bad_currency = billing
        .change_account(owner.account, "America/New_York", "EUR")
        .await;
    let mut no_payload = ported_in(owner.account, Port::new(), &numbers(1), NOW);
    no_payload.payload = None;
    let no_payload = billing.deliver(&no_payload).await;
    for (what, result) in [
        ("an unknown account", stranger),
        ("a number that is none", bad_number),
        ("an unknown zone", bad_zone),
        ("another currency", bad_currency),
        ("no payload", no_payload),
    ] {
        assert!(
            matches!(result, Err(HandleError::Refused(_))),
            "{what}: {result:?}"
        );
    }
    assert!(owner.list_charges().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_twenty_thousand_numbers_is_charged_and_announced_in_order() {
    let billing = TestBilling::start("large_order", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    // Descending, so that no order but the order's own would do.
    let tns: Vec<String> = (0..20_000_u32)
        .map(|nth| format!("+1415{}", 9_000_000 - nth))
        .collect();
    billing
        .ported_in(owner.account, Port::new(), &tns, NOW)
        .await
        .unwrap();
    let payloads: Vec<Vec<u8>> = sqlx::query_scalar("SELECT payload FROM event WHERE type = $1 ORDER BY seq")
        .bind(Charged::full_name())
        .fetch_all(billing.pool())
        .await
        .unwrap();
    let announced: Vec<String> = payloads
        .iter()
        .map(|bytes| Charged::decode(bytes.as_slice()).unwrap().charge.unwrap().tn)
        .collect();
    assert_eq!(announced.len(), 20_000);
    assert!(
        announced == tns,
        "announced in another order than that of the order"
    );
    billing.move_clock("2026-12-05T00:00:00Z");
    testkit::eventually(
        std::time::Duration::from_secs(20),
        "the month's close",
        async || !owner.list_invoices().await.is_empty(),
    )
    .await;
    let invoices = owner.list_invoices().await;
    assert_eq!((invoices.len(), invoices[0].charge_count), (1, 20_000));
    let name = portway_proto::billing::v1::GetInvoiceRequest {
        invoice_id: invoices[0].invoice_id.clone(),
    };
    let found = owner.invoices().get_invoice(owner.request(name)).await.unwrap();
    assert_eq!(found.into_inner().invoice.unwrap().charges.len(), 20_000);
}
