//! A request of ours at a carrier: what answers are matched to, and how long it is asked about.

use std::collections::BTreeSet;

use types::{AccountId, CarrierId, OrderId, Pon, Tn, Ver};

use crate::answer::Said;

/// A request of ours at a carrier, over all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The order.
    pub order: OrderId,
    /// The account.
    pub account: AccountId,
    /// What both carriers call it.
    pub pon: Pon,
    /// The last version that was to be sent.
    pub ver: Ver,
    /// The losing carrier.
    pub carrier: CarrierId,
    /// Whether answers are still to come.
    pub state: SubmissionState,
    /// The trace that sent it.
    pub traceparent: Option<String>,
}

/// Whether answers are still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmissionState {
    /// The carrier is asked about it from time to time.
    Open {
        /// The numbers that are not active yet.
        awaited: BTreeSet<Tn>,
    },
    /// Nothing is expected any more. What comes anyway is recorded and announced all the same.
    Closed,
}

impl SubmissionState {
    /// What an answer leads to. Only the end of the port or of the request closes it: a rejection is corrected.
    #[must_use]
    pub fn after(self, said: &Said) -> Self {
        let Self::Open { mut awaited } = self else {
            return Self::Closed;
        };
        match said {
            Said::Cancelled => Self::Closed,
            Said::Activated { tns } => {
                if tns.is_empty() {
                    return Self::Closed;
                }
                awaited.retain(|tn| !tns.contains(tn));
                if awaited.is_empty() {
                    Self::Closed
                } else {
                    Self::Open { awaited }
                }
            }
            Said::Rejected
            | Said::UpdateRequired
            | Said::Delayed
            | Said::Foc { .. }
            | Said::ChangeRefused
            | Said::SnapbackConfirmed { .. }
            | Said::SnapbackRefused { .. } => Self::Open { awaited },
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn tns(lines: &[u16]) -> Vec<Tn> {
        lines
            .iter()
            .map(|line| format!("+1201555{line:04}").parse().unwrap())
            .collect()
    }

    fn open(lines: &[u16]) -> SubmissionState {
        SubmissionState::Open {
            awaited: tns(lines).into_iter().collect(),
        }
    }

    #[test]
    fn every_state_meets_every_answer() {
        let activated = |lines: &[u16]| Said::Activated { tns: tns(lines) };
        let cases = [
            (Said::Rejected, open(&[1, 2])),
            (Said::UpdateRequired, open(&[1, 2])),
            (Said::Delayed, open(&[1, 2])),
            (
                Said::Foc {
                    at: Timestamp::UNIX_EPOCH,
                },
                open(&[1, 2]),
            ),
            (Said::ChangeRefused, open(&[1, 2])),
            (Said::SnapbackConfirmed { tns: tns(&[1]) }, open(&[1, 2])),
            (Said::SnapbackRefused { tns: vec![] }, open(&[1, 2])),
            (activated(&[1]), open(&[2])),
            (activated(&[1, 2, 3]), SubmissionState::Closed),
            (activated(&[]), SubmissionState::Closed),
            (Said::Cancelled, SubmissionState::Closed),
        ];
        for (said, expected) in cases {
            assert_eq!(open(&[1, 2]).after(&said), expected, "{said:?}");
            assert_eq!(
                SubmissionState::Closed.after(&said),
                SubmissionState::Closed,
                "{said:?}"
            );
        }
    }
}
