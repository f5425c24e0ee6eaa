//! What an order must have before it is submitted.

use intake_domain::port_in::requirements::{CarrierFacts, DocumentFacts, DocumentKind, Documents, of_order};
use intake_domain::port_in::{
    ActionRefusal, Address, Detail, NumberState, Order, OrderRecord, RemainingNumbers, StateName,
    SubscriberKind,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::orders::{ONE, TWO, at, number, order_in, tn};

/// 10:00 in New Jersey.
fn today() -> Timestamp {
    at("2026-11-21T15:00:00Z")
}

fn document(kind: DocumentKind, dated: Date) -> DocumentFacts {
    DocumentFacts {
        kind,
        dated: Some(dated),
        tns: vec![tn(ONE), tn(TWO)],
        is_readable: true,
        uploaded_at: today(),
    }
}

fn bill() -> DocumentFacts {
    document(DocumentKind::Bill, date(2026, 11, 1))
}

fn with(details: Vec<Detail>) -> Order {
    order_in(StateName::Draft).edit(details).unwrap().order
}

fn with_numbers(tns: &[&str], details: Vec<Detail>) -> Order {
    let numbers = tns.iter().map(|tn| number(tn, NumberState::Draft)).collect();
    Order::restore(OrderRecord {
        numbers,
        ..with(details).record().clone()
    })
}

/// Code and number of each, warnings in brackets.
fn codes(order: &Order, documents: &[DocumentFacts]) -> Vec<String> {
    let all = of_order(
        order,
        &Documents::by_default(documents),
        &CarrierFacts::UNKNOWN,
        today(),
    );
    all.into_iter()
        .map(|requirement| {
            let tn = requirement.tn.map(|tn| format!(" {tn}")).unwrap_or_default();
            let text = format!("{}{tn}", requirement.code);
            if requirement.is_warning {
                format!("[{text}]")
            } else {
                text
            }
        })
        .collect()
}

#[test]
fn a_complete_order_lacks_nothing() {
    assert_eq!(codes(&with(Vec::new()), &[bill()]), Vec::<String>::new());
}

#[test]
fn an_empty_draft_is_told_everything_at_once() {
    let empty = with_numbers(
        &[],
        vec![
            Detail::LosingCarrier(None),
            Detail::AccountNumber(None),
            Detail::Btn(None),
            Detail::SubscriberKind(None),
            Detail::AuthorizedBy(None),
            Detail::ServiceAddress(Address::default()),
        ],
    );
    let all = of_order(
        &empty,
        &Documents::by_default(&[]),
        &CarrierFacts::UNKNOWN,
        today(),
    );
    let fields: Vec<&str> = all.iter().map(|requirement| requirement.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "details.losing_carrier",
            "details.authorized_by",
            "details.subscriber_kind",
            "details.service_address.street",
            "details.service_address.city",
            "details.service_address.state",
            "details.service_address.postal_code",
            "details.btn",
            "numbers",
            "details.account_number",
            "documents",
        ]
    );
    assert!(
        matches!(empty.submit(all, Vec::new(), today()), Err(ActionRefusal::NotReady(found)) if found.len() == 11)
    );
}

#[test]
fn each_detail_has_its_rule() {
    use RemainingNumbers::{Disconnect, Keep};
    let address = |street: &str, state: &str, postal_code: &str| {
        Detail::ServiceAddress(Address {
            street: Some(street.parse().unwrap()),
            unit: None,
            city: Some("Jersey City".parse().unwrap()),
            state: Some(state.parse().unwrap()),
            postal_code: Some(postal_code.parse().unwrap()),
        })
    };
    let business = || Detail::SubscriberKind(Some(SubscriberKind::Business));
    let company = |name: &str| Detail::CompanyName(Some(name.parse().unwrap()));
    let signer = |name: &str| Detail::AuthorizedBy(Some(name.parse().unwrap()));
    let wanted = |day: Date| vec![Detail::WantedDate(Some(day))];
    let new_btn = |new: Option<&str>, partial, remaining| {
        vec![
            Detail::Partial(partial),
            Detail::NewBtn(new.map(tn)),
            Detail::RemainingNumbers(remaining),
        ]
    };
    let cases: Vec<(Vec<Detail>, Vec<&str>)> = vec![
        (vec![company("Acme")], vec!["RESIDENTIAL_WITH_COMPANY"]),
        (vec![business()], vec!["MISSING"]),
        (vec![business(), company(&"A".repeat(25))], vec![]),
        (vec![business(), company(&"A".repeat(26))], vec!["[NAME_CUT]"]),
        (vec![signer("Maximilian Long X")], vec!["[SIGNER_CUT]"]),
        (vec![address("P.O. Box 12", "NJ", "07302")], vec!["PO_BOX"]),
        (
            vec![address("1 Main St", "NY", "07302")],
            vec!["ZIP_STATE_MISMATCH"],
        ),
        (new_btn(None, true, Some(Keep)), vec!["NEW_BTN_REQUIRED"]),
        (new_btn(Some(ONE), true, Some(Keep)), vec!["NEW_BTN_SAME"]),
        (new_btn(Some(TWO), true, Some(Keep)), vec!["NEW_BTN_PORTING"]),
        (new_btn(Some("+12018670150"), true, Some(Keep)), vec![]),
        (
            new_btn(Some("+12018670150"), true, None),
            vec!["[REMAINING_NOT_SAID]"],
        ),
        (new_btn(None, true, Some(Disconnect)), vec![]),
        (
            new_btn(Some("+12018670150"), true, Some(Disconnect)),
            vec!["NEW_BTN_UNEXPECTED"],
        ),
        (new_btn(None, false, Some(Keep)), vec!["REMAINING_UNEXPECTED"]),
        (
            vec![
                Detail::LosingCarrier(None),
                Detail::LosingCarrierName(Some("Hillside".parse().unwrap())),
            ],
            vec!["CARRIER_NOT_IDENTIFIED"],
        ),
        (
            new_btn(Some("+12018670150"), false, None),
            vec!["NEW_BTN_UNEXPECTED"],
        ),
        (wanted(date(2026, 11, 28)), vec!["DATE_NOT_BUSINESS_DAY"]),
        (wanted(date(2026, 12, 22)), vec!["DATE_TOO_FAR"]),
        (wanted(date(2026, 11, 20)), vec!["DATE_PAST"]),
        (wanted(date(2026, 11, 23)), vec!["DATE_TOO_SOON"]),
        (wanted(date(2026, 12, 4)), vec![]),
    ];
    for (details, expected) in cases {
        assert_eq!(codes(&with(details.clone()), &[bill()]), expected, "{details:?}");
    }
}

#[test]
fn papers_are_recent_and_cover_every_number() {
    let loa = |dated| document(DocumentKind::Loa, dated);
    let loa_of_one = DocumentFacts {
        tns: vec![tn(ONE)],
        ..loa(date(2026, 11, 1))
    };
    let scan = DocumentFacts {
        tns: Vec::new(),
        is_readable: false,
        ..loa(date(2026, 11, 1))
    };
    let csr = document(DocumentKind::Csr, date(2026, 11, 1));
    let old_bill = document(DocumentKind::Bill, date(2026, 10, 21));
    let renewed = DocumentFacts {
        uploaded_at: today().checked_add(jiff::SignedDuration::from_secs(1)).unwrap(),
        ..loa(date(2026, 11, 20))
    };
    let not_on_loa = format!("TN_NOT_ON_LOA {TWO}");
    let cases: Vec<(Vec<DocumentFacts>, Vec<&str>)> = vec![
        (vec![], vec!["BILL_OR_CSR_MISSING"]),
        (vec![csr], vec![]),
        (vec![document(DocumentKind::Bill, date(2026, 10, 22))], vec![]),
        (vec![old_bill], vec!["[BILL_TOO_OLD]"]),
        (vec![bill(), loa(date(2026, 10, 22))], vec![]),
        (vec![bill(), loa(date(2026, 10, 21))], vec!["LOA_EXPIRED"]),
        (vec![bill(), loa(date(2026, 10, 21)), renewed], vec![]),
        (vec![bill(), loa(date(2026, 11, 22))], vec!["LOA_DATE_FUTURE"]),
        (vec![bill(), loa_of_one], vec![&not_on_loa]),
        (vec![bill(), scan], vec!["[LOA_NOT_READABLE]"]),
    ];
    for (documents, expected) in cases {
        assert_eq!(codes(&with(Vec::new()), &documents), expected, "{documents:?}");
    }
}

#[test]
fn toll_free_numbers_go_alone_without_a_billing_number_and_with_a_letter() {
    const TOLL_FREE: &str = "+18005552368";
    let alone = with_numbers(&[TOLL_FREE], vec![Detail::Btn(None)]);
    assert_eq!(codes(&alone, &[bill()]), ["LOA_MISSING"]);
    let with_btn = with_numbers(&[TOLL_FREE], Vec::new());
    assert_eq!(codes(&with_btn, &[bill()]), ["TOLL_FREE_BTN", "LOA_MISSING"]);
}
