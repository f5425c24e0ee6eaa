//! Reads which orders are asked for, all faults at once.

use grpc::{Faults, page};
use intake_domain::port_in::{Court, StateName};
use portway_proto::intake::v1;
use portway_proto::types::v1 as types_v1;
use prost::Message;
use prost_types::Timestamp as ProtoTimestamp;
use service::stamp;
use types::RequestNumber;

use super::{details, order_name_in, render};
use crate::announce::port_in::court as to_proto;
use crate::ops::port_in::{OrderFilter, Requester, SortKey, TimeRange};

/// There are fewer states and fewer courts than this.
const CHOICES_MAX: usize = 20;

/// Filter and sort of a call, and the text that its page tokens are bound to.
pub(super) struct Asked {
    pub(super) filter: OrderFilter,
    pub(super) sort: SortKey,
    pub(super) ascending: bool,
    pub(super) binding: String,
}

/// Reads filter and sort. `requester`: whose list it is, for the page token. `now`: when an order is overdue.
pub(super) fn read(
    faults: &mut Faults,
    filter: Option<&v1::OrderFilter>,
    sort: i32,
    ascending: bool,
    requester: &Requester,
    now: jiff::Timestamp,
) -> Asked {
    let given = filter.cloned().unwrap_or_default();
    let binding = format!(
        "orders {} {sort} {ascending} {}",
        requester.account,
        hex::encode(given.encode_to_vec())
    );
    let filter = read_filter(faults, &given, now);
    let sort = match v1::OrderSort::try_from(sort) {
        Ok(v1::OrderSort::Unspecified) => suited(&filter),
        Ok(v1::OrderSort::Created) => SortKey::Created,
        Ok(v1::OrderSort::Updated) => SortKey::Updated,
        Ok(v1::OrderSort::Submitted) => SortKey::Submitted,
        Ok(v1::OrderSort::Foc) => SortKey::Foc,
        Ok(v1::OrderSort::Due) => SortKey::Due,
        Ok(v1::OrderSort::Ended) => SortKey::Ended,
        Err(_) => {
            faults.add("sort", "INVALID", "is not something that orders are sorted by");
            SortKey::Created
        }
    };
    Asked {
        filter,
        sort,
        ascending,
        binding,
    }
}

/// The sort that has the filter's own index.
fn suited(filter: &OrderFilter) -> SortKey {
    let ranges = [
        (filter.created.is_set(), SortKey::Created),
        (filter.submitted.is_set(), SortKey::Submitted),
        (filter.foc.is_set(), SortKey::Foc),
        (filter.ended.is_set(), SortKey::Ended),
        (filter.overdue_at.is_some(), SortKey::Due),
    ];
    let first = ranges.into_iter().find(|(is_set, _)| *is_set);
    first.map_or(SortKey::Created, |(_, sort)| sort)
}

fn read_filter(faults: &mut Faults, given: &v1::OrderFilter, now: jiff::Timestamp) -> OrderFilter {
    OrderFilter {
        account: None,
        named_account: faults.optional("filter.account_id", &given.account_id),
        states: read_states(faults, &given.states),
        courts: read_courts(faults, &given.courts),
        losing_carrier: faults.optional("filter.losing_carrier", &given.losing_carrier),
        tn: details::tn(faults, "filter.phone_number", &given.phone_number)
            .ok()
            .flatten(),
        reference: faults.optional("filter.customer_reference", &given.customer_reference),
        request_number: faults.optional::<RequestNumber>("filter.request_number", &given.request_number),
        parent: (!given.parent_order.is_empty())
            .then(|| order_name_in(faults, "filter.parent_order", &given.parent_order))
            .flatten(),
        overdue_at: given.overdue.then_some(now),
        created: read_range(faults, "filter.created", given.created.as_ref()),
        submitted: read_range(faults, "filter.submitted", given.submitted.as_ref()),
        foc: read_range(faults, "filter.foc", given.foc.as_ref()),
        ended: read_range(faults, "filter.ended", given.ended.as_ref()),
    }
}

fn read_states(faults: &mut Faults, numbers: &[i32]) -> Vec<StateName> {
    let known = |number| {
        let asked = v1::OrderState::try_from(number).ok();
        let mut all = StateName::ALL.into_iter();
        all.find(|name| asked == Some(render::state(*name)))
    };
    read_choices(
        faults,
        "filter.states",
        "is not a state of orders",
        numbers,
        known,
    )
}

fn read_courts(faults: &mut Faults, numbers: &[i32]) -> Vec<Court> {
    let known = |number| {
        let asked = types_v1::Court::try_from(number).ok();
        Court::ALL
            .into_iter()
            .find(|court| asked == Some(to_proto(*court)))
    };
    read_choices(
        faults,
        "filter.courts",
        "is nobody whose turn it could be",
        numbers,
        known,
    )
}

/// Reads a list of enum values, each once.
fn read_choices<T: PartialEq>(
    faults: &mut Faults,
    field: &str,
    message: &str,
    numbers: &[i32],
    known: impl Fn(i32) -> Option<T>,
) -> Vec<T> {
    let mut chosen = Vec::new();
    if numbers.len() > CHOICES_MAX {
        faults.add(field, "TOO_MANY", format!("must be at most {CHOICES_MAX}"));
        return chosen;
    }
    for (index, number) in numbers.iter().enumerate() {
        match known(*number) {
            Some(choice) if !chosen.contains(&choice) => chosen.push(choice),
            Some(_) => {}
            None => faults.add(format!("{field}[{index}]"), "INVALID", message),
        }
    }
    chosen
}

/// Reads a span of time.
pub(in crate::grpc) fn read_range(
    faults: &mut Faults,
    field: &str,
    range: Option<&v1::TimeRange>,
) -> TimeRange {
    let Some(range) = range else {
        return TimeRange::default();
    };
    TimeRange {
        from: read_instant(faults, &format!("{field}.from"), range.from.as_ref()),
        before: read_instant(faults, &format!("{field}.before"), range.before.as_ref()),
    }
}

/// Reads an instant that may be missing.
pub(in crate::grpc) fn read_instant(
    faults: &mut Faults,
    field: &str,
    at: Option<&ProtoTimestamp>,
) -> Option<jiff::Timestamp> {
    at.and_then(|at| faults.check(field, "INVALID", stamp::from_proto(at)))
}

/// Reads a page's size, and where it starts.
pub(in crate::grpc) fn read_page<T: serde::de::DeserializeOwned>(
    faults: &mut Faults,
    (size, default, max): (i32, i64, i64),
    binding: &str,
    token: &str,
) -> (i64, Option<T>) {
    let size = page::size(faults, size, default, max);
    (size, page::cursor(faults, binding, token))
}
