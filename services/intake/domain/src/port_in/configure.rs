//! Setting up the numbers of an order. Configuration stays on this side: it never makes a new version.

use std::collections::HashMap;

use types::{Secret, Tn};

use super::details::KeptSecret;
use super::number::{NumberState, OrderNumber};
use super::number_config::{Override, Setting};
use super::order::{Entry, InventoryChange, Order, Transition};
use super::refusal::Refusal;
use super::state::OrderState;

/// A new value for a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberChange {
    /// How it is used.
    Setting(Setting),
    /// Its PIN at the losing carrier.
    Pin(Option<Secret>),
    /// What differs for it from the order's details.
    Override(Override),
}

/// What is to be changed of one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberChanges {
    /// The number.
    pub tn: Tn,
    /// Its new values.
    pub changes: Vec<NumberChange>,
}

/// Why one number was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigureFault {
    /// The number.
    pub tn: Tn,
    /// What is in the way.
    pub problem: ConfigureProblem,
}

/// What is in the way of changing a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigureProblem {
    /// The order does not have it.
    #[error("is not in the order")]
    NotInOrder,
    /// It is being activated, is here, or will not come.
    #[error("is being activated or has ended in this order; what is here is changed in the inventory")]
    Closed,
    /// PIN and overrides have gone to the carrier.
    #[error("was submitted; a fix corrects what was sent")]
    Submitted,
}

impl ConfigureProblem {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotInOrder => "TN_NOT_IN_ORDER",
            Self::Closed => "CONFIGURATION_CLOSED",
            Self::Submitted => "SENT_TO_CARRIER",
        }
    }
}

impl Order {
    pub(super) fn may_be_configured(&self) -> Result<(), Refusal> {
        let mut numbers = self.record.numbers.iter();
        if numbers.any(|number| number.state.awaits_cutover()) {
            Ok(())
        } else {
            Err(Refusal::ConfigurationClosed)
        }
    }

    /// Changes numbers: all of them, or none with every fault.
    pub fn configure(mut self, all: Vec<NumberChanges>) -> Result<Transition, Vec<ConfigureFault>> {
        let faults = self.configure_faults(&all);
        if !faults.is_empty() {
            return Err(faults);
        }
        let is_draft = matches!(self.record.state, OrderState::Draft(_));
        let tns: Vec<Tn> = all.iter().map(|one| one.tn).collect();
        let mut changes: HashMap<Tn, Vec<NumberChange>> =
            all.into_iter().map(|one| (one.tn, one.changes)).collect();
        for number in &mut self.record.numbers {
            for change in changes.remove(&number.tn).unwrap_or_default() {
                number.apply(change);
            }
        }
        let entry = Entry {
            note: format!("{} numbers", tns.len()),
            ..Entry::plain("numbers_configured")
        };
        Ok(Transition {
            inventory: (!is_draft).then_some(InventoryChange::Configure(tns)),
            ..self.noted(entry)
        })
    }

    fn configure_faults(&self, all: &[NumberChanges]) -> Vec<ConfigureFault> {
        let known: HashMap<Tn, NumberState> = self
            .record
            .numbers
            .iter()
            .map(|number| (number.tn, number.state))
            .collect();
        let problem = |one: &NumberChanges| {
            let sends = |change: &NumberChange| !matches!(change, NumberChange::Setting(_));
            match known.get(&one.tn) {
                None => Some(ConfigureProblem::NotInOrder),
                Some(NumberState::Draft) => None,
                Some(NumberState::InOrder | NumberState::FocConfirmed | NumberState::ActivationRefused) => {
                    one.changes
                        .iter()
                        .any(sends)
                        .then_some(ConfigureProblem::Submitted)
                }
                Some(
                    NumberState::Activating
                    | NumberState::Ported
                    | NumberState::Failed
                    | NumberState::Released
                    | NumberState::Returned,
                ) => Some(ConfigureProblem::Closed),
            }
        };
        let faults = all.iter().filter_map(|one| {
            let problem = problem(one)?;
            Some(ConfigureFault { tn: one.tn, problem })
        });
        faults.collect()
    }
}

impl OrderNumber {
    /// The number with these values.
    #[must_use]
    pub fn with(mut self, changes: Vec<NumberChange>) -> Self {
        for change in changes {
            self.apply(change);
        }
        self
    }

    fn apply(&mut self, change: NumberChange) {
        match change {
            NumberChange::Setting(setting) => self.config = self.config.clone().with(setting),
            NumberChange::Pin(pin) => self.pin = pin.map(KeptSecret::Given),
            NumberChange::Override(value) => self.overrides = self.overrides.clone().with(value),
        }
    }
}
