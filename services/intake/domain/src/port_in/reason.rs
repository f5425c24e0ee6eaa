//! Why a carrier did not say yes, as an order keeps it.

use reasons::{Actor, Reason, ReasonClass};
use types::Tn;

/// One reason of a carrier's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReason {
    /// The number it is about; none: the whole request.
    pub tn: Option<Tn>,
    /// What it means.
    pub reason: Reason,
    /// The carrier's own code, untouched.
    pub raw_code: String,
    /// The carrier's own text, untouched.
    pub raw_text: String,
}

impl OrderReason {
    /// Whether it is about this number: by name, or because it is about all.
    pub fn concerns(&self, tn: Tn) -> bool {
        self.tn.is_none_or(|named| named == tn)
    }
}

/// What an answer's reasons ask for, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// The customer has to act.
    Customer,
    /// A person of ours has to look.
    Us,
    /// Nobody: it takes longer.
    Patience,
    /// Nobody: some numbers cannot port, the others go on without them.
    GoOnWithoutFailed,
}

/// What reasons ask for. What only the customer can settle goes before what we look into, and that before waiting.
pub(super) fn demand(reasons: &[OrderReason]) -> Demand {
    let any = |wanted: &[ReasonClass]| {
        reasons
            .iter()
            .any(|reason| wanted.contains(&reason.reason.class()))
    };
    let is_correctable = reasons.iter().any(|reason| is_correctable(reason, reasons));
    if any(&[ReasonClass::Fix, ReasonClass::Customer, ReasonClass::Split]) || is_correctable {
        Demand::Customer
    } else if reasons.iter().any(is_ours) || reasons.is_empty() {
        // A rejection without a reason is like one with a reason that we do not know.
        Demand::Us
    } else if any(&[ReasonClass::Delay]) {
        Demand::Patience
    } else {
        Demand::GoOnWithoutFailed
    }
}

/// Whether a person of ours has to find out what it means.
pub(super) fn is_ours(reason: &OrderReason) -> bool {
    matches!(reason.reason.class(), ReasonClass::Manual | ReasonClass::Reroute)
}

/// Whether the number is out of this order by these reasons.
pub(super) fn fails(tn: Tn, reasons: &[OrderReason]) -> bool {
    reasons
        .iter()
        .any(|reason| is_final(reason) && reason.concerns(tn) && !is_correctable(reason, reasons))
}

fn is_final(reason: &OrderReason) -> bool {
    reason.reason.class() == ReasonClass::Cancel
}

/// A carrier that was given a wrong account number does not find the number on it: where the same answer has data of
/// the order or of that number corrected, the number gets another try.
fn is_correctable(reason: &OrderReason, reasons: &[OrderReason]) -> bool {
    let may_explain = |other: &OrderReason| {
        other.reason.class() == ReasonClass::Fix && (other.tn.is_none() || other.tn == reason.tn)
    };
    is_final(reason) && reasons.iter().any(may_explain)
}

/// Whether nobody but the end user can do anything about it.
pub(super) fn waits_for_end_user(reasons: &[OrderReason]) -> bool {
    !reasons.is_empty()
        && reasons
            .iter()
            .all(|reason| reason.reason.actor() == Actor::EndUser)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(reason: Reason, tn: Option<&str>) -> OrderReason {
        OrderReason {
            tn: tn.map(|tn| tn.parse().unwrap()),
            reason,
            raw_code: String::new(),
            raw_text: String::new(),
        }
    }

    #[test]
    fn every_reason_asks_for_what_its_class_says() {
        for one in Reason::ALL {
            let expected = match one.class() {
                ReasonClass::Fix | ReasonClass::Customer | ReasonClass::Split => Demand::Customer,
                ReasonClass::Manual | ReasonClass::Reroute => Demand::Us,
                ReasonClass::Delay => Demand::Patience,
                ReasonClass::Cancel => Demand::GoOnWithoutFailed,
            };
            assert_eq!(demand(&[reason(*one, None)]), expected, "{one}");
        }
        assert_eq!(demand(&[]), Demand::Us);
    }

    #[test]
    fn a_number_that_is_not_found_fails_unless_wrong_data_may_be_why() {
        const ONE: &str = "+12015550123";
        const OTHER: &str = "+12015550124";
        let tn = ONE.parse().unwrap();
        let lost = reason(Reason::TnNotFound, Some(ONE));
        let cases = [
            (vec![lost.clone()], true),
            (vec![reason(Reason::TnNotFound, None)], true),
            (vec![reason(Reason::TnNotFound, Some(OTHER))], false),
            (vec![lost.clone(), reason(Reason::AccountNumber, None)], false),
            (vec![lost.clone(), reason(Reason::Pin, Some(ONE))], false),
            (vec![lost.clone(), reason(Reason::Pin, Some(OTHER))], true),
            (vec![lost, reason(Reason::PortProtection, None)], true),
            (vec![reason(Reason::NotPortable, Some(ONE))], false),
        ];
        for (reasons, expected) in cases {
            assert_eq!(fails(tn, &reasons), expected, "{reasons:?}");
        }
    }
}
