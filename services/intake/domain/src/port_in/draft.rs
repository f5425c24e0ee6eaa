//! Writing a draft.

use std::collections::HashSet;

use types::Tn;

use super::details::{Detail, Details};
use super::number::OrderNumber;
use super::order::{Entry, IllegalTransition, NUMBERS_MAX, Order, Transition};

/// Why numbers were not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddRefusal {
    /// Numbers are added to drafts alone.
    #[error("numbers cannot be added after submission; make a new order for them")]
    NewOrderRequired,
    /// They are in the order already.
    #[error("numbers that are in the order already")]
    Duplicates(Vec<Tn>),
    /// There would be too many.
    #[error("an order has at most 20,000 numbers")]
    TooMany,
}

/// Why numbers were not taken out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoveRefusal {
    /// Numbers are taken out of drafts alone.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// They are not in the order.
    #[error("numbers that are not in the order")]
    NotInOrder(Vec<Tn>),
}

impl Order {
    /// Fills a draft that was just made.
    pub fn begin(self, details: Vec<Detail>, numbers: Vec<OrderNumber>) -> Result<Transition, AddRefusal> {
        let added = self.add_numbers(numbers)?;
        let mut order = added.order;
        order.record.details = details.into_iter().fold(order.record.details, Details::with);
        Ok(order.noted(Entry::plain("created")))
    }

    /// Replaces details of a draft.
    pub fn edit(mut self, changes: Vec<Detail>) -> Result<Transition, IllegalTransition> {
        self.may_be_edited()?;
        self.record.details = changes.into_iter().fold(self.record.details, Details::with);
        Ok(self.noted(Entry::plain("details_changed")))
    }

    /// Adds numbers to a draft.
    pub fn add_numbers(mut self, numbers: Vec<OrderNumber>) -> Result<Transition, AddRefusal> {
        self.may_be_edited()
            .map_err(|_no_draft| AddRefusal::NewOrderRequired)?;
        if self.record.numbers.len() + numbers.len() > NUMBERS_MAX {
            return Err(AddRefusal::TooMany);
        }
        let known: HashSet<Tn> = self.record.numbers.iter().map(|number| number.tn).collect();
        let duplicates: Vec<Tn> = numbers
            .iter()
            .map(|number| number.tn)
            .filter(|tn| known.contains(tn))
            .collect();
        if !duplicates.is_empty() {
            return Err(AddRefusal::Duplicates(duplicates));
        }
        let note = format!("{} added", numbers.len());
        self.record.numbers.extend(numbers);
        Ok(self.noted(Entry {
            note,
            ..Entry::plain("numbers_added")
        }))
    }

    /// Takes numbers out of a draft.
    pub fn remove_numbers(mut self, tns: &HashSet<Tn>) -> Result<Transition, RemoveRefusal> {
        self.may_be_edited()?;
        let known: HashSet<Tn> = self.record.numbers.iter().map(|number| number.tn).collect();
        let mut unknown: Vec<Tn> = tns.difference(&known).copied().collect();
        if !unknown.is_empty() {
            unknown.sort_unstable();
            return Err(RemoveRefusal::NotInOrder(unknown));
        }
        self.record.numbers.retain(|number| !tns.contains(&number.tn));
        let note = format!("{} taken out", tns.len());
        Ok(self.noted(Entry {
            note,
            ..Entry::plain("numbers_removed")
        }))
    }
}
