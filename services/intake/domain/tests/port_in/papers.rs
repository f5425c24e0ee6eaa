//! What papers say otherwise than the order, and what a port would leave behind broken.

use intake_domain::port_in::requirements::{Paper, Papers, Requirement, of_papers};
use intake_domain::port_in::{
    Address, Detail, NumberState, Order, OrderRecord, RemainingNumbers, StateName, SubscriberKind,
};
use intake_domain::record::{numbers_in, read};
use reasons::Field;
use types::Secret;

use crate::orders::{ONE, TWO, number, order_in, tn};

const BTN: &str = "+12018670100";
const OTHER: &str = "+12018670150";

fn order(tns: &[&str], details: Vec<Detail>) -> Order {
    let address = Address {
        street: Some("21 Market St".parse().unwrap()),
        unit: None,
        city: Some("Newark".parse().unwrap()),
        state: Some("NJ".parse().unwrap()),
        postal_code: Some("07102".parse().unwrap()),
    };
    let known = vec![
        Detail::SubscriberKind(Some(SubscriberKind::Residential)),
        Detail::FirstName(Some("Ann".parse().unwrap())),
        Detail::LastName(Some("Lee".parse().unwrap())),
        Detail::Btn(Some(tn(BTN))),
        Detail::ServiceAddress(address),
    ];
    let draft = order_in(StateName::Draft).edit(known).unwrap().order;
    let draft = draft.edit(details).unwrap().order;
    let numbers = tns.iter().map(|tn| number(tn, NumberState::Draft)).collect();
    Order::restore(OrderRecord {
        numbers,
        ..draft.record().clone()
    })
}

fn paper(text: &str) -> Paper {
    Paper {
        record: read(text),
        tns: numbers_in(text),
    }
}

fn csr(text: &str) -> Papers {
    Papers {
        csr: Some(paper(text)),
        bill: None,
        account_number: Some(Secret::new("4471-0092")),
    }
}

fn bill(text: &str) -> Papers {
    Papers {
        csr: None,
        bill: Some(paper(text)),
        ..csr("")
    }
}

fn found(order: &Order, papers: &Papers) -> Vec<Requirement> {
    let all = of_papers(order, papers);
    for one in &all {
        assert!(one.is_warning && !one.remedy.is_empty(), "{one:?}");
    }
    all
}

fn codes(order: &Order, papers: &Papers) -> Vec<String> {
    let code = |one: Requirement| {
        one.tn
            .map_or(one.code.to_owned(), |tn| format!("{} {tn}", one.code))
    };
    found(order, papers).into_iter().map(code).collect()
}

fn said(papers: &Papers, kind: SubscriberKind) -> Vec<(Field, String)> {
    let evidence = papers.evidence(Some(kind)).into_iter();
    evidence.map(|one| (one.field, one.value)).collect()
}

const SAME: &str = "Account Number: 0044710092\nBTN: 201-867-0100\nCustomer Name: LEE, ANN\n\
    Service Address: 21 Market Street, Newark NJ 07102-1234\nNumbers on account: 201-867-0123, 201-867-0124\n";

#[test]
fn papers_that_say_the_same_are_no_finding() {
    let order = order(&[ONE, TWO], Vec::new());
    assert_eq!(codes(&order, &csr(SAME)), Vec::<String>::new());
    assert_eq!(codes(&order, &bill(SAME)), Vec::<String>::new());
    assert_eq!(codes(&order, &Papers::default()), Vec::<String>::new());
    assert_eq!(codes(&order, &csr("nothing that is known")), Vec::<String>::new());
}

#[test]
fn each_mismatch_names_both_values_and_its_field() {
    let cases = [
        (
            "Customer Name: ANN M LEE",
            "RECORD_NAME_MISMATCH",
            "details.first_name",
            "the customer service record says \"ANN M LEE\", the order says \"Ann Lee\"",
        ),
        (
            "Customer Name: Ann Leigh",
            "RECORD_NAME_MISMATCH",
            "details.last_name",
            "the customer service record says \"Ann Leigh\", the order says \"Ann Lee\"",
        ),
        (
            "Service Address: 21 Market St, Newark, NJ 07103",
            "RECORD_ADDRESS_MISMATCH",
            "details.service_address",
            "the customer service record says \"21 Market St, Newark, NJ 07103\", \
             the order says \"21 Market St, Newark, NJ, 07102\"",
        ),
        (
            "Account Number: 4471-0093",
            "RECORD_ACCOUNT_NUMBER_MISMATCH",
            "details.account_number",
            "the customer service record says ••••93, the order says ••••92",
        ),
        (
            "BTN: 201-867-0199",
            "RECORD_BTN_MISMATCH",
            "details.btn",
            "the customer service record says +12018670199, the order says +12018670100",
        ),
    ];
    for (text, code, field, message) in cases {
        let all = found(&order(&[ONE], Vec::new()), &csr(text));
        let [only] = all.as_slice() else {
            panic!("{text}: {all:?}")
        };
        assert_eq!(
            (only.code, only.field.as_str(), only.message.as_str()),
            (code, field, message)
        );
    }
}

#[test]
fn a_company_is_compared_by_its_own_name() {
    let business = vec![
        Detail::SubscriberKind(Some(SubscriberKind::Business)),
        Detail::CompanyName(Some("Harbor Supply Inc".parse().unwrap())),
    ];
    let order = order(&[ONE], business);
    assert_eq!(
        codes(&order, &csr("Customer Name: HARBOR SUPPLY, INC.")),
        Vec::<String>::new()
    );
    let all = found(&order, &csr("Customer Name: Harbor Holdings"));
    assert_eq!(
        (all[0].code, all[0].field.as_str()),
        ("RECORD_NAME_MISMATCH", "details.company_name")
    );
    let evidence = said(&csr("Customer Name: Harbor Holdings"), SubscriberKind::Business);
    assert_eq!(evidence, [(Field::CompanyName, "Harbor Holdings".to_owned())]);
}

#[test]
fn the_record_is_believed_before_the_bill_and_the_bill_where_the_record_is_silent() {
    let both = Papers {
        bill: Some(paper("Customer Name: Bo Ray\nBTN: 201-867-0199")),
        ..csr("Customer Name: Ann Lee")
    };
    let all = found(&order(&[ONE], Vec::new()), &both);
    let [only] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        only.message,
        "the bill says +12018670199, the order says +12018670100"
    );
}

#[test]
fn what_the_order_does_not_say_is_not_compared() {
    let silent = order(
        &[ONE],
        vec![
            Detail::Btn(None),
            Detail::FirstName(None),
            Detail::LastName(None),
            Detail::ServiceAddress(Address::default()),
        ],
    );
    let text = "Account Number: 1111111\nBTN: 201-867-0199\nCustomer Name: Bo Ray\n\
        Service Address: 1 Oak Ln, Newark NJ 07102";
    let papers = Papers {
        account_number: None,
        ..csr(text)
    };
    assert_eq!(codes(&silent, &papers), Vec::<String>::new());
}

#[test]
fn a_number_is_missed_on_a_paper_that_lists_numbers_only() {
    let order = order(&[ONE, TWO], Vec::new());
    let listing = "Numbers on account: 201-867-0123";
    let missed = [format!("TN_NOT_ON_RECORD {TWO}")];
    assert_eq!(codes(&order, &csr(listing)), missed);
    assert_eq!(codes(&order, &bill(listing)), missed);
    // Somewhere else in the paper will do.
    let elsewhere = format!("{listing}\nsee also 201-867-0124");
    assert_eq!(codes(&order, &csr(&elsewhere)), Vec::<String>::new());
    assert_eq!(codes(&order, &csr("call 201-867-0123")), Vec::<String>::new());
}

#[test]
fn lines_that_would_be_stranded_are_named_with_what_to_do() {
    let lines = "Numbers on account: 201-867-0100, 201-867-0123, 201-867-0124, 201-867-0150";
    let partial = |new_btn: Option<&str>| vec![Detail::Partial(true), Detail::NewBtn(new_btn.map(tn))];
    let cases: Vec<(&[&str], Vec<Detail>, &[&str])> = vec![
        (&[BTN, ONE, TWO, OTHER], Vec::new(), &[]),
        (&[BTN, ONE], Vec::new(), &["STRANDING_BTN"]),
        (&[ONE, TWO], Vec::new(), &["STRANDING_LINES"]),
        (&[ONE, TWO], partial(None), &[]),
        (&[BTN, ONE], partial(None), &["STRANDING_BTN"]),
        (&[BTN, ONE], partial(Some(OTHER)), &[]),
        (&[BTN, ONE], partial(Some("+12018670177")), &["STRANDING_NEW_BTN"]),
        (
            &[BTN, ONE],
            vec![
                Detail::Partial(true),
                Detail::RemainingNumbers(Some(RemainingNumbers::Disconnect)),
            ],
            &[],
        ),
        (
            &[BTN, ONE, TWO, OTHER],
            partial(Some("+12018670177")),
            &["PARTIAL_WITHOUT_REST"],
        ),
        // The record of another account: the number is missed, and nothing is said of its lines.
        (&["+12018670166"], Vec::new(), &["TN_NOT_ON_RECORD +12018670166"]),
    ];
    for (tns, details, expected) in cases {
        let order = order(tns, details.clone());
        assert_eq!(codes(&order, &csr(lines)), expected, "{tns:?} {details:?}");
    }
    let all = found(&order(&[BTN, ONE], Vec::new()), &csr(lines));
    assert!(
        all[0].message.contains(TWO) && all[0].message.contains(OTHER),
        "{}",
        all[0].message
    );
    // A bill may leave lines out, so nothing is concluded from it.
    assert_eq!(
        codes(&order(&[BTN, ONE], Vec::new()), &bill(lines)),
        Vec::<String>::new()
    );
}

#[test]
fn each_feature_has_its_own_code_and_is_told_of_numbers_that_leave() {
    let of_account = [
        ("ADSL 20M", "STRANDING_DSL"),
        ("Hunt Group: A", "STRANDING_HUNT_GROUP"),
        ("ISDN PRI", "STRANDING_ISDN"),
        ("CENTREX", "STRANDING_CENTREX"),
        ("Distinctive Ring: Yes", "STRANDING_DISTINCTIVE_RING"),
        ("Local Service Freeze: Yes", "STRANDING_FREEZE"),
        ("Reseller: Acme Voice", "STRANDING_RESELLER"),
    ];
    let order = order(&[ONE, TWO], Vec::new());
    for (text, code) in of_account {
        assert_eq!(codes(&order, &csr(text)), [code], "{text}");
        assert_eq!(
            codes(&order, &bill(text)),
            Vec::<String>::new(),
            "{text} on a bill"
        );
    }
    let of_line = "201-867-0123   ADSL\n201-867-0150   ADSL\n201-867-0150   Distinctive Ring";
    assert_eq!(codes(&order, &csr(of_line)), [format!("STRANDING_DSL {ONE}")]);
    assert_eq!(
        codes(&order, &csr("Local Service Freeze on 201-867-0150")),
        ["STRANDING_FREEZE"]
    );
}

#[test]
fn evidence_has_the_fields_of_a_correction_and_no_secret() {
    let evidence = said(&csr(SAME), SubscriberKind::Residential);
    assert_eq!(
        evidence,
        [
            (Field::FirstName, "ANN".to_owned()),
            (Field::LastName, "LEE".to_owned()),
            (
                Field::ServiceAddress,
                "21 Market Street, Newark NJ 07102-1234".to_owned()
            ),
            (Field::PostalCode, "07102-1234".to_owned()),
            (Field::Btn, BTN.to_owned()),
        ]
    );
}
