//! Undoing a port: numbers go back to the losing carrier.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use types::{SnapbackId, Tn};

use super::super::number::NumberState;
use super::super::order::{Entry, InventoryChange, Order, OrderFact, Transition};
use super::super::refusal::Refusal;
use super::{CutoverFact, Proof};

/// How long after its activation a number can be given back without a statement.
const FREELY_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How far a snapback has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapbackState {
    /// Asked for.
    Requested,
    /// On the wire, or being tried again.
    Sent,
    /// Taken in by the carrier.
    Acknowledged,
    /// The numbers are back. Final.
    Confirmed,
    /// The numbers stay. Final.
    Refused,
}

impl SnapbackState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Requested,
        Self::Sent,
        Self::Acknowledged,
        Self::Confirmed,
        Self::Refused,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Sent => "SENT",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Confirmed => "CONFIRMED",
            Self::Refused => "REFUSED",
        }
    }

    /// Whether nothing more becomes of it.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Confirmed | Self::Refused => true,
            Self::Requested | Self::Sent | Self::Acknowledged => false,
        }
    }
}

/// Why numbers are to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// For the carrier.
    pub reason: String,
    /// They should never have been ported, and what was stated about that.
    pub inadvertent: Option<String>,
}

/// A snapback that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledSnapback {
    /// Which.
    pub id: SnapbackId,
    /// The numbers that went back, or that were to.
    pub tns: Vec<Tn>,
    /// Why it was asked for.
    pub asked: Asked,
    /// Why the carrier refused; none: the numbers are back.
    pub refusal: Option<String>,
}

/// Why a snapback was not asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapbackRefusal {
    /// These numbers are not ours by this order.
    #[error("numbers that this order has not brought, or that have left since")]
    NotPorted(Vec<Tn>),
    /// These have been ours for longer than a day.
    #[error("numbers that were activated more than 24 hours ago; an inadvertent port is undone at any age")]
    TooLate(Vec<Tn>),
    /// The order has none.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// One at a time.
    #[error("a snapback of this order is under way; wait for its answer")]
    UnderWay,
}

impl Order {
    /// Asks for numbers to be given back, all that ported when none is named. `in_service_since`: those of the order's
    /// numbers that are in service here, and since when.
    pub fn ask_back(
        self,
        tns: &[Tn],
        asked: &Asked,
        in_service_since: &BTreeMap<Tn, Timestamp>,
        now: Timestamp,
    ) -> Result<(Vec<Tn>, Transition), SnapbackRefusal> {
        self.may_be_given_back()?;
        let named: HashSet<Tn> = tns.iter().copied().collect();
        let numbers = self.record.numbers.iter();
        let ported: HashSet<Tn> = numbers
            .filter(|number| number.state == NumberState::Ported && in_service_since.contains_key(&number.tn))
            .map(|number| number.tn)
            .collect();
        let not_ported = sorted(named.difference(&ported).copied());
        if !not_ported.is_empty() {
            return Err(SnapbackRefusal::NotPorted(not_ported));
        }
        let wanted = if named.is_empty() { ported } else { named };
        if wanted.is_empty() {
            return Err(Refusal::NothingPorted.into());
        }
        let is_late = |tn: &Tn| {
            let since = in_service_since.get(tn);
            since.is_none_or(|since| now.duration_since(*since) > FREELY_FOR)
        };
        let late = sorted(wanted.iter().copied().filter(is_late));
        if asked.inadvertent.is_none() && !late.is_empty() {
            return Err(SnapbackRefusal::TooLate(late));
        }
        let tns = sorted(wanted.into_iter());
        let kind = if asked.inadvertent.is_some() {
            ", inadvertent"
        } else {
            ""
        };
        let entry = Entry {
            note: format!("{} numbers{kind}: {}", tns.len(), asked.reason),
            ..Entry::plain("snapback_requested")
        };
        let facts = vec![OrderFact::CutOver(CutoverFact::SnapbackRequested {
            tns: tns.clone(),
            reason: asked.reason.clone(),
        })];
        Ok((
            tns,
            Transition {
                facts,
                ..self.noted(entry)
            },
        ))
    }

    pub(in crate::port_in) fn may_be_given_back(&self) -> Result<(), Refusal> {
        let mut numbers = self.record.numbers.iter();
        if numbers.any(|number| number.state == NumberState::Ported) {
            Ok(())
        } else {
            Err(Refusal::NothingPorted)
        }
    }

    /// Hears how a snapback ended. Numbers that are back with the losing carrier leave the inventory; that they had
    /// ported stays true, so the order stays as it is. `proof`: how the tests of the others stand.
    pub fn hear_snapback(mut self, settled: SettledSnapback, proof: Option<Proof>) -> Transition {
        self.record.cutover.proof = proof;
        let facts = vec![OrderFact::CutOver(CutoverFact::SnapbackSettled(settled.clone()))];
        let transition = match settled.refusal {
            None => self.take_back(&settled.tns),
            Some(why) => self.noted(Entry {
                action: "snapback_refused",
                note: why,
                is_alarming: true,
            }),
        };
        Transition { facts, ..transition }
    }

    fn take_back(mut self, tns: &[Tn]) -> Transition {
        let named: HashSet<Tn> = tns.iter().copied().collect();
        let mut returned = Vec::new();
        for number in &mut self.record.numbers {
            if number.state == NumberState::Ported && named.contains(&number.tn) {
                number.state = NumberState::Returned;
                returned.push(number.tn);
            }
        }
        let entry = Entry {
            note: format!("{} numbers", returned.len()),
            ..Entry::plain("snapback_confirmed")
        };
        Transition {
            inventory: Some(InventoryChange::GiveBack(returned)),
            ..self.noted(entry)
        }
    }
}

fn sorted(tns: impl Iterator<Item = Tn>) -> Vec<Tn> {
    let mut tns: Vec<Tn> = tns.collect();
    tns.sort_unstable();
    tns
}
