//! Quotes and the price book.

use portway_proto::billing::v1::{ChargeKind, Price, PutPriceRequest, QuoteRequest};
use portway_proto::types::v1::{Date, Money};
use tonic::Code;
use tonic_types::StatusExt;
use types::AccountId;

use crate::harness::{Customer, Port, TestBilling, numbers};

const NOW: &str = "2026-11-21T15:00:00Z";

fn price(kind: ChargeKind, currency: &str, cents: i64, (year, month, day): (i32, i32, i32)) -> Price {
    Price {
        kind: kind.into(),
        amount: Some(Money {
            currency: currency.to_owned(),
            minor_units: cents,
        }),
        effective_from: Some(Date { year, month, day }),
    }
}

async fn quote(owner: &Customer, kind: ChargeKind, numbers: i32) -> (String, i64, i64) {
    let request = owner.request(QuoteRequest {
        kind: kind.into(),
        numbers,
    });
    let reply = owner.prices().quote(request).await.unwrap().into_inner();
    let (unit, total) = (reply.unit.unwrap(), reply.total.unwrap());
    assert_eq!(unit.currency, total.currency);
    (unit.currency, unit.minor_units, total.minor_units)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_is_in_the_accounts_currency_at_todays_price() {
    let billing = TestBilling::start("quote", NOW).await;
    let american = billing.given_account("America/New_York", "USD").await;
    let canadian = billing.given_account("America/Toronto", "CAD").await;
    let usd = |unit, total| ("USD".to_owned(), unit, total);
    let cad = |unit, total| ("CAD".to_owned(), unit, total);
    assert_eq!(quote(&american, ChargeKind::PortIn, 10).await, usd(500, 5_000));
    assert_eq!(quote(&american, ChargeKind::PortOut, 1).await, usd(250, 250));
    assert_eq!(
        quote(&canadian, ChargeKind::PortIn, 20_000).await,
        cad(700, 14_000_000)
    );
    assert_eq!(quote(&canadian, ChargeKind::PortOut, 2).await, cad(350, 700));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_price_holds_from_its_day_in_the_accounts_zone_and_charges_that_stand_keep_theirs() {
    let billing = TestBilling::start("put_price", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    billing
        .ported_in(owner.account, Port::new(), &numbers(1), NOW)
        .await
        .unwrap();
    let request = PutPriceRequest {
        price: Some(price(ChargeKind::PortIn, "USD", 625, (2026, 11, 21))),
    };
    for _ in 0..2 {
        let request = operator.request_with_key(request.clone(), "november-price");
        let reply = operator.prices().put_price(request).await.unwrap().into_inner();
        assert_eq!(
            reply.price,
            Some(price(ChargeKind::PortIn, "USD", 625, (2026, 11, 21)))
        );
    }
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM price WHERE minor_units = 625 AND set_by = 'operator'")
            .fetch_one(billing.pool())
            .await
            .unwrap();
    assert_eq!(rows, 1, "one key, one price");
    assert_eq!(quote(&owner, ChargeKind::PortIn, 1).await.1, 625);
    // 20 November in New York still.
    for (nth, instant) in [(1, "2026-11-21T04:59:59Z"), (2, "2026-11-21T05:00:00Z")] {
        let tns = &numbers(3)[nth..=nth];
        billing
            .ported_in(owner.account, Port::new(), tns, instant)
            .await
            .unwrap();
    }
    let mut cents: Vec<(String, i64)> = owner
        .list_charges()
        .await
        .into_iter()
        .map(|charge| (charge.tn, charge.amount.unwrap().minor_units))
        .collect();
    cents.sort();
    let tns = numbers(3);
    assert_eq!(
        cents,
        [
            (tns[0].clone(), 500),
            (tns[1].clone(), 500),
            (tns[2].clone(), 625)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_book_is_only_added_to() {
    let billing = TestBilling::start("append_only", NOW).await;
    for statement in [
        "UPDATE price SET minor_units = 1",
        "DELETE FROM price WHERE kind = 'PORT_IN'",
    ] {
        let refused = sqlx::query(statement).execute(billing.pool()).await;
        assert!(refused.is_err(), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_request_hears_of_every_field_at_fault() {
    let billing = TestBilling::start("bad_fields", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    let error = owner
        .prices()
        .quote(owner.request(QuoteRequest {
            kind: 0,
            numbers: 20_001,
        }))
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["kind MISSING", "numbers OUT_OF_RANGE"]);
    let cases = [
        (None, vec!["price MISSING"]),
        (
            Some(price(ChargeKind::Unspecified, "EUR", 1, (2026, 2, 30))),
            vec![
                "price.kind MISSING",
                "price.amount.currency INVALID",
                "price.effective_from INVALID",
            ],
        ),
        (
            Some(Price {
                kind: 9,
                amount: None,
                effective_from: None,
            }),
            vec![
                "price.kind INVALID",
                "price.amount MISSING",
                "price.effective_from MISSING",
            ],
        ),
        (
            Some(price(ChargeKind::PortIn, "USD", -1, (2026, 2, 28))),
            vec!["price.amount.minor_units OUT_OF_RANGE"],
        ),
        (
            Some(price(ChargeKind::PortIn, "USD", 10_000_001, (2026, 2, 28))),
            vec!["price.amount.minor_units OUT_OF_RANGE"],
        ),
    ];
    for (price, expected) in cases {
        let request = operator.request(PutPriceRequest { price });
        let error = operator.prices().put_price(request).await.unwrap_err();
        assert_eq!(fields(&error), expected);
    }
}

fn fields(error: &tonic::Status) -> Vec<String> {
    assert_eq!(error.code(), Code::InvalidArgument);
    let violations = error.get_details_bad_request().unwrap().field_violations;
    violations
        .into_iter()
        .map(|fault| format!("{} {}", fault.field, fault.reason))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_ask_is_told_so() {
    let billing = TestBilling::start("who_may", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let put = owner.request(PutPriceRequest {
        price: Some(price(ChargeKind::PortIn, "USD", 1, (2026, 1, 1))),
    });
    let error = owner.prices().put_price(put).await.unwrap_err();
    assert_eq!(error.code(), Code::PermissionDenied);
    // A grant of the permission outside the platform's account changes nothing.
    let climber = billing
        .customer("climber", owner.account, &["billing.operate"])
        .await;
    let put = climber.request(PutPriceRequest {
        price: Some(price(ChargeKind::PortIn, "USD", 1, (2026, 1, 1))),
    });
    let error = climber.prices().put_price(put).await.unwrap_err();
    assert_eq!(error.code(), Code::PermissionDenied);

    let unknown = billing
        .customer("early", AccountId::generate(), &["billing.view"])
        .await;
    let request = unknown.request(QuoteRequest {
        kind: ChargeKind::PortIn.into(),
        numbers: 1,
    });
    let error = unknown.prices().quote(request).await.unwrap_err();
    assert_eq!(
        grpc::status::reason_of(&error).as_deref(),
        Some("ACCOUNT_NOT_FOUND")
    );
}
