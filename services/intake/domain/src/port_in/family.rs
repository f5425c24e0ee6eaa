//! An order that is divided: the parent, which sums up its children, and each child's way back to it.

use jiff::Timestamp;
use types::{OrderId, RequestNumber};

use super::actions::Action;
use super::order::Order;
use super::refusal::Refusal;
use super::state::StateName;

/// The order of which another one is a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentRef {
    /// Its id.
    pub id: OrderId,
    /// Its number for people.
    pub request_number: RequestNumber,
}

impl StateName {
    /// A parent stands where the first of these stands that any child is in: the least advanced that is open, the
    /// customer's turn before all; when none is open PORTED if any number came.
    pub const LEAST_ADVANCED_FIRST: [Self; 11] = [
        Self::Draft,
        Self::ActionRequired,
        Self::Submitted,
        Self::Pending,
        Self::CancelRequested,
        Self::FocConfirmed,
        Self::Activating,
        Self::Ported,
        Self::Rejected,
        Self::Abandoned,
        Self::Cancelled,
    ];
}

impl Order {
    /// Until when an action on a parent is allowed that is done to its children, or why not; `None`: the action is no such.
    /// `children`: those that have not ended, in their order. One that can be cancelled or set up is enough.
    pub fn rule_of_children(
        &self,
        action: Action,
        children: &[Self],
        now: Timestamp,
    ) -> Option<Result<Option<Timestamp>, Refusal>> {
        let is_done_to_children = matches!(action, Action::CancelOrder | Action::ConfigureNumbers);
        let rules = children.iter().map(|child| child.check(action, now));
        is_done_to_children.then(|| rules.reduce(either).unwrap_or_else(|| self.check(action, now)))
    }
}

/// What holds for one or the other: the longer permission, the later refusal.
fn either(
    one: Result<Option<Timestamp>, Refusal>,
    other: Result<Option<Timestamp>, Refusal>,
) -> Result<Option<Timestamp>, Refusal> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok(one.zip(other).map(|(one, other)| one.max(other))),
        (Ok(allowed), Err(_)) | (Err(_), Ok(allowed)) => Ok(allowed),
        (Err(_), Err(refused)) => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_place_and_open_ones_come_first() {
        let order = StateName::LEAST_ADVANCED_FIRST;
        for name in StateName::ALL {
            assert_eq!(order.iter().filter(|known| **known == name).count(), 1, "{name}");
        }
        let first_final = order.iter().position(|name| name.is_final()).unwrap();
        assert!(order[first_final..].iter().all(|name| name.is_final()));
        assert_eq!(order[first_final], StateName::Ported);
    }
}
