//! What a reader asks for, checked: where it starts, what it may see, and what it may say about itself.

use std::collections::HashMap;

use auth::{Caller, CallerKind};
use grpc::{Faults, status};
use jiff::Timestamp;
use portway_proto::events::v1::{Position, StreamEventsRequest, stream_events_request::Start};
use tonic::{Code, Status};
use types::AccountId;

use crate::reader::Places;
use crate::{partition, partition_of};

/// Payload names in one filter at most.
const TYPES_MAX: usize = 100;
/// Bytes in one of them at most.
const TYPE_BYTES_MAX: usize = 200;

/// A stream request that makes sense.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) reader: String,
    /// Whose reader it is.
    pub(crate) owner: AccountId,
    /// The only account whose events it may see; `None`: all.
    pub(crate) account: Option<AccountId>,
    pub(crate) types: Vec<String>,
    pub(crate) start: Start,
    pub(crate) until_now: bool,
}

impl Checked {
    /// The partitions to read: all, or the account's own.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = i16> + use<> {
        let own = self.account.map(partition_of);
        partition::all().filter(move |number| own.is_none_or(|own| own == *number))
    }
}

pub(crate) fn check(caller: &Caller, request: StreamEventsRequest) -> Result<Checked, Status> {
    let mut faults = Faults::new();
    let needs_name = matches!(request.start, Some(Start::FromConfirmed(_)));
    check_reader(&mut faults, caller, &request.reader, needs_name);
    if request.types.len() > TYPES_MAX {
        faults.add("types", "OUT_OF_RANGE", format!("must be at most {TYPES_MAX}"));
    }
    for (index, name) in request.types.iter().enumerate() {
        let field = || format!("types[{index}]");
        if name.len() > TYPE_BYTES_MAX {
            faults.add(
                field(),
                "OUT_OF_RANGE",
                format!("must be at most {TYPE_BYTES_MAX} bytes"),
            );
        }
        // Postgres keeps no NUL in a text.
        if name.contains('\0') {
            faults.add(field(), "INVALID", "must not contain a NUL");
        }
    }
    match &request.start {
        None => faults.add("start", "MISSING", "say where to start"),
        Some(Start::After(after)) => check_positions(&mut faults, "after.positions", &after.positions),
        Some(Start::FromTime(time)) => {
            faults.check("from_time", "INVALID", Timestamp::new(time.seconds, time.nanos));
        }
        Some(Start::FromOldest(_) | Start::FromConfirmed(_) | Start::FromNow(_)) => {}
    }
    let checked = request.start.map(|start| Checked {
        reader: request.reader,
        owner: caller.account,
        account: (!caller.is_platform()).then_some(caller.account),
        types: request.types,
        start,
        until_now: request.until_now,
    });
    faults.finish(checked)
}

pub(crate) fn check_reader(faults: &mut Faults, caller: &Caller, reader: &str, is_needed: bool) {
    if reader.is_empty() && !is_needed {
        return;
    }
    let is_slug = (1..=64).contains(&reader.len())
        && reader
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_slug {
        faults.add("reader", "INVALID", "must be 1 to 64 of a-z, 0-9 and -");
    }
    if let CallerKind::Service(name) = &caller.kind
        && name.as_str() != reader
    {
        faults.add("reader", "INVALID", "a service reads under its own name");
    }
}

pub(crate) fn check_positions(faults: &mut Faults, field: &str, positions: &[Position]) {
    for (index, position) in positions.iter().enumerate() {
        let mut refuse = |part: &str, message: &str| {
            faults.add(format!("{field}[{index}].{part}"), "OUT_OF_RANGE", message);
        };
        if !(0..i32::from(partition::PARTITIONS)).contains(&position.partition) {
            refuse("partition", "must be 0 to 15");
        }
        if position.offset < 0 {
            refuse("offset", "must not be negative");
        }
    }
}

pub(crate) fn places_of(positions: &[Position]) -> Places {
    positions
        .iter()
        .filter_map(|position| Some((i16::try_from(position.partition).ok()?, position.offset)))
        .collect()
}

/// Refuses places whose next event may be gone: reading on would leave a gap that nobody notices.
pub(crate) fn refuse_expired(places: &Places, purged: &Places) -> Result<(), Status> {
    for (number, place) in places {
        let gone = purged.get(number).copied().unwrap_or(0);
        if *place < gone {
            let oldest = gone + 1;
            let message = format!("the oldest event kept in partition {number} is at {oldest}");
            return Err(out_of_range(
                "POSITION_EXPIRED",
                message,
                *number,
                ("oldest", oldest),
            ));
        }
    }
    Ok(())
}

/// Refuses places that the log has not reached: they are of another log, and waiting there would skip events.
pub(crate) fn refuse_unknown(places: &Places, heads: &Places) -> Result<(), Status> {
    for (number, place) in places {
        let newest = heads.get(number).copied().unwrap_or(0);
        if *place > newest {
            let message = format!("the newest event in partition {number} is at {newest}");
            return Err(out_of_range(
                "POSITION_UNKNOWN",
                message,
                *number,
                ("newest", newest),
            ));
        }
    }
    Ok(())
}

fn out_of_range(reason: &'static str, message: String, partition: i16, fact: (&str, i64)) -> Status {
    let facts = HashMap::from([
        ("partition".to_owned(), partition.to_string()),
        (fact.0.to_owned(), fact.1.to_string()),
    ]);
    status::fail_with(Code::OutOfRange, reason, message, facts)
}
