//! The rules of billing, case by case.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::num::NonZeroU32;

use billing_domain::{
    AMOUNT_MAX, BilledAccount, CHARGES_MAX, ChargeKind, ChargeSubject, CompletedPort, InvoiceNumber, Month,
    NotPriced, NumberCount, OpenCharge, OpenCharges, Price, PriceError, Quote, Terms, price_on, time_zone,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use types::{AccountId, ChargeId, Currency, EventId, Money, MoneyError, OrderId, Tn};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn price(kind: ChargeKind, cents: i64, currency: Currency, from: Date) -> Price {
    Price::new(kind, Money::new(cents, currency), from).unwrap()
}

#[test]
fn the_price_of_a_day_is_the_last_that_began_and_of_those_the_last_that_was_set() {
    use ChargeKind::{PortIn, PortOut};
    use Currency::{Cad, Usd};
    let book = [
        price(PortIn, 500, Usd, date(2020, 1, 1)),
        price(PortIn, 900, Usd, date(2027, 1, 1)),
        price(PortIn, 600, Usd, date(2026, 7, 1)),
        price(PortIn, 650, Usd, date(2026, 7, 1)),
        price(PortOut, 250, Usd, date(2020, 1, 1)),
        price(PortIn, 700, Cad, date(2026, 8, 1)),
    ];
    let cases = [
        (PortIn, Usd, date(2019, 12, 31), None),
        (PortIn, Usd, date(2020, 1, 1), Some(500)),
        (PortIn, Usd, date(2026, 6, 30), Some(500)),
        (PortIn, Usd, date(2026, 7, 1), Some(650)),
        (PortIn, Usd, date(2026, 12, 31), Some(650)),
        (PortIn, Usd, date(2027, 1, 1), Some(900)),
        (PortOut, Usd, date(2026, 7, 1), Some(250)),
        (PortIn, Cad, date(2026, 7, 31), None),
        (PortIn, Cad, date(2026, 8, 1), Some(700)),
        (PortOut, Cad, date(2026, 8, 1), None),
    ];
    for (kind, currency, day, cents) in cases {
        let found = price_on(&book, kind, currency, day);
        assert_eq!(
            found,
            cents.map(|cents| Money::new(cents, currency)),
            "{kind} {currency} {day}"
        );
    }
}

#[test]
fn a_price_is_from_nothing_to_the_highest() {
    for (cents, ok) in [
        (-1, false),
        (0, true),
        (AMOUNT_MAX, true),
        (AMOUNT_MAX + 1, false),
        (i64::MIN, false),
    ] {
        let made = Price::new(
            ChargeKind::PortIn,
            Money::new(cents, Currency::Usd),
            date(2026, 1, 1),
        );
        assert_eq!(made.is_ok(), ok, "{cents}");
        assert!(ok || made == Err(PriceError));
    }
}

#[test]
fn a_charge_belongs_to_the_month_of_the_accounts_calendar() {
    let cases = [
        ("2026-12-01T03:00:00Z", "America/New_York", "2026-11"),
        ("2026-12-01T04:59:59.999999Z", "America/New_York", "2026-11"),
        ("2026-12-01T05:00:00Z", "America/New_York", "2026-12"),
        ("2026-12-01T03:00:00Z", "UTC", "2026-12"),
        ("2026-12-01T09:59:59Z", "Pacific/Honolulu", "2026-11"),
        ("2026-11-30T10:30:00Z", "Pacific/Kiritimati", "2026-12"),
        ("2027-01-01T03:00:00Z", "America/St_Johns", "2026-12"),
        ("2028-03-01T04:30:00Z", "America/Toronto", "2028-02"),
    ];
    for (instant, zone, month) in cases {
        let zone = time_zone(zone).unwrap();
        assert_eq!(
            Month::at(at(instant), &zone).to_string(),
            month,
            "{instant} {zone:?}"
        );
    }
}

#[test]
fn a_month_is_over_when_the_next_begins_in_the_zone_and_closes_an_hour_later() {
    let november = Month::containing(date(2026, 11, 30));
    let cases = [
        ("UTC", "2026-12-01T00:00:00Z"),
        ("America/New_York", "2026-12-01T05:00:00Z"),
        ("America/Los_Angeles", "2026-12-01T08:00:00Z"),
    ];
    for (zone, end) in cases {
        let zone = time_zone(zone).unwrap();
        let end = at(end);
        assert_eq!(november.end(&zone), Ok(end));
        let before = end - jiff::SignedDuration::from_nanos(1);
        assert!(!november.is_over(before, &zone));
        assert!(november.is_over(end, &zone));
        let closing = end + jiff::SignedDuration::from_hours(1);
        for now in [at("2026-11-03T00:00:00Z"), before, end] {
            assert_eq!(november.closes_at(&zone, now), Ok(closing), "{now}");
        }
    }
}

#[test]
fn the_clock_change_does_not_move_a_months_end() {
    // Daylight saving time ended on 1 November 2026, so October ended at UTC-4 and November at UTC-5.
    let zone = time_zone("America/New_York").unwrap();
    assert_eq!(
        Month::containing(date(2026, 10, 1)).end(&zone),
        Ok(at("2026-11-01T04:00:00Z"))
    );
    assert_eq!(
        Month::containing(date(2026, 11, 1)).end(&zone),
        Ok(at("2026-12-01T05:00:00Z"))
    );
}

#[test]
fn late_charges_are_gathered_for_an_hour() {
    let zone = time_zone("UTC").unwrap();
    let november = Month::containing(date(2026, 11, 1));
    for (now, closing) in [
        ("2026-12-01T00:59:59Z", "2026-12-01T01:00:00Z"),
        ("2026-12-01T01:00:00Z", "2026-12-01T02:00:00Z"),
        ("2027-03-05T12:00:00Z", "2027-03-05T13:00:00Z"),
    ] {
        assert_eq!(november.closes_at(&zone, at(now)), Ok(at(closing)));
    }
}

#[test]
fn the_last_month_of_the_calendar_has_no_end() {
    let zone = time_zone("UTC").unwrap();
    assert!(Month::containing(Date::MAX).end(&zone).is_err());
}

#[test]
fn only_zones_with_a_name_are_taken() {
    assert!(time_zone("America/Halifax").is_ok());
    for name in ["", "Mars/Olympus", "Etc/Unknown", "+05:00", "EST5EDT4"] {
        assert!(time_zone(name).is_err(), "{name}");
    }
}

fn completed(instant: &str) -> CompletedPort {
    CompletedPort {
        account: AccountId::generate(),
        subject: ChargeSubject::PortIn(OrderId::generate()),
        request_number: "PI_100001".parse().unwrap(),
        event: EventId::generate(),
        tns: vec!["+14158675309".parse::<Tn>().unwrap()],
        completed_at: at(instant),
    }
}

#[test]
fn the_terms_of_a_port_follow_the_accounts_calendar_and_currency() {
    let book = [
        price(ChargeKind::PortIn, 500, Currency::Usd, date(2020, 1, 1)),
        price(ChargeKind::PortIn, 600, Currency::Usd, date(2026, 12, 1)),
    ];
    let account = |zone: &str, currency| BilledAccount {
        id: AccountId::generate(),
        name: "Acme".to_owned(),
        time_zone: time_zone(zone).unwrap(),
        currency,
    };
    let port = completed("2026-12-01T03:00:00Z");
    let terms = |zone| port.terms(&account(zone, Currency::Usd), &book);
    assert_eq!(
        terms("America/New_York"),
        Ok(Terms {
            amount: Money::new(500, Currency::Usd),
            month: Month::containing(date(2026, 11, 1))
        })
    );
    assert_eq!(
        terms("UTC"),
        Ok(Terms {
            amount: Money::new(600, Currency::Usd),
            month: Month::containing(date(2026, 12, 1))
        })
    );
    assert_eq!(
        port.terms(&account("UTC", Currency::Cad), &book),
        Err(NotPriced {
            kind: ChargeKind::PortIn,
            currency: Currency::Cad
        })
    );
}

#[test]
fn a_quote_is_the_price_times_the_numbers() {
    for count in [-1, 0, 20_001, i32::MAX] {
        assert!(NumberCount::try_from(count).is_err(), "{count}");
    }
    let unit = Money::new(700, Currency::Cad);
    let quote = Quote::new(unit, NumberCount::try_from(20_000).unwrap()).unwrap();
    assert_eq!(
        (quote.unit, quote.total),
        (unit, Money::new(14_000_000, Currency::Cad))
    );
    let too_much = Quote::new(
        Money::new(i64::MAX, Currency::Usd),
        NumberCount::try_from(2).unwrap(),
    );
    assert_eq!(too_much, Err(MoneyError::Overflow));
}

fn open(cents: i64, currency: Currency) -> OpenCharge {
    OpenCharge {
        id: ChargeId::generate(),
        amount: Money::new(cents, currency),
    }
}

#[test]
fn an_invoice_takes_charges_of_one_currency_up_to_its_limit() {
    use Currency::{Cad, Usd};
    assert_eq!(OpenCharges::first_of(Vec::new()), None);

    let found = vec![open(700, Cad), open(350, Cad), open(500, Usd)];
    let ids = [found[0].id, found[1].id];
    let (charges, has_more) = OpenCharges::first_of(found).unwrap();
    assert_eq!((charges.ids(), has_more), (ids.to_vec(), true));
    assert_eq!(charges.total(), Ok(Money::new(1_050, Cad)));

    for (count, has_more) in [(CHARGES_MAX, false), (CHARGES_MAX + 1, true)] {
        let (charges, more) = OpenCharges::first_of(vec![open(AMOUNT_MAX, Usd); count]).unwrap();
        assert_eq!((charges.count(), more), (CHARGES_MAX, has_more));
        // The fullest invoice at the highest price still adds up.
        assert_eq!(
            charges.total(),
            Ok(Money::new(AMOUNT_MAX * i64::try_from(CHARGES_MAX).unwrap(), Usd))
        );
    }
}

#[test]
fn a_total_that_does_not_fit_is_an_error() {
    let (charges, _) =
        OpenCharges::first_of(vec![open(i64::MAX, Currency::Usd), open(1, Currency::Usd)]).unwrap();
    assert_eq!(charges.total(), Err(MoneyError::Overflow));
}

#[test]
fn an_invoice_number_has_one_spelling() {
    let number: InvoiceNumber = "INV-2026-11-000001".parse().unwrap();
    assert_eq!(
        (number.month(), number.serial().get()),
        (Month::containing(date(2026, 11, 1)), 1)
    );
    for refused in [
        "",
        "INV-",
        "INV-2026-11",
        "INV-2026-11-",
        "INV-2026-11-1",
        "INV-2026-11-000000",
        "INV-2026-13-000001",
        "INV-2026-00-000001",
        "INV-2026-1-000001",
        "INV-+2026-11-000001",
        "INV--026-11-000001",
        "inv-2026-11-000001",
        "INV-2026-11-0000001",
        "INV-2026-11-000001 ",
        "INV-2026-11-4294967296",
    ] {
        assert!(refused.parse::<InvoiceNumber>().is_err(), "{refused}");
    }
}

proptest! {
    #[test]
    fn every_invoice_number_reads_back(year in 2000_i16..=9999, month in 1_i8..=12, serial in 1_u32..) {
        let number = InvoiceNumber::new(
            Month::containing(date(year, month, 28)),
            NonZeroU32::new(serial).unwrap(),
        );
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }

    #[test]
    fn a_month_is_over_exactly_from_its_end_on(second in 0_i64..4_000_000_000, offset in -5_i64..5) {
        let zone = time_zone("America/Denver").unwrap();
        let month = Month::at(Timestamp::from_second(second).unwrap(), &zone);
        let end = month.end(&zone).unwrap();
        let now = Timestamp::from_second(end.as_second() + offset).unwrap();
        prop_assert_eq!(month.is_over(now, &zone), offset >= 0);
    }
}
