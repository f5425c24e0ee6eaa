//! Numbers that are not free to be ordered.

use std::collections::BTreeSet;

use types::Tn;

use super::Requirement;

/// What stands in the way of a draft whose numbers others have: an order under way, or an account of ours. Whose is not
/// told. Taking them at the submission is what decides; this is so that nobody waits for that to know.
pub fn of_taken(in_flight: &BTreeSet<Tn>, in_service: &BTreeSet<Tn>) -> Vec<Requirement> {
    let in_flight = in_flight.iter().map(|tn| {
        Requirement::fault(
            "TN_IN_FLIGHT",
            "numbers",
            format!("{tn} is in another order that is under way"),
            "Wait until that order ends, or take the number out.",
        )
        .about(*tn)
    });
    let in_service = in_service.iter().map(|tn| {
        Requirement::fault(
            "TN_IN_SERVICE",
            "numbers",
            format!("{tn} is in service on this platform already"),
            "Take the number out.",
        )
        .about(*tn)
    });
    in_flight.chain(in_service).collect()
}
