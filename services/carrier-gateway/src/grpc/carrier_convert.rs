//! A carrier as a caller describes it. All faults of the description are named at once.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use ::grpc::Faults;
use calendar::{BusinessHours, DayOverride};
use carrier_gateway_domain::{Activation, AsksFor, Carrier, Network};
use jiff::civil::{Date, Time, Weekday};
use portway_proto::gateway::v1;
use portway_proto::types::v1 as shared;
use service::stamp;
use tonic::Status;
use types::CarrierId;

const NAME_CHARS_MAX: usize = 100;
const RESP_ORG_CHARS: usize = 5;
const INTERVAL_DAYS_MAX: u16 = 30;
const BILL_AGE_DAYS_MAX: u16 = 366;
const DATES_MAX: usize = 400;

pub(super) fn carrier(carrier: Option<&v1::Carrier>) -> Result<Carrier, Status> {
    let mut faults = Faults::new();
    let Some(raw) = carrier else {
        faults.add("carrier", "MISSING", "must be set");
        return faults.finish(None);
    };
    let id: Option<CarrierId> = faults.required("carrier.carrier_id", &raw.carrier_id);
    check_name(&mut faults, &raw.name);
    let spid = faults.required("carrier.spid", &raw.spid);
    let network = network(&mut faults, raw.network());
    let interval_days = days_max(
        &mut faults,
        "carrier.interval_business_days",
        raw.interval_business_days,
        INTERVAL_DAYS_MAX,
    );
    let days = days(&mut faults, &raw.closed_on, &raw.works_on);
    let bill_age_max_days = days_max(
        &mut faults,
        "carrier.bill_age_max_days",
        raw.bill_age_max_days,
        BILL_AGE_DAYS_MAX,
    );
    let hours = hours(&mut faults, &raw.activation_opens, &raw.activation_closes);
    let resp_org = resp_org(&mut faults, &raw.resp_org, network);
    let made = match (id, spid, network, hours) {
        (Some(id), Some(spid), Some(network), Some(hours)) => Some(Carrier {
            // A carrier that is new to us speaks for itself; a known one keeps its code list.
            code_list: id.clone(),
            id,
            name: raw.name.clone(),
            spid,
            network,
            asks_for: AsksFor {
                pin: raw.pin_required,
                account_number: raw.account_number_required,
                loa: raw.loa_required,
            },
            interval_days,
            days,
            answers_per_number: raw.answers_per_number,
            bill_age_max_days,
            activation: Activation {
                hours,
                is_on_demand: raw.activates_on_demand,
            },
            resp_org,
        }),
        (_, _, _, _) => None,
    };
    faults.finish(made)
}

fn check_name(faults: &mut Faults, name: &str) {
    if name.trim().is_empty() {
        faults.add("carrier.name", "MISSING", "must be set");
    }
    if name.contains('\0') {
        faults.add("carrier.name", "INVALID", "must be text");
    }
    faults.at_most("carrier.name", name, NAME_CHARS_MAX);
}

fn network(faults: &mut Faults, network: v1::Network) -> Option<Network> {
    match network {
        v1::Network::Wireless => Some(Network::Wireless),
        v1::Network::Wireline => Some(Network::Wireline),
        v1::Network::TollFree => Some(Network::TollFree),
        v1::Network::Unspecified => {
            let message = "must be wireless, wireline or toll-free";
            faults.add("carrier.network", "INVALID", message);
            None
        }
    }
}

/// A number of days of which 0 means that there is none.
fn days_max(faults: &mut Faults, field: &str, days: i32, max: u16) -> Option<NonZeroU16> {
    let in_range = u16::try_from(days).ok().filter(|days| *days <= max);
    if in_range.is_none() {
        faults.add(field, "OUT_OF_RANGE", format!("must be 0 to {max}"));
    }
    in_range.and_then(NonZeroU16::new)
}

/// The days on which it departs from the holidays of a country, each once, in one way.
fn days(faults: &mut Faults, closed: &[shared::Date], works: &[shared::Date]) -> BTreeMap<Date, DayOverride> {
    let mut days = BTreeMap::new();
    let lists = [
        ("carrier.closed_on", closed, DayOverride::Closed),
        ("carrier.works_on", works, DayOverride::Open),
    ];
    for (field, dates, kind) in lists {
        if dates.len() > DATES_MAX {
            faults.add(field, "TOO_MANY", format!("must hold at most {DATES_MAX}"));
            continue;
        }
        for (index, date) in dates.iter().enumerate() {
            let field = format!("{field}[{index}]");
            let Some(date) = stamp::date_from_proto(date) else {
                faults.add(field, "INVALID", "must be a day of the years 2000 to 9999");
                continue;
            };
            if kind == DayOverride::Open && matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
                faults.add(&field, "WEEKEND", "no port is worked on at a weekend");
            }
            if days.insert(date, kind).is_some() {
                faults.add(field, "DUPLICATE", format!("{date} is listed before"));
            }
        }
    }
    days
}

fn hours(faults: &mut Faults, opens: &str, closes: &str) -> Option<BusinessHours> {
    let default = BusinessHours::default();
    let mut time = |field: &str, text: &str, default: Time| {
        if text.is_empty() {
            return Some(default);
        }
        // There are other ways to write a time, also in five characters.
        let is_hh_mm = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
        let time = text.parse::<Time>().ok().filter(|_| is_hh_mm);
        if time.is_none() {
            faults.add(field, "INVALID", "must be HH:MM");
        }
        time
    };
    let opens = time("carrier.activation_opens", opens, default.opens());
    let closes = time("carrier.activation_closes", closes, default.closes());
    let hours = BusinessHours::new(opens?, closes?);
    if hours.is_none() {
        let message = "must be later than activation_opens";
        faults.add("carrier.activation_closes", "OUT_OF_RANGE", message);
    }
    hours
}

fn resp_org(faults: &mut Faults, text: &str, network: Option<Network>) -> Option<String> {
    if text.is_empty() {
        if network == Some(Network::TollFree) {
            faults.add("carrier.resp_org", "MISSING", "a toll-free carrier has one");
        }
        return None;
    }
    let is_id = text.len() == RESP_ORG_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !is_id {
        let message = format!("must be {RESP_ORG_CHARS} capital letters or digits");
        faults.add("carrier.resp_org", "INVALID", message);
    }
    Some(text.to_owned())
}
