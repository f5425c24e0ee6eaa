//! Pages, names, and the walls between accounts.

use grpc::status::reason_of;
use portway_proto::billing::v1::{GetInvoiceRequest, ListChargesRequest, ListInvoicesRequest};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Customer, Port, TestBilling, numbers};

const NOW: &str = "2027-03-01T09:00:00Z";

/// The numbers of all charges, page by page.
async fn walk_charges(owner: &Customer, page_size: i32, subject_id: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = owner.request(ListChargesRequest {
            page_size,
            page_token,
            subject_id: subject_id.to_owned(),
        });
        let page = owner.invoices().list_charges(request).await.unwrap().into_inner();
        pages.push(page.charges.into_iter().map(|charge| charge.tn).collect());
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return pages;
        }
        assert!(pages.len() < 50, "the pages do not end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn charges_come_newest_first_in_pages_that_miss_and_repeat_nothing() {
    let billing = TestBilling::start("charge_pages", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let tns = numbers(7);
    let (older, newer) = (Port::new(), Port::new());
    // Three of one instant, told after the four of a later one.
    billing
        .ported_in(owner.account, newer, &tns[3..], "2027-02-02T12:00:00Z")
        .await
        .unwrap();
    billing
        .ported_in(owner.account, older, &tns[..3], "2027-02-01T12:00:00Z")
        .await
        .unwrap();
    let all = walk_charges(&owner, 0, "").await.concat();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(sorted, tns);
    assert!(all[..4].iter().all(|tn| tns[3..].contains(tn)), "{all:?}");
    for size in 1..=8 {
        let pages = walk_charges(&owner, size, "").await;
        assert_eq!(pages.concat(), all);
        let full = pages.len() - 1;
        assert!(
            pages[..full]
                .iter()
                .all(|page| i32::try_from(page.len()) == Ok(size))
        );
        assert!(!pages[full].is_empty(), "an empty last page at size {size}");
    }
    let mut of_older = walk_charges(&owner, 2, &older.id.to_string()).await.concat();
    of_older.sort();
    assert_eq!(of_older, tns[..3]);
    assert!(
        walk_charges(&owner, 2, &Uuid::new_v4().to_string())
            .await
            .concat()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invoices_come_newest_month_first_and_without_charges() {
    let billing = TestBilling::start("invoice_pages", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    let months = [(2026, 12), (2027, 2), (2026, 11), (2027, 1)];
    for (year, month) in months {
        let instant = format!("{year}-{month:02}-10T12:00:00Z");
        billing
            .ported_in(owner.account, Port::new(), &numbers(2), &instant)
            .await
            .unwrap();
        operator.close_month(year, month).await.unwrap();
    }
    let expected = ["2027-02", "2027-01", "2026-12", "2026-11"].map(|month| format!("INV-{month}-000001"));
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = owner.request(ListInvoicesRequest {
            page_size: 3,
            page_token,
        });
        let page = owner
            .invoices()
            .list_invoices(request)
            .await
            .unwrap()
            .into_inner();
        assert!(page.invoices.iter().all(|invoice| invoice.charges.is_empty()));
        found.extend(page.invoices.into_iter().map(|invoice| invoice.invoice_number));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_tokens_that_are_none_are_refused() {
    let billing = TestBilling::start("bad_pages", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    billing
        .ported_in(owner.account, Port::new(), &numbers(3), "2027-02-01T12:00:00Z")
        .await
        .unwrap();
    let request = owner.request(ListChargesRequest {
        page_size: 1,
        ..ListChargesRequest::default()
    });
    let token = owner
        .invoices()
        .list_charges(request)
        .await
        .unwrap()
        .into_inner()
        .next_page_token;
    let subject = Uuid::new_v4().to_string();
    let cases = [
        (-1, "", "", "page_size"),
        (501, "", "", "page_size"),
        (1, "nonsense", "", "page_token"),
        // A token of the list without this filter.
        (1, token.as_str(), subject.as_str(), "page_token"),
        (1, "", "not-a-uuid", "subject_id"),
    ];
    for (page_size, page_token, subject_id, field) in cases {
        let request = owner.request(ListChargesRequest {
            page_size,
            page_token: page_token.to_owned(),
            subject_id: subject_id.to_owned(),
        });
        let error = owner.invoices().list_charges(request).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidArgument, "{field}");
        assert!(error.message().starts_with(field), "{}", error.message());
    }
    let of_invoices = owner.request(ListInvoicesRequest {
        page_size: -1,
        page_token: token,
    });
    let error = owner.invoices().list_invoices(of_invoices).await.unwrap_err();
    assert!(
        error.message().contains("page_size") && error.message().contains("page_token"),
        "{}",
        error.message()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_bills_do_not_exist() {
    let billing = TestBilling::start("tenants", NOW).await;
    let owner = billing.given_account("America/New_York", "USD").await;
    let other = billing.given_account("America/New_York", "USD").await;
    let operator = billing.operator().await;
    let port = Port::new();
    billing
        .ported_in(owner.account, port, &numbers(2), "2027-02-01T12:00:00Z")
        .await
        .unwrap();
    operator.close_month(2027, 2).await.unwrap();
    let invoice = owner.list_invoices().await.remove(0);

    assert!(other.list_invoices().await.is_empty());
    assert!(other.list_charges().await.is_empty());
    assert!(
        walk_charges(&other, 0, &port.id.to_string())
            .await
            .concat()
            .is_empty()
    );
    let missing = Uuid::new_v4().to_string();
    let mut answers = Vec::new();
    for name in [&invoice.invoice_id, &invoice.invoice_number, &missing] {
        let request = other.request(GetInvoiceRequest {
            invoice_id: name.clone(),
        });
        let error = other.invoices().get_invoice(request).await.unwrap_err();
        assert_eq!(reason_of(&error).as_deref(), Some("INVOICE_NOT_FOUND"));
        answers.push((error.code(), error.message().to_owned()));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[2]),
        "the answer tells that it exists: {answers:?}"
    );
    for (name, code) in [
        ("", Code::InvalidArgument),
        ("INV-1", Code::InvalidArgument),
        ("INV-2027-02-000099", Code::NotFound),
    ] {
        let request = owner.request(GetInvoiceRequest {
            invoice_id: name.to_owned(),
        });
        let error = owner.invoices().get_invoice(request).await.unwrap_err();
        assert_eq!(error.code(), code, "{name}");
    }
}
