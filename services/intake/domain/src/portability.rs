//! Whether numbers can be ported, and what that takes, before there is an order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use numbering::{NpacRegion, NumberInfo, NumberKind, NumberRefusal};
use types::{CarrierId, Tn};

use crate::carrier::{CarrierProfile, Holder, Network, Timing};

/// What is asked of the carrier that has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortPath {
    /// A local service request to a wireline carrier.
    LocalServiceRequest,
    /// A wireless port request.
    WirelessPortRequest,
    /// A change of `RespOrg`.
    RespOrgChange,
}

/// Why no order of a number can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortRefusal {
    /// It is not a number that can be ported.
    #[error(transparent)]
    Number(#[from] NumberRefusal),
    /// An order has it. Whose is not told.
    #[error("the number is in an order that is under way")]
    InFlight,
    /// It is on this platform.
    #[error("the number is in service on this platform already")]
    InService,
}

impl PortRefusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Number(refusal) => refusal.code(),
            Self::InFlight => "TN_IN_FLIGHT",
            Self::InService => "TN_IN_SERVICE",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        const CORRECT: &str = "Correct the number.";
        const INSTEAD: &str = "Take a new number, and forward calls from this one if its owner allows it.";
        match self {
            Self::Number(refusal) => match refusal {
                NumberRefusal::TnLength { .. }
                | NumberRefusal::NpaFormat { .. }
                | NumberRefusal::NpaN11 { .. }
                | NumberRefusal::NpaReserved { .. }
                | NumberRefusal::NxxFormat { .. }
                | NumberRefusal::NxxN11 { .. }
                | NumberRefusal::NonAsciiDigits
                | NumberRefusal::Character { .. } => CORRECT,
                NumberRefusal::Letters => "Write the number in digits.",
                NumberRefusal::Extension => "Leave the extension out.",
                NumberRefusal::NpaUnknown { .. } => {
                    "Correct the number; if the area code is new, have operations add it to the table."
                }
                NumberRefusal::NpaNotYetActive { .. } => "Wait for the day that is named.",
                NumberRefusal::NxxNotPortable { .. }
                | NumberRefusal::Reserved555 { .. }
                | NumberRefusal::Premium { .. }
                | NumberRefusal::Personal { .. }
                | NumberRefusal::NonGeographic { .. }
                | NumberRefusal::SacNotInService { .. }
                | NumberRefusal::NotUsCa { .. }
                | NumberRefusal::Foreign => INSTEAD,
                NumberRefusal::DuplicateTn { .. } => "Send it once.",
            },
            Self::InFlight => "Finish or cancel that order first.",
            Self::InService => "Leave it out; it need not be ported.",
        }
    }
}

/// Whether it is known who has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knowledge {
    /// The gateway could not be asked.
    Unavailable,
    /// No carrier that it knows.
    NotFound,
    /// This one; its profile, where the gateway has told of it.
    Known(Holder, Option<Box<CarrierProfile>>),
}

/// What is said of a number that can be ported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portable {
    /// How; none: it depends on a carrier that is not known.
    pub path: Option<PortPath>,
    /// Who has it.
    pub carrier: Knowledge,
    /// The earliest date that it can be wanted for; none: the calendar ends before.
    pub earliest: Option<Date>,
    /// Business days of the carrier from today to that date.
    pub interval_days: usize,
}

/// What is said of one number that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portability {
    /// What the number is, if it is one.
    pub info: Option<NumberInfo>,
    /// Whether it can be ported.
    pub verdict: Result<Portable, PortRefusal>,
}

/// What is known of numbers beyond their digits.
#[derive(Debug, Clone, Default)]
pub struct KnownOfNumbers {
    /// In orders that are under way, whosever they are.
    pub in_flight: BTreeSet<Tn>,
    /// On this platform.
    pub in_service: BTreeSet<Tn>,
    /// Who has each; `None`: it could not be asked.
    pub holders: Option<BTreeMap<Tn, Holder>>,
    /// The profiles of those carriers.
    pub profiles: BTreeMap<CarrierId, CarrierProfile>,
}

/// Judges each number by itself. For dates, the numbers that would be in one order count as one.
pub fn check(
    numbers: Vec<Result<NumberInfo, NumberRefusal>>,
    known: &KnownOfNumbers,
    now: Timestamp,
) -> Vec<Portability> {
    let judged: Vec<_> = numbers.into_iter().map(|number| refuse(number, known)).collect();
    let mut sizes: BTreeMap<(NumberKind, Option<&CarrierId>), usize> = BTreeMap::new();
    for info in judged.iter().filter_map(|number| number.as_ref().ok()) {
        *sizes.entry(order_of(info, known)).or_default() += 1;
    }
    let answer = |number: Result<NumberInfo, (PortRefusal, Option<NumberInfo>)>| match number {
        Ok(info) => {
            let size = sizes.get(&order_of(&info, known)).copied().unwrap_or(1);
            let verdict = Ok(describe(&info, size, known, now));
            Portability {
                info: Some(info),
                verdict,
            }
        }
        Err((refusal, info)) => Portability {
            info,
            verdict: Err(refusal),
        },
    };
    judged.into_iter().map(answer).collect()
}

fn refuse(
    number: Result<NumberInfo, NumberRefusal>,
    known: &KnownOfNumbers,
) -> Result<NumberInfo, (PortRefusal, Option<NumberInfo>)> {
    let info = number.map_err(|refusal| (refusal.into(), None))?;
    if known.in_service.contains(&info.tn) {
        return Err((PortRefusal::InService, Some(info)));
    }
    if known.in_flight.contains(&info.tn) {
        return Err((PortRefusal::InFlight, Some(info)));
    }
    Ok(info)
}

/// In which order the number would be: one for each carrier, and toll-free numbers apart from others.
fn order_of<'a>(info: &NumberInfo, known: &'a KnownOfNumbers) -> (NumberKind, Option<&'a CarrierId>) {
    (info.kind, holder_of(info, known).map(|holder| &holder.carrier))
}

fn holder_of<'a>(info: &NumberInfo, known: &'a KnownOfNumbers) -> Option<&'a Holder> {
    known.holders.as_ref()?.get(&info.tn)
}

fn describe(info: &NumberInfo, size: usize, known: &KnownOfNumbers, now: Timestamp) -> Portable {
    let holder = holder_of(info, known);
    let profile = holder.and_then(|holder| known.profiles.get(&holder.carrier));
    let path = match (info.kind, holder.map(|holder| holder.network)) {
        (NumberKind::TollFree, _) => Some(PortPath::RespOrgChange),
        (NumberKind::Geographic, Some(Network::Wireless)) => Some(PortPath::WirelessPortRequest),
        (NumberKind::Geographic, Some(Network::Wireline)) => Some(PortPath::LocalServiceRequest),
        // A RespOrg has no other numbers, so the data is wrong.
        (NumberKind::Geographic, Some(Network::TollFree) | None) => None,
    };
    let network = match path {
        Some(PortPath::RespOrgChange) => Network::TollFree,
        Some(PortPath::WirelessPortRequest) => Network::Wireless,
        // The longer rule, where it is not known.
        Some(PortPath::LocalServiceRequest) | None => Network::Wireline,
    };
    // Toll-free numbers have no region and run by the clock of the NPAC's own, which is Eastern.
    let region = info.region.unwrap_or(NpacRegion::Northeast);
    let carrier = match (holder, &known.holders) {
        (Some(holder), _) => Knowledge::Known(holder.clone(), profile.cloned().map(Box::new)),
        (None, Some(_)) => Knowledge::NotFound,
        (None, None) => Knowledge::Unavailable,
    };
    let timing = Timing::of(network, size, profile);
    let earliest = timing.earliest(region, now).ok();
    Portable {
        path,
        carrier,
        earliest,
        interval_days: earliest.map_or(0, |date| timing.business_days_to(date, region, now)),
    }
}
