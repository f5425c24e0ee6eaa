//! Acting on a decision about a cut-over, and saying how it is to be decided.

use std::collections::HashSet;

use calendar::civil_date;
use jiff::Timestamp;
use types::Tn;

use super::super::number::NumberState;
use super::super::order::{Entry, IllegalTransition, Order, OrderFact, Transition};
use super::super::refusal::Refusal;
use super::super::state::OrderState;
use super::{ActivationMode, CutoverFact, HeldBack, Hold};

/// What was decided about an order whose date has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// The numbers that are activated.
    pub go: HashSet<Tn>,
    /// What holds the others back, the weightiest first.
    pub holds: Vec<Hold>,
    /// What the policy warns of, in words; empty: nothing.
    pub warnings: String,
}

impl Order {
    /// Says when the order is activated. Until it is.
    pub fn set_activation(mut self, mode: ActivationMode) -> Result<Transition, IllegalTransition> {
        self.may_set_activation()?;
        self.record.cutover.activation = mode;
        let action = match mode {
            ActivationMode::AtFoc => "activation_at_foc",
            ActivationMode::OnDemand => "activation_on_demand",
        };
        Ok(self.noted(Entry::plain(action)))
    }

    pub(in crate::port_in) fn may_set_activation(&self) -> Result<(), IllegalTransition> {
        let is_too_late = matches!(
            self.record.state,
            OrderState::Activating { .. } | OrderState::Parent(_)
        );
        if is_too_late || self.record.state.name().is_final() {
            return Err(self.illegal("activated otherwise"));
        }
        Ok(())
    }

    /// Refuses to activate an order that has no date, nothing left to activate, or before the day of its FOC.
    pub fn may_be_activated(&self, now: Timestamp) -> Result<(), Refusal> {
        let foc_at = match &self.record.state {
            OrderState::FocConfirmed(commitment) => Some(commitment.foc_at),
            OrderState::Activating { foc_at } => Some(*foc_at),
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_)
            | OrderState::ChangingDate(_)
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => None,
        };
        let Some(foc_at) = foc_at.filter(|_| !self.waiting_tns().is_empty()) else {
            return Err(self.illegal("activated").into());
        };
        let region = self.region();
        if civil_date(region, now) < civil_date(region, foc_at) {
            return Err(Refusal::BeforeFocDay { foc_at });
        }
        Ok(())
    }

    /// The numbers about which a decision is to be made: the carrier committed to them, and nobody asked for their
    /// cut-over yet, or it was refused.
    pub fn waiting_tns(&self) -> HashSet<Tn> {
        let numbers = self.record.numbers.iter();
        let waiting = numbers.filter(|number| match number.state {
            NumberState::FocConfirmed | NumberState::ActivationRefused => true,
            NumberState::Draft
            | NumberState::InOrder
            | NumberState::Activating
            | NumberState::Ported
            | NumberState::Failed
            | NumberState::Released
            | NumberState::Returned => false,
        });
        waiting.map(|number| number.tn).collect()
    }

    /// Whether it is to be decided now about the cut-over: its date has come and nothing was decided. What is held back
    /// is decided again when something changes, not because time passes.
    pub fn awaits_decision(&self, now: Timestamp) -> bool {
        self.record.cutover.held.is_none() && self.cutover_at().is_some_and(|at| at <= now)
    }

    /// When the cut-over is to be decided about; none while the numbers are still to arrive, and once all are asked for.
    pub(in crate::port_in) fn cutover_at(&self) -> Option<Timestamp> {
        let foc_at = match &self.record.state {
            OrderState::FocConfirmed(commitment) if commitment.incoming => commitment.foc_at,
            OrderState::Activating { foc_at } => *foc_at,
            OrderState::FocConfirmed(_)
            | OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::ChangingDate(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_)
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => return None,
        };
        (!self.waiting_tns().is_empty()).then_some(foc_at)
    }

    /// Acts on a decision. `None`: it changes nothing.
    pub fn cut_over(self, decision: Decision, now: Timestamp) -> Option<Transition> {
        let foc_at = match &self.record.state {
            OrderState::FocConfirmed(commitment) => commitment.foc_at,
            OrderState::Activating { foc_at } => *foc_at,
            OrderState::Draft(_)
            | OrderState::InReview(_)
            | OrderState::ChangingDate(_)
            | OrderState::Submitted
            | OrderState::Pending(_)
            | OrderState::ActionRequired(_)
            | OrderState::Ported
            | OrderState::CancelRequested { .. }
            | OrderState::Cancelled
            | OrderState::Rejected
            | OrderState::Abandoned
            | OrderState::Parent(_) => return None,
        };
        let waiting = self.waiting_tns();
        let mut go: Vec<Tn> = waiting.intersection(&decision.go).copied().collect();
        let mut kept: Vec<Tn> = waiting.difference(&decision.go).copied().collect();
        go.sort_unstable();
        kept.sort_unstable();
        let holds = if kept.is_empty() {
            Vec::new()
        } else {
            decision.holds
        };
        let known = self
            .record
            .cutover
            .held
            .as_ref()
            .map(|held| held.holds.as_slice());
        let is_news = known.unwrap_or_default() != holds;
        if go.is_empty() && !is_news {
            return None;
        }
        let (mut order, mut facts, mut notes) = (self, Vec::new(), Vec::new());
        let mut action = "held_back";
        if !go.is_empty() {
            action = "activation_requested";
            notes.extend((go.len() < order.record.numbers.len()).then(|| format!("{} numbers", go.len())));
            notes.extend(Some(decision.warnings).filter(|warnings| !warnings.is_empty()));
            order = order.start_activating(&go, foc_at, now);
            facts.push(OrderFact::ActivationRequested { tns: go });
        }
        if is_news && !holds.is_empty() {
            notes.push(order.describe_holds(&holds, foc_at));
        } else if is_news && holds.is_empty() && action == "held_back" {
            action = "hold_ended";
        }
        let tells = is_news && !holds.is_empty();
        order.record.cutover.held = order.held_by(holds, now);
        if let Some(held) = order.record.cutover.held.clone().filter(|_| tells) {
            let lapses_at = order.lapses_at(foc_at);
            facts.push(OrderFact::CutOver(CutoverFact::HeldBack {
                tns: kept,
                held,
                lapses_at,
            }));
        }
        let entry = Entry {
            note: notes.join("; "),
            ..Entry::plain(action)
        };
        Some(Transition {
            order,
            facts,
            inventory: None,
            entry,
        })
    }

    fn held_by(&self, holds: Vec<Hold>, now: Timestamp) -> Option<HeldBack> {
        let since = self.record.cutover.held.as_ref().map_or(now, |held| held.since);
        let court = holds.first()?.court;
        Some(HeldBack { since, court, holds })
    }

    fn start_activating(mut self, tns: &[Tn], foc_at: Timestamp, now: Timestamp) -> Self {
        let chosen: HashSet<Tn> = tns.iter().copied().collect();
        if !matches!(self.record.state, OrderState::Activating { .. }) {
            self = self.enter(OrderState::Activating { foc_at }, now);
        }
        for number in &mut self.record.numbers {
            if chosen.contains(&number.tn) {
                number.state = NumberState::Activating;
            }
        }
        self
    }

    /// In words, with what the losing carrier's date means for numbers that are held back: they stay in service there,
    /// and its commitment holds for thirty days.
    fn describe_holds(&self, holds: &[Hold], foc_at: Timestamp) -> String {
        let mut parts: Vec<String> = Vec::new();
        for hold in holds.iter().take(NOTED_MAX) {
            let whose = hold
                .member
                .map(|member| format!("{member}: "))
                .unwrap_or_default();
            parts.push(format!("{whose}{}", hold.code.message()));
        }
        if holds.len() > NOTED_MAX {
            parts.push(format!("and {} more", holds.len() - NOTED_MAX));
        }
        let lapses_at = self.lapses_at(foc_at).map(|at| format!(", which lapses at {at}"));
        format!(
            "{}; until then the numbers stay with the losing carrier, by its commitment of {foc_at}{}",
            parts.join("; "),
            lapses_at.unwrap_or_default()
        )
    }
}

/// Of so many holds the history has the words; GetOrder has all.
const NOTED_MAX: usize = 3;
