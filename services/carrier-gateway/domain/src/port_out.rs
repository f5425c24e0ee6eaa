//! Other carriers' requests for our numbers, what became of them, and what we answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{ConflictId, Pon, Secret, SnapbackId, Spid, Tn, Ver};

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

/// What a winning carrier says to our wish to have numbers back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOutSnapbackAnswer {
    /// The partner's own id of it.
    pub answer_id: String,
    /// Our id of the wish.
    pub request_id: SnapbackId,
    /// Whether the numbers are with us again.
    pub confirmed: bool,
    /// The numbers it is about; none: all that were asked for.
    pub tns: Vec<Tn>,
    /// Why it refuses, in its words.
    pub refusal: String,
    /// When it was given.
    pub answered_at: Timestamp,
}

/// What we answer to a winning carrier, for one case or for all cases of its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum PortOutAnswer {
    /// The numbers may go.
    Authorized {
        /// The cut-over instant we commit to.
        foc_at: Option<Timestamp>,
        /// The numbers that may not, each named, for a winning carrier that reads answers number by number.
        #[serde(default)]
        denied: Vec<RawReason>,
    },
    /// They may not.
    Rejected {
        /// Why not, with every number at fault.
        reasons: Vec<RawReason>,
        /// The numbers of the case.
        #[serde(default)]
        tns: Vec<Tn>,
    },
}

/// Numbers that were authorized to go and are not to after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortOutConflict {
    /// Its id, by which the winning carrier knows a repeat.
    pub id: ConflictId,
    /// Why, each with its number.
    pub reasons: Vec<RawReason>,
    /// The numbers that stay; empty: all of the request.
    pub tns: Vec<Tn>,
}

/// What a winning carrier makes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Any denied number denies the whole request.
    Whole,
    /// Each number is answered by itself.
    PerNumber,
}

impl Reading {
    /// As a profile says it.
    pub const fn of(is_per_number: bool) -> Self {
        if is_per_number {
            Self::PerNumber
        } else {
            Self::Whole
        }
    }

    /// As a profile says it.
    pub const fn is_per_number(self) -> bool {
        match self {
            Self::PerNumber => true,
            Self::Whole => false,
        }
    }
}

impl PortOutAnswer {
    /// The one answer to a request that became several cases. For a carrier that takes it as a whole, any denied number
    /// denies all, and every number at fault is named; else those of the refused cases are named, each, and the others
    /// may go. `None`: there is no case.
    pub fn combine(cases: impl IntoIterator<Item = Self>, reading: Reading) -> Option<Self> {
        let (mut goes_at, mut denied, mut reasons, mut refused_tns) = (None, vec![], vec![], vec![]);
        let (mut is_empty, mut is_refused, mut is_nameable) = (true, false, true);
        for case in cases {
            is_empty = false;
            match case {
                Self::Authorized { foc_at, denied: some } => {
                    // All numbers of a request are cut over at once, so not before the last of them may go.
                    goes_at = goes_at.max(Some(foc_at));
                    is_refused |= !some.is_empty();
                    reasons.extend(some.iter().cloned());
                    denied.extend(some);
                }
                Self::Rejected { reasons: why, tns } => {
                    is_refused = true;
                    // Of whom the numbers are not known, none can be named, and none may be let go.
                    is_nameable &= !tns.is_empty();
                    denied.extend(named_one_by_one(&why, &tns));
                    reasons.extend(why);
                    refused_tns.extend(tns);
                }
            }
        }
        if is_empty {
            return None;
        }
        Some(match (goes_at, reading) {
            (Some(foc_at), Reading::PerNumber) if is_nameable => Self::Authorized { foc_at, denied },
            (Some(foc_at), Reading::Whole) if !is_refused => Self::Authorized { foc_at, denied },
            (Some(_) | None, Reading::Whole | Reading::PerNumber) => Self::Rejected {
                reasons: worth_telling(reasons),
                tns: refused_tns,
            },
        })
    }
}

/// The reasons of a refused case as one for each of its numbers at least: those that no reason names fell with them.
fn named_one_by_one(reasons: &[RawReason], tns: &[Tn]) -> Vec<RawReason> {
    let of_all = reasons.iter().filter(|reason| reason.tn.is_none());
    let mut named: Vec<RawReason> = reasons
        .iter()
        .filter(|reason| reason.tn.is_some())
        .cloned()
        .collect();
    for tn in tns {
        let for_this = |reason: &RawReason| RawReason {
            tn: Some(*tn),
            ..reason.clone()
        };
        if of_all.clone().next().is_some() {
            named.extend(of_all.clone().map(for_this));
        } else if !named.iter().any(|reason| reason.tn == Some(*tn)) {
            named.push(RawReason {
                tn: Some(*tn),
                code: OTHER_NUMBER_DENIED.to_owned(),
                text: String::new(),
            });
        }
    }
    named
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

    fn reason(tn: &str, code: &str) -> RawReason {
        RawReason {
            tn: tn.parse().ok(),
            code: code.to_owned(),
            text: String::new(),
        }
    }

    fn authorized(second: i64) -> PortOutAnswer {
        partly(second, vec![])
    }

    fn partly(second: i64, denied: Vec<RawReason>) -> PortOutAnswer {
        PortOutAnswer::Authorized {
            foc_at: Timestamp::from_second(second).ok(),
            denied,
        }
    }

    fn rejected(codes: &[&str]) -> PortOutAnswer {
        refused(
            codes.iter().map(|code| reason("+12015550123", code)).collect(),
            &[],
        )
    }

    fn refused(reasons: Vec<RawReason>, tns: &[&str]) -> PortOutAnswer {
        PortOutAnswer::Rejected {
            reasons,
            tns: tns.iter().map(|tn| tn.parse().unwrap()).collect(),
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
            // What was meant number by number is not, for a carrier that does not read it so.
            (
                vec![partly(1, vec![reason("+12015550123", "PIN")])],
                Some(rejected(&["PIN"])),
            ),
            (vec![authorized(1), rejected(&[])], Some(rejected(&[]))),
        ];
        for (answers, expected) in cases {
            let combined = PortOutAnswer::combine(answers.clone(), Reading::Whole);
            assert_eq!(combined, expected, "{answers:?}");
        }
    }

    #[test]
    fn a_carrier_that_reads_number_by_number_is_told_of_every_number_that_may_not_go() {
        let (one, other) = ("+12015550123", "+12015550124");
        let cases = [
            (vec![], None),
            (vec![authorized(1), authorized(2)], Some(authorized(2))),
            (
                vec![partly(1, vec![reason(one, "PIN")])],
                Some(partly(1, vec![reason(one, "PIN")])),
            ),
            (
                vec![refused(vec![reason(one, "PIN")], &[one])],
                Some(refused(vec![reason(one, "PIN")], &[one])),
            ),
            (
                vec![authorized(1), refused(vec![reason(one, "PIN")], &[one, other])],
                Some(partly(
                    1,
                    vec![reason(one, "PIN"), reason(other, "OTHER_NUMBER_DENIED")],
                )),
            ),
            (
                vec![refused(vec![reason("", "LOCKED")], &[one, other]), authorized(1)],
                Some(partly(1, vec![reason(one, "LOCKED"), reason(other, "LOCKED")])),
            ),
            // Nobody knows which numbers the refused case has.
            (
                vec![authorized(1), refused(vec![], &[])],
                Some(refused(vec![], &[])),
            ),
        ];
        for (answers, expected) in cases {
            let combined = PortOutAnswer::combine(answers.clone(), Reading::PerNumber);
            assert_eq!(combined, expected, "{answers:?}");
        }
    }
}
