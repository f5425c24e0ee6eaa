//! Times and dates between jiff and the protos.

use jiff::{Timestamp, civil};
use portway_proto::types::v1::Date;
use prost_types::Timestamp as ProtoTimestamp;

/// A time for a reply or an event.
pub fn to_proto(at: Timestamp) -> ProtoTimestamp {
    ProtoTimestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}

/// A time from a request or an event.
pub fn from_proto(at: &ProtoTimestamp) -> Result<Timestamp, jiff::Error> {
    Timestamp::new(at.seconds, at.nanos)
}

/// A civil date for a reply or an event.
pub fn date_to_proto(date: civil::Date) -> Date {
    Date {
        year: date.year().into(),
        month: date.month().into(),
        day: date.day().into(),
    }
}

/// A civil date from a request or an event: the years 2000 to 9999.
pub fn date_from_proto(date: &Date) -> Option<civil::Date> {
    let year = i16::try_from(date.year)
        .ok()
        .filter(|year| (2_000..=9_999).contains(year))?;
    civil::Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}
