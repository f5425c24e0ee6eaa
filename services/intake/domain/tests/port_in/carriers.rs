//! What the losing carrier's profile asks of an order.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use calendar::DayOverride;
use intake_domain::carrier::{AsksFor, CarrierProfile, Holder, LosingCarrier, Network};
use intake_domain::port_in::requirements::{CarrierFacts, DocumentFacts, DocumentKind, Documents, of_order};
use intake_domain::port_in::{Detail, NumberState, Order, OrderNumber, OrderRecord, StateName};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::orders::{ONE, TWO, at, number, order_in, tn};

const SEATTLE: &str = "+12068670123";
const TOLL_FREE: &str = "+18008670123";

/// Monday, 10:00 in New Jersey.
fn now() -> Timestamp {
    at("2026-11-23T15:00:00Z")
}

pub(crate) fn carrier(network: Network) -> CarrierProfile {
    CarrierProfile {
        id: "sim-wireless".parse().unwrap(),
        name: "Harbor Mobile".to_owned(),
        spid: "HRBM".parse().unwrap(),
        network,
        asks_for: AsksFor {
            pin: false,
            account_number: true,
            loa: false,
        },
        interval_days: 0,
        days: BTreeMap::new(),
        answers_per_number: false,
        bill_age_max_days: None,
        activates_on_demand: None,
        resp_org: None,
    }
}

fn known(carrier: CarrierProfile) -> CarrierFacts {
    CarrierFacts {
        losing: LosingCarrier::Known(Box::new(carrier)),
        ..CarrierFacts::UNKNOWN
    }
}

fn order(tns: &[&str], details: Vec<Detail>) -> Order {
    let draft = order_in(StateName::Draft).edit(details).unwrap().order;
    let numbers = tns.iter().map(|tn| number(tn, NumberState::Draft)).collect();
    Order::restore(OrderRecord {
        numbers,
        ..draft.record().clone()
    })
}

fn without_pins(order: &Order) -> Order {
    let numbers = order.record().numbers.iter().cloned();
    let numbers = numbers
        .map(|number| OrderNumber { pin: None, ..number })
        .collect();
    Order::restore(OrderRecord {
        numbers,
        ..order.record().clone()
    })
}

fn document(kind: DocumentKind, dated: Date) -> DocumentFacts {
    DocumentFacts {
        kind,
        dated: Some(dated),
        tns: [ONE, TWO, SEATTLE, TOLL_FREE].map(tn).to_vec(),
        is_readable: true,
        uploaded_at: now(),
    }
}

/// Code and number of each, warnings in brackets.
fn codes_with(order: &Order, documents: &[DocumentFacts], facts: &CarrierFacts) -> Vec<String> {
    let all = of_order(order, &Documents::by_default(documents), facts, now());
    all.into_iter()
        .map(|requirement| {
            assert!(!requirement.message.is_empty() && !requirement.remedy.is_empty());
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

fn codes(order: &Order, facts: &CarrierFacts) -> Vec<String> {
    codes_with(order, &[document(DocumentKind::Csr, date(2026, 11, 1))], facts)
}

#[test]
fn each_thing_that_a_carrier_asks_for_is_asked_of_the_order() {
    let asking = |asks_for: AsksFor| {
        known(CarrierProfile {
            asks_for,
            ..carrier(Network::Wireless)
        })
    };
    let nothing = AsksFor {
        pin: false,
        account_number: false,
        loa: false,
    };
    let bare = || without_pins(&order(&[ONE, TWO], vec![Detail::AccountNumber(None)]));
    let cases = [
        (asking(nothing), vec![]),
        (
            asking(AsksFor { pin: true, ..nothing }),
            vec![format!("PIN_REQUIRED {ONE}"), format!("PIN_REQUIRED {TWO}")],
        ),
        (
            asking(AsksFor {
                account_number: true,
                ..nothing
            }),
            vec!["MISSING".to_owned()],
        ),
        (
            asking(AsksFor { loa: true, ..nothing }),
            vec!["LOA_MISSING".to_owned()],
        ),
        // Of a carrier that is not known the account number is asked for, for nearly all want it.
        (CarrierFacts::UNKNOWN, vec!["MISSING".to_owned()]),
        (
            CarrierFacts {
                losing: LosingCarrier::NoSuch,
                ..CarrierFacts::UNKNOWN
            },
            vec!["LOSING_CARRIER_UNKNOWN".to_owned(), "MISSING".to_owned()],
        ),
    ];
    for (facts, expected) in cases {
        assert_eq!(codes(&bare(), &facts), expected, "{facts:?}");
    }
    let all = asking(AsksFor {
        pin: true,
        account_number: true,
        loa: true,
    });
    let loa = [
        document(DocumentKind::Csr, date(2026, 11, 1)),
        document(DocumentKind::Loa, date(2026, 11, 20)),
    ];
    let complete = order(&[ONE, TWO], Vec::new());
    assert_eq!(codes_with(&complete, &loa, &all), Vec::<String>::new());
}

#[test]
fn a_bill_is_refused_for_its_age_by_carriers_that_say_how_old_it_may_be() {
    let limited = |days| {
        known(CarrierProfile {
            bill_age_max_days: NonZeroU16::new(days),
            ..carrier(Network::Wireless)
        })
    };
    let bill = |dated| [document(DocumentKind::Bill, dated)];
    let cases: [(CarrierFacts, Date, &[&str]); 6] = [
        (limited(0), date(2026, 10, 24), &[]),
        (limited(0), date(2026, 10, 23), &["[BILL_TOO_OLD]"]),
        (limited(60), date(2026, 10, 23), &[]),
        (limited(60), date(2026, 9, 23), &["BILL_TOO_OLD"]),
        (limited(20), date(2026, 11, 2), &["BILL_TOO_OLD"]),
        (CarrierFacts::UNKNOWN, date(2026, 10, 23), &["[BILL_TOO_OLD]"]),
    ];
    for (facts, dated, expected) in cases {
        assert_eq!(
            codes_with(&order(&[ONE], Vec::new()), &bill(dated), &facts),
            expected,
            "{dated}"
        );
    }
}

#[test]
fn toll_free_numbers_go_by_a_resp_org_and_others_never_do() {
    let no_btn = vec![Detail::Btn(None)];
    let loa = [
        document(DocumentKind::Csr, date(2026, 11, 1)),
        document(DocumentKind::Loa, date(2026, 11, 20)),
    ];
    let both_ways = CarrierProfile {
        resp_org: Some("HRB01".to_owned()),
        ..carrier(Network::Wireline)
    };
    let cases: [(&str, CarrierProfile, &[&str]); 5] = [
        (TOLL_FREE, carrier(Network::Wireless), &["CARRIER_NOT_RESP_ORG"]),
        (TOLL_FREE, both_ways.clone(), &[]),
        (TOLL_FREE, carrier(Network::TollFree), &[]),
        (ONE, both_ways, &[]),
        (ONE, carrier(Network::TollFree), &["CARRIER_RESP_ORG_ONLY"]),
    ];
    for (number, carrier, expected) in cases {
        let details = if number == TOLL_FREE {
            no_btn.clone()
        } else {
            Vec::new()
        };
        let network = carrier.network;
        let found = codes_with(&order(&[number], details), &loa, &known(carrier));
        assert_eq!(found, expected, "{number} {network:?}");
    }
}

#[test]
fn the_wanted_date_is_judged_by_region_kind_interval_and_the_carriers_own_days() {
    let thanksgiving_friday = date(2026, 11, 27);
    let wanted = |day: Date| vec![Detail::WantedDate(Some(day))];
    let interval = |interval_days| CarrierProfile {
        interval_days,
        ..carrier(Network::Wireline)
    };
    let closed = || CarrierProfile {
        days: BTreeMap::from([(thanksgiving_friday, DayOverride::Closed)]),
        ..carrier(Network::Wireline)
    };
    let cases: Vec<(&[&str], Date, CarrierProfile, &[&str])> = vec![
        // Simple: one business day; complex: four; wireless: hours.
        (&[ONE], date(2026, 11, 24), carrier(Network::Wireline), &[]),
        (
            &[ONE, TWO],
            date(2026, 11, 24),
            carrier(Network::Wireline),
            &["DATE_TOO_SOON"],
        ),
        (&[ONE, TWO], date(2026, 11, 30), carrier(Network::Wireline), &[]),
        (&[ONE, TWO], date(2026, 11, 23), carrier(Network::Wireless), &[]),
        // The carrier's own interval and days.
        (&[ONE], date(2026, 11, 27), interval(4), &["DATE_TOO_SOON"]),
        (&[ONE], date(2026, 11, 30), interval(4), &[]),
        (&[ONE], thanksgiving_friday, carrier(Network::Wireline), &[]),
        (&[ONE], thanksgiving_friday, closed(), &["DATE_NOT_BUSINESS_DAY"]),
        // The rest of the rules for wanted dates.
        (
            &[ONE],
            date(2026, 11, 28),
            carrier(Network::Wireline),
            &["DATE_NOT_BUSINESS_DAY"],
        ),
        (
            &[ONE],
            date(2026, 12, 24),
            carrier(Network::Wireline),
            &["DATE_TOO_FAR"],
        ),
        (
            &[ONE],
            date(2026, 11, 22),
            carrier(Network::Wireline),
            &["DATE_PAST"],
        ),
    ];
    for (tns, day, carrier, expected) in cases {
        assert_eq!(
            codes(&order(tns, wanted(day)), &known(carrier)),
            expected,
            "{tns:?} {day}"
        );
    }
}

#[test]
fn each_region_is_told_of_its_own_date() {
    // 05:30 on the 24th in the East, 22:30 on the 23rd in the Mountains, by whose clock Seattle goes.
    let late = at("2026-11-24T05:30:00Z");
    let wanted = order(
        &[ONE, SEATTLE],
        vec![Detail::WantedDate(Some(date(2026, 11, 23)))],
    );
    let facts = known(carrier(Network::Wireless));
    let documents = [document(DocumentKind::Csr, date(2026, 11, 1))];
    let all = of_order(&wanted, &Documents::by_default(&documents), &facts, late);
    let found: Vec<_> = all
        .iter()
        .map(|one| (one.code, one.tn, one.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "DATE_PAST",
                Some(tn(ONE)),
                "2026-11-23 has passed; the earliest date is 2026-11-24"
            ),
            (
                "DATE_TOO_SOON",
                Some(tn(SEATTLE)),
                "2026-11-23 is too soon for the losing carrier; the earliest date is 2026-11-24"
            ),
        ]
    );
}

#[test]
fn a_number_that_another_carrier_has_is_a_warning_with_both_names() {
    let holder = |id: &str, name: &str| Holder {
        carrier: id.parse().unwrap(),
        name: name.to_owned(),
        spid: None,
        network: Network::Wireline,
        resp_org: None,
    };
    let facts = CarrierFacts {
        holders: BTreeMap::from([
            (tn(ONE), holder("sim-wireless", "Harbor Mobile")),
            (tn(TWO), holder("sim-wireline", "Sim Wireline")),
        ]),
        ..known(carrier(Network::Wireless))
    };
    let order = order(&[ONE, TWO, SEATTLE], Vec::new());
    let all = of_order(
        &order,
        &Documents::by_default(&[document(DocumentKind::Csr, date(2026, 11, 1))]),
        &facts,
        now(),
    );
    let [only] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (only.code, only.tn, only.is_warning),
        ("LOSING_CARRIER_MISMATCH", Some(tn(TWO)), true)
    );
    assert_eq!(
        only.message,
        format!("{TWO} is with Sim Wireline, the order says Harbor Mobile")
    );
}

#[test]
fn more_than_fifty_numbers_are_a_project() {
    let fifty_one: Vec<String> = (100..151).map(|line| format!("+1201867{line:04}")).collect();
    let fifty_one: Vec<&str> = fifty_one.iter().map(String::as_str).collect();
    let facts = known(carrier(Network::Wireline));
    assert_eq!(
        codes(&order(&fifty_one, Vec::new()), &facts),
        ["[PROJECT_NEGOTIATED]"]
    );
    assert_eq!(
        codes(&order(&fifty_one[1..], Vec::new()), &facts),
        Vec::<String>::new()
    );
}

/// What an order without a carrier lacks is the carrier, once.
#[test]
fn an_order_that_names_no_carrier_is_not_told_that_it_does_not_exist() {
    let none = order(&[ONE], vec![Detail::LosingCarrier(None)]);
    assert_eq!(codes(&none, &CarrierFacts::UNKNOWN), ["MISSING"]);
}
