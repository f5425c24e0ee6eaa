//! An activation that the carrier refuses.
//!
//! The numbers stay with the losing carrier, by its commitment. What was refused is not asked for again by itself: a
//! person finds out why. Then somebody asks again, for another date, or cancels.

use std::collections::HashSet;

use jiff::Timestamp;
use types::Tn;

use super::super::number::NumberState;
use super::super::order::{Entry, Order, OrderFact, Transition};
use super::super::state::{Commitment, Court, OrderState};
use super::{CutoverFact, HeldBack, Hold, HoldCode};

impl Order {
    /// Hears that the carrier does not cut these numbers over; none: all that it was asked for. `None`: none of them is
    /// being cut over.
    pub(in crate::port_in) fn be_refused_activation(
        mut self,
        tns: Option<&[Tn]>,
        refusal: &str,
        now: Timestamp,
    ) -> Option<Transition> {
        let OrderState::Activating { foc_at } = self.record.state else {
            return None;
        };
        let named: Option<HashSet<Tn>> = tns.map(|tns| tns.iter().copied().collect());
        let is_named = |tn| named.as_ref().is_none_or(|named| named.contains(tn));
        let mut refused = Vec::new();
        for number in &mut self.record.numbers {
            if number.state == NumberState::Activating && is_named(&number.tn) {
                number.state = NumberState::ActivationRefused;
                refused.push(number.tn);
            }
        }
        if refused.is_empty() {
            return None;
        }
        if !self.is_cut_over_in_part() {
            self.record.state = OrderState::FocConfirmed(past(foc_at, now));
            self.record.since = now;
        }
        let held = self.held_by_refusal(now);
        self.record.cutover.held = Some(held.clone());
        let lapses_at = self.lapses_at(foc_at);
        let entry = Entry {
            action: "activation_refused",
            note: format!("{} numbers: {refusal}", refused.len()),
            is_alarming: true,
        };
        let facts = vec![OrderFact::CutOver(CutoverFact::HeldBack {
            tns: refused,
            held,
            lapses_at,
        })];
        Some(Transition {
            facts,
            ..self.noted(entry)
        })
    }

    /// The losing carrier's yes while nothing is being cut over: before its date, and past it when it is held back.
    pub(in crate::port_in) fn commitment_at_rest(&self) -> Option<Commitment> {
        if let OrderState::Activating { foc_at } = self.record.state {
            return (!self.is_being_cut_over()).then_some(past(foc_at, foc_at));
        }
        if let OrderState::FocConfirmed(commitment) = self.record.state {
            return Some(commitment);
        }
        None
    }

    /// Whether the date of the cut-over has passed and nothing is being cut over: it is held back, or what was asked of the
    /// carrier since keeps it from being decided about.
    pub(in crate::port_in) fn is_at_rest_past(&self, foc_at: Timestamp, now: Timestamp) -> bool {
        let waits = self.record.cutover.held.is_some() || self.record.state.fallback().is_some();
        foc_at <= now && waits && !self.is_being_cut_over()
    }

    /// Another date is another try.
    pub(in crate::port_in) fn forget_refused_activations(&mut self) {
        for number in &mut self.record.numbers {
            if number.state == NumberState::ActivationRefused {
                number.state = NumberState::FocConfirmed;
            }
        }
    }

    fn is_being_cut_over(&self) -> bool {
        let mut numbers = self.record.numbers.iter();
        numbers.any(|number| number.state == NumberState::Activating)
    }

    fn is_cut_over_in_part(&self) -> bool {
        let mut numbers = self.record.numbers.iter();
        self.is_being_cut_over() || numbers.any(|number| number.state == NumberState::Ported)
    }

    fn held_by_refusal(&self, now: Timestamp) -> HeldBack {
        let numbers = self.record.numbers.iter();
        let refused = numbers.filter(|number| number.state == NumberState::ActivationRefused);
        let hold = Hold {
            code: HoldCode::ActivationRefused,
            member: None,
            number_count: refused.count(),
            court: Court::Us,
        };
        let before = self.record.cutover.held.clone();
        let since = before.as_ref().map_or(now, |held| held.since);
        let others = before.into_iter().flat_map(|held| held.holds);
        let is_another = |known: &Hold| known.code != HoldCode::ActivationRefused || known.member.is_some();
        HeldBack {
            since,
            court: hold.court,
            holds: [hold].into_iter().chain(others.filter(is_another)).collect(),
        }
    }
}

/// A commitment that was acted on: its numbers have arrived, and it was received by its date at the latest.
fn past(foc_at: Timestamp, now: Timestamp) -> Commitment {
    Commitment {
        foc_at,
        received_at: foc_at.min(now),
        incoming: true,
    }
}
