//! The end of a dispute: an outcome for each number.

use std::collections::BTreeMap;

use jiff::Timestamp;
use types::Tn;

use super::fee::owes_fee;
use super::state::{Action, Dispute, IllegalAction, State};
use super::terms::Outcome;

/// The outcomes that somebody gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// Of single numbers.
    pub named: BTreeMap<Tn, Outcome>,
    /// Of every other number; `None`: there is to be no other.
    pub rest: Option<Outcome>,
}

impl Outcomes {
    /// The same for every number.
    pub const fn all(outcome: Outcome) -> Self {
        Self {
            named: BTreeMap::new(),
            rest: Some(outcome),
        }
    }
}

/// How a dispute is to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// For its numbers.
    pub outcomes: Outcomes,
    /// Why, told to the account.
    pub explanation: String,
    /// Whether the fee is waived where the rule has one.
    pub waives_fee: bool,
}

/// Why a dispute cannot end so. All the numbers at fault are named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettlementFault {
    /// Not now.
    #[error(transparent)]
    Illegal(#[from] IllegalAction),
    /// These have no outcome, or an outcome that is not so: only a number that is back is RETURNED, and it is nothing else.
    #[error("an outcome for each number, RETURNED for those that are back and for no other")]
    Outcomes(Vec<Tn>),
    /// The dispute is not about these.
    #[error("numbers that this dispute is not about")]
    Strange(Vec<Tn>),
}

impl Dispute {
    /// Ends it, by operations.
    pub fn settle(&mut self, settlement: &Settlement, now: Timestamp) -> Result<(), SettlementFault> {
        self.require(Action::Settle)?;
        self.end(settlement, now)
    }

    /// Ends it because whoever opened it takes it back: every port stands.
    pub fn withdraw(&mut self, explanation: &str, now: Timestamp) -> Result<(), SettlementFault> {
        self.require(Action::Withdraw)?;
        let settlement = Settlement {
            outcomes: Outcomes::all(Outcome::Withdrawn),
            explanation: explanation.to_owned(),
            waives_fee: false,
        };
        self.end(&settlement, now)
    }

    fn end(&mut self, settlement: &Settlement, now: Timestamp) -> Result<(), SettlementFault> {
        let Outcomes { named, rest } = &settlement.outcomes;
        let ours = self.tns();
        let strange: Vec<Tn> = named.keys().copied().filter(|tn| !ours.contains(tn)).collect();
        if !strange.is_empty() {
            return Err(SettlementFault::Strange(strange));
        }
        let outcome = |tn: Tn| named.get(&tn).copied().or(*rest);
        let is_true = |outcome: Option<Outcome>, is_back: bool| match outcome {
            Some(Outcome::Returned) => is_back,
            Some(Outcome::Upheld | Outcome::Withdrawn) => !is_back,
            None => false,
        };
        let numbers = self.numbers.iter();
        let untrue: Vec<Tn> = numbers
            .filter(|number| !is_true(outcome(number.tn), number.returned_at.is_some()))
            .map(|number| number.tn)
            .collect();
        if !untrue.is_empty() {
            return Err(SettlementFault::Outcomes(untrue));
        }
        for number in &mut self.numbers {
            number.outcome = outcome(number.tn);
        }
        let owes = |outcome| owes_fee(self.about.direction(), self.kind, outcome);
        let charged = self
            .numbers
            .iter()
            .filter(|number| number.outcome.is_some_and(owes));
        self.charged = if settlement.waives_fee {
            Vec::new()
        } else {
            charged.map(|number| number.tn).collect()
        };
        self.explanation.clone_from(&settlement.explanation);
        self.state = State::Settled { at: now };
        Ok(())
    }
}
