//! Other carriers' requests for our numbers, what became of them, and what we answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{Pon, Secret, Spid, Tn, Ver};

use crate::answer::RawReason;

/// A winning carrier's request for numbers of ours. Its key is (winning SPID, PON, VER).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOutRequest {
    /// The winning carrier's purchase order number.
    pub pon: Pon,
    /// Its version.
    pub ver: Ver,
    /// The winning carrier.
    pub winning_spid: Spid,
    /// Its name.
    pub winning_name: String,
    /// The numbers.
    pub tns: Vec<Tn>,
    /// Account number as given.
    pub account_number: Option<Secret>,
    /// ZIP or postal code as given; may be empty.
    pub postal_code: String,
    /// Port-out PIN as given.
    pub pin: Option<Secret>,
    /// Name as given; may be empty.
    pub end_user_name: String,
    /// The cut-over instant asked for.
    pub requested_foc_at: Option<Timestamp>,
    /// Whether the winning carrier is wireless.
    pub wireless: bool,
    /// Whether it is a simple port.
    pub simple: bool,
    /// When the winning carrier sent it.
    pub received_at: Timestamp,
}

/// What became of a port-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortOutNews {
    /// The numbers are active with the winning carrier.
    Ported,
    /// The winning carrier withdrew its request.
    Cancelled,
    /// The cut-over moved.
    FocChanged {
        /// The new instant.
        foc_at: Timestamp,
    },
}

/// News of a port-out. Its key is `progress_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOutProgress {
    /// Unique per carrier partner; the same when delivered again.
    pub progress_id: String,
    /// The winning carrier's purchase order number.
    pub pon: Pon,
    /// The winning carrier.
    pub winning_spid: Spid,
    /// What happened.
    pub news: PortOutNews,
    /// When.
    pub occurred_at: Timestamp,
}

/// What intake says of a case that is refused because another case of the same request is.
const OTHER_NUMBER_DENIED: &str = "OTHER_NUMBER_DENIED";

/// What we answer to a winning carrier, for one case or for all cases of its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum PortOutAnswer {
    /// The numbers may go.
    Authorized {
        /// The cut-over instant we commit to.
        foc_at: Option<Timestamp>,
    },
    /// They may not.
    Rejected {
        /// Why not, with every number at fault.
        reasons: Vec<RawReason>,
    },
}

impl PortOutAnswer {
    /// The one answer to a request that became several cases: any denied number denies the whole, and all that are
    /// at fault are named. `None`: there is no case.
    pub fn combine(cases: impl IntoIterator<Item = Self>) -> Option<Self> {
        let combined = cases.into_iter().reduce(|one, other| match (one, other) {
            (Self::Rejected { mut reasons }, Self::Rejected { reasons: more }) => {
                reasons.extend(more);
                Self::Rejected { reasons }
            }
            (rejected @ Self::Rejected { .. }, Self::Authorized { .. })
            | (Self::Authorized { .. }, rejected @ Self::Rejected { .. }) => rejected,
            // All numbers of a request are cut over at once, so not before the last of them may go.
            (Self::Authorized { foc_at }, Self::Authorized { foc_at: other }) => Self::Authorized {
                foc_at: foc_at.max(other),
            },
        });
        combined.map(|answer| match answer {
            Self::Rejected { reasons } => Self::Rejected {
                reasons: worth_telling(reasons),
            },
            Self::Authorized { .. } => answer,
        })
    }
}

/// Each reason once, and none that only points at another that is there.
fn worth_telling(reasons: Vec<RawReason>) -> Vec<RawReason> {
    let points_elsewhere = |reason: &RawReason| reason.code == OTHER_NUMBER_DENIED;
    let is_named = reasons.iter().any(|reason| !points_elsewhere(reason));
    let mut told = Vec::with_capacity(reasons.len());
    for reason in reasons {
        if !(is_named && points_elsewhere(&reason) || told.contains(&reason)) {
            told.push(reason);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorized(second: i64) -> PortOutAnswer {
        PortOutAnswer::Authorized {
            foc_at: Timestamp::from_second(second).ok(),
        }
    }

    fn rejected(codes: &[&str]) -> PortOutAnswer {
        let reason = |code: &&str| RawReason {
            tn: "+12015550123".parse().ok(),
            code: (*code).to_owned(),
            text: String::new(),
        };
        PortOutAnswer::Rejected {
            reasons: codes.iter().map(reason).collect(),
        }
    }

    #[test]
    fn any_denied_number_denies_the_whole_request_and_is_named_once() {
        let cases = [
            (vec![], None),
            (vec![authorized(1)], Some(authorized(1))),
            (vec![authorized(1), authorized(2)], Some(authorized(2))),
            (vec![authorized(1), rejected(&["PIN"])], Some(rejected(&["PIN"]))),
            (vec![rejected(&["PIN"]), authorized(1)], Some(rejected(&["PIN"]))),
            (
                vec![rejected(&["PIN"]), authorized(1), rejected(&["ZIP"])],
                Some(rejected(&["PIN", "ZIP"])),
            ),
            (
                vec![
                    rejected(&["OTHER_NUMBER_DENIED"]),
                    rejected(&["TN_NOT_FOUND"]),
                    rejected(&["OTHER_NUMBER_DENIED"]),
                ],
                Some(rejected(&["TN_NOT_FOUND"])),
            ),
            // Nobody says which: better one reason than none.
            (
                vec![
                    rejected(&["OTHER_NUMBER_DENIED"]),
                    rejected(&["OTHER_NUMBER_DENIED"]),
                ],
                Some(rejected(&["OTHER_NUMBER_DENIED"])),
            ),
        ];
        for (answers, expected) in cases {
            assert_eq!(PortOutAnswer::combine(answers.clone()), expected, "{answers:?}");
        }
    }
}
