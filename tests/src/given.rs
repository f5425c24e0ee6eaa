//! What the tests' orders and scripts are made of.

use std::time::Duration;

use portway_proto::carrier::v1::{AnswerKind, RawReason};
use portway_proto::intake::v1::{OrderDetails, SubscriberKind};
use portway_proto::sim::v1::ScriptStep;
use portway_proto::types::v1::Address;

/// The account's secrets in the tests' orders: none of them may turn up in clear anywhere.
pub const ACCOUNT_NUMBER: &str = "HR44710092";
/// The PIN of every number.
pub const PIN: &str = "73915528";
/// A tax id.
pub const TAX_ID: &str = "918273645";

/// A step of a script: so long after the request, this answer.
pub fn script_step(after: Duration, kind: AnswerKind) -> ScriptStep {
    ScriptStep {
        after: prost_duration(after),
        kind: kind.into(),
        ..ScriptStep::default()
    }
}

pub(crate) fn prost_duration(duration: Duration) -> Option<prost_types::Duration> {
    prost_types::Duration::try_from(duration).ok()
}

/// A reason of the carrier.
pub fn raw_reason(tn: &str, code: &str, text: &str) -> RawReason {
    RawReason {
        tn: tn.to_owned(),
        code: code.to_owned(),
        text: text.to_owned(),
    }
}

/// An order that nothing is missing from.
pub(crate) fn details(btn: &str) -> OrderDetails {
    OrderDetails {
        losing_carrier: "sim-wireless".to_owned(),
        account_number: ACCOUNT_NUMBER.to_owned(),
        btn: btn.to_owned(),
        subscriber_kind: SubscriberKind::Business.into(),
        company_name: "Harbor Realty Group LLC".to_owned(),
        authorized_by: "Maria Delgado".to_owned(),
        service_address: Some(Address {
            street: "21 Market St".to_owned(),
            unit: String::new(),
            city: "Newark".to_owned(),
            state: "NJ".to_owned(),
            postal_code: "07102".to_owned(),
        }),
        tax_id: TAX_ID.to_owned(),
        ..OrderDetails::default()
    }
}
