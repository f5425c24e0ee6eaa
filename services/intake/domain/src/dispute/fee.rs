//! Who bears the cost of a number that is given back.

use super::terms::{Direction, Kind, Outcome};

/// Whether the account pays a fee for a number that ended so. It pays for undoing what it did itself: a port-in that it
/// ordered and that does not stand, or a port-out that it let go by mistake. A number that was taken from it, and a port
/// that stands, cost it nothing.
pub const fn owes_fee(direction: Direction, kind: Kind, outcome: Outcome) -> bool {
    match (outcome, direction, kind) {
        (Outcome::Returned, Direction::PortIn, Kind::Unauthorized | Kind::Mistaken)
        | (Outcome::Returned, Direction::PortOut, Kind::Mistaken) => true,
        (Outcome::Returned, Direction::PortOut, Kind::Unauthorized)
        | (
            Outcome::Upheld | Outcome::Withdrawn,
            Direction::PortIn | Direction::PortOut,
            Kind::Unauthorized | Kind::Mistaken,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_pays_for_undoing_what_it_did_itself() {
        use {Direction::*, Kind::*};
        let mut owed = Vec::new();
        for outcome in Outcome::ALL {
            for direction in Direction::ALL {
                for kind in Kind::ALL {
                    if owes_fee(*direction, *kind, *outcome) {
                        owed.push((*outcome, *direction, *kind));
                    }
                }
            }
        }
        let returned = Outcome::Returned;
        assert_eq!(
            owed,
            [
                (returned, PortIn, Unauthorized),
                (returned, PortIn, Mistaken),
                (returned, PortOut, Mistaken)
            ]
        );
    }
}
