//! How values of the contracts read in tables.

use jiff::Timestamp;
use portway_proto::intake::v1::{
    AnswerState, CommandState, DisputeDirection, DisputeKind, DisputeOutcome, DisputeReporter,
    DisputeSnapbackState, DisputeState, InventoryState, NumberState, OrderState, PortOutState,
};
use portway_proto::types::v1::{Court, Date, Money, ReasonClass};
use prost_types::Timestamp as ProtoTimestamp;

/// Declares how an enum of the contracts reads: its name without what all names of the enum start with. A value that
/// this build does not know shows as its number.
macro_rules! read_as {
    ($($name:ident = $enum:ident without $prefix:literal;)+) => {$(
        pub(crate) fn $name(number: i32) -> String {
            match $enum::try_from(number) {
                Ok($enum::Unspecified) => String::new(),
                Ok(value) => value.as_str_name().trim_start_matches($prefix).to_owned(),
                Err(_) => number.to_string(),
            }
        }
    )+};
}

read_as! {
    order_state = OrderState without "ORDER_STATE_";
    number_state = NumberState without "NUMBER_STATE_";
    command_state = CommandState without "COMMAND_STATE_";
    port_out_state = PortOutState without "PORT_OUT_STATE_";
    answer_state = AnswerState without "ANSWER_STATE_";
    inventory_state = InventoryState without "INVENTORY_STATE_";
    dispute_state = DisputeState without "DISPUTE_STATE_";
    dispute_kind = DisputeKind without "DISPUTE_KIND_";
    dispute_direction = DisputeDirection without "DISPUTE_DIRECTION_";
    dispute_reporter = DisputeReporter without "DISPUTE_REPORTER_";
    dispute_outcome = DisputeOutcome without "DISPUTE_OUTCOME_";
    dispute_snapback_state = DisputeSnapbackState without "DISPUTE_SNAPBACK_STATE_";
    reason_class = ReasonClass without "REASON_CLASS_";
}

/// Whose turn it is, in words.
pub(crate) fn court(number: i32) -> String {
    match Court::try_from(number) {
        Ok(Court::Unspecified) => "",
        Ok(Court::Customer) => "customer",
        Ok(Court::Us) => "us",
        Ok(Court::GainingCarrier) => "gaining carrier",
        Ok(Court::LosingCarrier) => "losing carrier",
        Ok(Court::EndUser) => "end user",
        Err(_) => return number.to_string(),
    }
    .to_owned()
}

/// An instant in UTC, to the second; empty when there is none.
pub(crate) fn instant(at: Option<&ProtoTimestamp>) -> String {
    let to_the_second = |at: &ProtoTimestamp| Timestamp::from_second(at.seconds).ok();
    at.and_then(to_the_second)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

/// A date; empty when there is none.
pub(crate) fn date(date: Option<&Date>) -> String {
    date.map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day))
        .unwrap_or_default()
}

/// An amount with its currency; empty when there is none.
pub(crate) fn money(money: Option<&Money>) -> String {
    let written = |money: &Money| {
        let sign = if money.minor_units < 0 { "-" } else { "" };
        let cents = money.minor_units.unsigned_abs();
        format!("{sign}{}.{:02} {}", cents / 100, cents % 100, money.currency)
    };
    money.map(written).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enums_read_without_their_prefix_and_unknown_ones_as_numbers() {
        assert_eq!(order_state(OrderState::ActionRequired.into()), "ACTION_REQUIRED");
        assert_eq!(port_out_state(PortOutState::PortedOut.into()), "PORTED_OUT");
        assert_eq!(
            (order_state(0), order_state(99)),
            (String::new(), "99".to_owned())
        );
        assert_eq!(court(Court::LosingCarrier.into()), "losing carrier");
    }

    #[test]
    fn money_keeps_its_cents_and_its_sign() {
        let cases = [
            (0, "0.00 USD"),
            (5, "0.05 USD"),
            (123_456, "1234.56 USD"),
            (-250, "-2.50 USD"),
        ];
        for (minor_units, written) in cases {
            assert_eq!(
                money(Some(&Money {
                    currency: "USD".to_owned(),
                    minor_units
                })),
                written
            );
        }
    }

    #[test]
    fn instants_and_dates_read_as_iso() {
        let at = ProtoTimestamp {
            seconds: 1_795_449_600,
            nanos: 5,
        };
        assert_eq!(instant(Some(&at)), "2026-11-23T16:00:00Z");
        assert_eq!(
            date(Some(&Date {
                year: 2026,
                month: 3,
                day: 9
            })),
            "2026-03-09"
        );
        assert_eq!((instant(None), date(None)), (String::new(), String::new()));
    }
}
