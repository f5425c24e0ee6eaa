//! The month close: every charge on one invoice and on no second, by whoever and however often it is closed.

use std::time::Duration;

use clock::{ClockMover, MoverLimits};
use grpc::status::reason_of;
use jiff::Timestamp;
use portway_proto::billing::v1::{CloseMonthRequest, GetInvoiceRequest, Invoice, InvoiceClosed};
use portway_proto::types::v1::Date;
use service::stamp;
use tonic::Code;

use crate::harness::{Customer, Port, TestBilling, numbers, ported_in};

const BOUND: Duration = Duration::from_secs(20);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Number, charges, total in cents.
fn facts(invoices: &[Invoice]) -> Vec<(&str, i32, i64)> {
    invoices
        .iter()
        .map(|invoice| {
            let total = invoice.total.as_ref().unwrap().minor_units;
            (invoice.invoice_number.as_str(), invoice.charge_count, total)
        })
        .collect()
}

async fn get(owner: &Customer, name: &str) -> Invoice {
    let request = owner.request(GetInvoiceRequest {
        invoice_id: name.to_owned(),
    });
    let reply = owner.invoices().get_invoice(request).await.unwrap();
    reply.into_inner().invoice.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_closes_into_one_invoice_and_closing_it_again_adds_only_what_came_late() {
    // Over, but not yet closed by itself.
    let billing = TestBilling::start("close_again", "2026-12-01T05:30:00Z").await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    let tns = numbers(4);
    billing
        .ported_in(owner.account, Port::new(), &tns, "2026-11-10T12:00:00Z")
        .await
        .unwrap();
    billing
        .ported_out(owner.account, Port::new(), &tns[..1], "2026-11-20T12:00:00Z")
        .await
        .unwrap();

    let closed = operator.close_month(2026, 11).await.unwrap();
    assert_eq!((closed.invoices, closed.charges), (1, 5));
    let again = operator.close_month(2026, 11).await.unwrap();
    assert_eq!((again.invoices, again.charges), (0, 0));
    assert_eq!(
        facts(&owner.list_invoices().await),
        [("INV-2026-11-000001", 5, 4 * 500 + 250)]
    );

    let late = Port::new();
    billing
        .ported_in(owner.account, late, &numbers(6)[4..], "2026-11-30T23:00:00Z")
        .await
        .unwrap();
    let closed = operator.close_month(2026, 11).await.unwrap();
    assert_eq!((closed.invoices, closed.charges), (1, 2));
    assert_eq!(
        facts(&owner.list_invoices().await),
        [("INV-2026-11-000002", 2, 1_000), ("INV-2026-11-000001", 5, 2_250)]
    );

    let invoice = get(&owner, "INV-2026-11-000002").await;
    assert_eq!(invoice.charges.len(), 2);
    assert!(invoice.charges.iter().all(|charge| {
        charge.invoice_id == invoice.invoice_id && charge.subject_id == late.id.to_string()
    }));
    assert_eq!(
        invoice.month,
        Some(Date {
            year: 2026,
            month: 11,
            day: 1
        })
    );
    assert_eq!(
        invoice.closed_at,
        Some(stamp::to_proto(at("2026-12-01T05:30:00Z")))
    );
    assert_eq!(get(&owner, &invoice.invoice_id).await, invoice);
    assert_eq!(billing.announced::<InvoiceClosed>().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_is_not_over_in_the_zone_of_every_account_is_not_closed() {
    let billing = TestBilling::start("not_over", "2026-12-01T04:59:59Z").await;
    let operator = billing.operator().await;
    // No account at all: the month is UTC's.
    assert_eq!(operator.close_month(2026, 11).await.unwrap().invoices, 0);
    let owner = billing.given_account("America/New_York", "USD").await;
    billing.given_account("America/Halifax", "CAD").await;
    billing
        .ported_in(owner.account, Port::new(), &numbers(1), "2026-11-30T12:00:00Z")
        .await
        .unwrap();
    for (year, month) in [(2026, 11), (2026, 12), (2031, 1)] {
        let error = operator.close_month(year, month).await.unwrap_err();
        assert_eq!(error.code(), Code::FailedPrecondition);
        assert_eq!(reason_of(&error).as_deref(), Some("MONTH_NOT_OVER"));
    }
    assert!(owner.list_invoices().await.is_empty());
    billing.move_clock("2026-12-01T05:00:00Z");
    assert_eq!(operator.close_month(2026, 11).await.unwrap().invoices, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_is_billed_in_the_month_of_the_accounts_zone() {
    let billing = TestBilling::start("zone_month", "2026-12-01T05:30:00Z").await;
    let eastern = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    for (nth, instant) in [
        (0, "2026-12-01T03:00:00Z"),
        (1, "2026-12-01T04:59:59.999999Z"),
        (2, "2026-12-01T05:00:00Z"),
    ] {
        let tns = &numbers(3)[nth..=nth];
        billing
            .ported_in(eastern.account, Port::new(), tns, instant)
            .await
            .unwrap();
    }
    let closed = operator.close_month(2026, 11).await.unwrap();
    assert_eq!((closed.invoices, closed.charges), (1, 2));
    let open: Vec<String> = eastern
        .list_charges()
        .await
        .into_iter()
        .filter(|charge| charge.invoice_id.is_empty())
        .map(|charge| charge.tn)
        .collect();
    assert_eq!(open, numbers(3)[2..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_at_once_from_two_replicas_makes_one_invoice_an_account() {
    let mut billing = TestBilling::start("close_race", "2026-12-01T09:00:00Z").await;
    let first = billing.operator().await;
    billing.add_replica().await;
    let second = billing.operator().await;
    let mut owners = Vec::new();
    for _ in 0..6 {
        let owner = billing.given_account("America/New_York", "USD").await;
        billing
            .ported_in(owner.account, Port::new(), &numbers(20), "2026-11-15T12:00:00Z")
            .await
            .unwrap();
        owners.push(owner);
    }
    let operators = [&first, &second, &first, &second];
    let all = futures::future::join_all(operators.map(|operator| operator.close_month(2026, 11))).await;
    let closed: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(closed.iter().map(|one| one.invoices).sum::<i32>(), 6);
    assert_eq!(closed.iter().map(|one| one.charges).sum::<i32>(), 120);
    let mut numbers_drawn = Vec::new();
    for owner in &owners {
        let invoices = owner.list_invoices().await;
        assert_eq!(invoices.len(), 1);
        assert_eq!(invoices[0].charge_count, 20);
        numbers_drawn.push(invoices[0].invoice_number.clone());
    }
    numbers_drawn.sort();
    let without_gaps: Vec<String> = (1..=6).map(|nth| format!("INV-2026-11-{nth:06}")).collect();
    assert_eq!(numbers_drawn, without_gaps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_that_is_being_added_is_waited_for_and_billed() {
    let billing = TestBilling::start("close_while", "2026-12-01T09:00:00Z").await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    let tns = numbers(2);
    let day = "2026-11-15T12:00:00Z";
    billing
        .ported_in(owner.account, Port::new(), &tns[..1], day)
        .await
        .unwrap();
    let mut adding = billing.pool().begin().await.unwrap();
    let ported = ported_in(owner.account, Port::new(), &tns[1..], day);
    billing.act(&mut adding, &ported).await.unwrap();
    let commit = async {
        testkit::eventually(BOUND, "the close waits for the lock", async || {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .fetch_one(billing.pool())
            .await
            .unwrap();
            waiting == 1
        })
        .await;
        adding.commit().await.unwrap();
    };
    let (closed, ()) = tokio::join!(operator.close_month(2026, 11), commit);
    assert_eq!(closed.unwrap().charges, 2);
    assert_eq!(operator.close_month(2026, 11).await.unwrap().charges, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_closes_by_itself_an_hour_after_it_ended_in_the_accounts_zone() {
    let mut billing = TestBilling::start("auto_close", "2026-11-30T12:00:00Z").await;
    billing.add_replica().await;
    let eastern = billing.given_account("America/New_York", "USD").await;
    let pacific = billing.given_account("America/Los_Angeles", "USD").await;
    let sources = billing.replicas[0].due_work.clone();
    assert_eq!(
        sources[0].backlog(billing.clock.now()).await.unwrap().next_due,
        None
    );
    for owner in [&eastern, &pacific] {
        billing
            .ported_in(owner.account, Port::new(), &numbers(3), "2026-11-30T11:00:00Z")
            .await
            .unwrap();
    }
    let mover = ClockMover::new(billing.clock.clone(), sources.clone(), MoverLimits::default());
    let moved = mover.advance_to(at("2026-12-03T00:00:00Z")).await.unwrap();
    assert_eq!(moved.steps, 3);
    for (owner, closed_at) in [
        (&eastern, "2026-12-01T06:00:00Z"),
        (&pacific, "2026-12-01T09:00:00Z"),
    ] {
        let invoices = owner.list_invoices().await;
        assert_eq!((invoices.len(), invoices[0].charge_count), (1, 3));
        assert_eq!(invoices[0].closed_at, Some(stamp::to_proto(at(closed_at))));
    }
    // A late charge waits an hour for others of its kind.
    billing
        .ported_in(
            eastern.account,
            Port::new(),
            &numbers(4)[3..],
            "2026-11-29T11:00:00Z",
        )
        .await
        .unwrap();
    let backlog = sources[0].backlog(billing.clock.now()).await.unwrap();
    assert_eq!(
        (backlog.due_now, backlog.next_due),
        (0, Some(at("2026-12-03T01:00:00Z")))
    );
    mover.advance_to(at("2026-12-03T01:00:00Z")).await.unwrap();
    assert_eq!(eastern.list_invoices().await.len(), 2);
    assert_eq!(pacific.list_invoices().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_moves_takes_the_close_of_its_open_months_along() {
    let billing = TestBilling::start("zone_change", "2026-11-30T12:00:00Z").await;
    let owner = billing.given_account("America/New_York", "USD").await;
    billing
        .ported_in(owner.account, Port::new(), &numbers(1), "2026-11-30T11:00:00Z")
        .await
        .unwrap();
    let source = billing.replicas[0].due_work[0].clone();
    let next_due = async || source.backlog(billing.clock.now()).await.unwrap().next_due;
    assert_eq!(next_due().await, Some(at("2026-12-01T06:00:00Z")));
    billing
        .change_account(owner.account, "Pacific/Honolulu", "USD")
        .await
        .unwrap();
    assert_eq!(next_due().await, Some(at("2026-12-01T11:00:00Z")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_changed_its_currency_gets_an_invoice_in_each() {
    let billing = TestBilling::start("currency_change", "2026-11-20T12:00:00Z").await;
    let owner = billing.given_account("America/Toronto", "USD").await;
    billing
        .ported_in(owner.account, Port::new(), &numbers(2), "2026-11-10T12:00:00Z")
        .await
        .unwrap();
    billing
        .change_account(owner.account, "America/Toronto", "CAD")
        .await
        .unwrap();
    billing
        .ported_in(owner.account, Port::new(), &numbers(2), "2026-11-19T12:00:00Z")
        .await
        .unwrap();
    billing.move_clock("2026-12-02T00:00:00Z");
    testkit::eventually(BOUND, "two invoices", async || {
        owner.list_invoices().await.len() == 2
    })
    .await;
    let totals: Vec<(String, i64)> = owner
        .list_invoices()
        .await
        .into_iter()
        .map(|invoice| invoice.total.unwrap())
        .map(|total| (total.currency, total.minor_units))
        .collect();
    assert_eq!(totals, [("USD".to_owned(), 1_000), ("CAD".to_owned(), 1_400)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_same_reply_and_closing_is_the_platforms_alone() {
    let billing = TestBilling::start("close_key", "2026-12-01T05:30:00Z").await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    billing
        .ported_in(owner.account, Port::new(), &numbers(3), "2026-11-10T12:00:00Z")
        .await
        .unwrap();
    let month = |day| CloseMonthRequest {
        month: Some(Date {
            year: 2026,
            month: 11,
            day,
        }),
    };
    for _ in 0..2 {
        let request = operator.request_with_key(month(1), "close-november");
        let reply = operator
            .invoices()
            .close_month(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!((reply.invoices, reply.charges), (1, 3));
    }
    let other = operator.request_with_key(month(2), "close-november");
    let error = operator.invoices().close_month(other).await.unwrap_err();
    assert_eq!(reason_of(&error).as_deref(), Some("IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(
        owner.close_month(2026, 11).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    let nothing = operator.request(CloseMonthRequest { month: None });
    let error = operator.invoices().close_month(nothing).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
}
