//! Numbers and their holders, between the wire and the use cases.

use std::collections::BTreeSet;

use ::grpc::Faults;
use carrier_gateway_domain::NumberPrefix;
use jiff::civil::Date;
use numbering::NumberKind;
use portway_proto::gateway::v1;
use tonic::Status;
use types::{CarrierId, Tn};

use crate::announce;
use crate::ops::Holder;

/// Numbers or blocks of one call.
const ENTRIES_MAX: usize = 1_000;

/// A holder to set; `None`: nobody.
pub(super) type Entry = (NumberPrefix, Option<CarrierId>);

pub(super) fn tns(request: &v1::LookupNumbersRequest) -> Result<Vec<Tn>, Status> {
    let mut faults = Faults::new();
    if !is_countable(&mut faults, "tns", request.tns.len()) {
        return faults.finish(None);
    }
    let tns = request.tns.iter().enumerate();
    let tns: Vec<Option<Tn>> = tns
        .map(|(index, tn)| faults.required(&format!("tns[{index}]"), tn))
        .collect();
    faults.finish(tns.into_iter().collect())
}

pub(super) fn holders(holders: &[Holder], today: Date) -> v1::LookupNumbersResponse {
    v1::LookupNumbersResponse {
        holders: holders.iter().map(|holder| to_wire(holder, today)).collect(),
    }
}

fn to_wire(holder: &Holder, today: Date) -> v1::NumberHolder {
    let unknown = v1::NumberHolder {
        tn: holder.tn.to_string(),
        ..v1::NumberHolder::default()
    };
    let Some(carrier) = &holder.carrier else {
        return unknown;
    };
    let is_toll_free =
        numbering::describe(holder.tn, today).is_ok_and(|info| info.kind == NumberKind::TollFree);
    v1::NumberHolder {
        carrier_id: carrier.id.to_string(),
        name: carrier.name.clone(),
        spid: carrier.spid.to_string(),
        network: announce::network(carrier.network).into(),
        known: true,
        resp_org: carrier
            .resp_org
            .clone()
            .filter(|_| is_toll_free)
            .unwrap_or_default(),
        ..unknown
    }
}

/// The carriers that a request names, to find out which of them there are.
pub(super) fn named_in_blocks(request: &v1::PutNumberBlocksRequest) -> Vec<&str> {
    named(request.blocks.iter().map(|block| block.carrier_id.as_str()))
}

/// [`named_in_blocks`], of ported numbers.
pub(super) fn named_in_numbers(request: &v1::PutPortedNumbersRequest) -> Vec<&str> {
    named(request.numbers.iter().map(|number| number.carrier_id.as_str()))
}

/// What is no carrier id is no carrier's; more than fit in a call are refused anyway.
fn named<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let ids: BTreeSet<&str> = ids.filter(|id| id.parse::<CarrierId>().is_ok()).collect();
    ids.into_iter().take(ENTRIES_MAX).collect()
}

pub(super) fn blocks(
    request: &v1::PutNumberBlocksRequest,
    known: &BTreeSet<CarrierId>,
) -> Result<Vec<Entry>, Status> {
    let entries = request.blocks.iter();
    let entries = entries.map(|block| (block.prefix.as_str(), block.carrier_id.as_str()));
    put(("blocks", "prefix"), entries, known, |faults, field, text| {
        let prefix = faults.required::<NumberPrefix>(field, text)?;
        if !prefix.is_block() {
            faults.add(field, "INVALID", "is one number: PutPortedNumbers takes it");
        }
        Some(prefix)
    })
}

pub(super) fn ported_numbers(
    request: &v1::PutPortedNumbersRequest,
    known: &BTreeSet<CarrierId>,
) -> Result<Vec<Entry>, Status> {
    let entries = request.numbers.iter();
    let entries = entries.map(|number| (number.tn.as_str(), number.carrier_id.as_str()));
    put(("numbers", "tn"), entries, known, |faults, field, text| {
        faults.required::<Tn>(field, text).map(NumberPrefix::from)
    })
}

/// Reads entries of a prefix and a carrier, each prefix once.
fn put<'a>(
    (list, key): (&str, &str),
    entries: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    known: &BTreeSet<CarrierId>,
    mut read: impl FnMut(&mut Faults, &str, &str) -> Option<NumberPrefix>,
) -> Result<Vec<Entry>, Status> {
    let mut faults = Faults::new();
    if !is_countable(&mut faults, list, entries.len()) {
        return faults.finish(None);
    }
    let (mut seen, mut made) = (BTreeSet::new(), Vec::with_capacity(entries.len()));
    for (index, (text, carrier)) in entries.enumerate() {
        let field = format!("{list}[{index}].{key}");
        let prefix = read(&mut faults, &field, text);
        if prefix.as_ref().is_some_and(|prefix| !seen.insert(prefix.clone())) {
            faults.add(field, "DUPLICATE", "is listed before");
        }
        let carrier = known_carrier(
            &mut faults,
            &format!("{list}[{index}].carrier_id"),
            carrier,
            known,
        );
        made.extend(prefix.map(|prefix| (prefix, carrier)));
    }
    faults.finish(Some(made))
}

fn known_carrier(
    faults: &mut Faults,
    field: &str,
    text: &str,
    known: &BTreeSet<CarrierId>,
) -> Option<CarrierId> {
    let id: CarrierId = faults.optional(field, text)?;
    if known.contains(&id) {
        return Some(id);
    }
    faults.add(field, "CARRIER_UNKNOWN", "there is no such carrier");
    None
}

fn is_countable(faults: &mut Faults, field: &str, entries: usize) -> bool {
    let is_countable = (1..=ENTRIES_MAX).contains(&entries);
    if !is_countable {
        faults.add(field, "OUT_OF_RANGE", format!("must hold 1 to {ENTRIES_MAX}"));
    }
    is_countable
}
