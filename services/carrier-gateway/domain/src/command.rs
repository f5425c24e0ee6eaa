//! A command to a carrier and how far it has come. A change that never left is never taken for done.

use jiff::Timestamp;
use types::{AccountId, CommandId, Pon, Ver};

use crate::ask::About;

/// One thing asked of a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its id.
    pub id: CommandId,
    /// The account.
    pub account: AccountId,
    /// The purchase order number it goes under.
    pub pon: Pon,
    /// Its version.
    pub ver: Ver,
    /// What it is about.
    pub about: About,
    /// How far it has come.
    pub progress: Progress,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The trace that asked for it.
    pub traceparent: Option<String>,
}

/// How far a command has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Waiting to be sent.
    Requested,
    /// Sent at least once; whether it arrived is not known.
    Sent {
        /// When it was sent first.
        first_sent_at: Timestamp,
    },
    /// Taken in by the carrier.
    Acknowledged {
        /// When we learnt so.
        at: Timestamp,
        /// The carrier's own reference, if it gave one.
        carrier_reference: Option<String>,
    },
    /// Refused, and not tried again.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, in the words of who refused.
        refusal: String,
    },
}

/// What a step leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How far the command has come now.
    pub progress: Progress,
    /// Whether that is news to announce; a repeat is none.
    pub is_news: bool,
}

/// A step that makes no sense after what happened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a command that is {from} cannot be {action}")]
pub struct IllegalStep {
    /// How far it had come.
    pub from: &'static str,
    /// What was to happen.
    pub action: &'static str,
}

impl Progress {
    /// The stable name, for the database.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Sent { .. } => "sent",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Refused { .. } => "refused",
        }
    }

    /// Whether nothing more will happen.
    pub const fn is_ended(&self) -> bool {
        match self {
            Self::Requested | Self::Sent { .. } => false,
            Self::Acknowledged { .. } | Self::Refused { .. } => true,
        }
    }

    /// The command is about to leave, for the first time or again.
    pub fn send(self, at: Timestamp) -> Result<Step, IllegalStep> {
        match self {
            Self::Requested => Ok(news(Self::Sent { first_sent_at: at })),
            Self::Sent { .. } => Ok(repeat(self)),
            Self::Acknowledged { .. } | Self::Refused { .. } => Err(self.cannot_be("sent")),
        }
    }

    /// The carrier has taken the command in. It cannot have taken in what never left.
    pub fn acknowledge(self, at: Timestamp, carrier_reference: Option<String>) -> Result<Step, IllegalStep> {
        match self {
            Self::Sent { .. } => Ok(news(Self::Acknowledged {
                at,
                carrier_reference,
            })),
            Self::Acknowledged { .. } => Ok(repeat(self)),
            Self::Requested | Self::Refused { .. } => Err(self.cannot_be("acknowledged")),
        }
    }

    /// Somebody refused the command for good: intake before it left, or the carrier after.
    pub fn refuse(self, at: Timestamp, refusal: String) -> Result<Step, IllegalStep> {
        match self {
            Self::Requested | Self::Sent { .. } => Ok(news(Self::Refused { at, refusal })),
            Self::Refused { .. } => Ok(repeat(self)),
            Self::Acknowledged { .. } => Err(self.cannot_be("refused")),
        }
    }

    fn cannot_be(&self, action: &'static str) -> IllegalStep {
        IllegalStep {
            from: self.code(),
            action,
        }
    }
}

fn news(progress: Progress) -> Step {
    Step {
        progress,
        is_news: true,
    }
}

fn repeat(progress: Progress) -> Step {
    Step {
        progress,
        is_news: false,
    }
}

/// How one try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The carrier has it.
    Acknowledged {
        /// The carrier's own reference, if it gave one.
        carrier_reference: Option<String>,
    },
    /// It was refused for good.
    Refused(String),
    /// Nobody knows; it is tried again.
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// One of each, reached at second 1.
    fn all() -> [Progress; 4] {
        [
            Progress::Requested,
            Progress::Sent { first_sent_at: at(1) },
            Progress::Acknowledged {
                at: at(1),
                carrier_reference: Some("R1".to_owned()),
            },
            Progress::Refused {
                at: at(1),
                refusal: "first".to_owned(),
            },
        ]
    }

    /// Where a step leads from each, and whether it is news; `None` where it is illegal.
    type Expected = [Option<(&'static str, bool)>; 4];

    #[test]
    fn every_state_meets_every_action() {
        type Action = fn(Progress) -> Result<Step, IllegalStep>;
        let table: [(&str, Action, Expected); 3] = [
            (
                "sent",
                |progress| progress.send(at(2)),
                [Some(("sent", true)), Some(("sent", false)), None, None],
            ),
            (
                "acknowledged",
                |progress| progress.acknowledge(at(2), Some("R2".to_owned())),
                [
                    None,
                    Some(("acknowledged", true)),
                    Some(("acknowledged", false)),
                    None,
                ],
            ),
            (
                "refused",
                |progress| progress.refuse(at(2), "second".to_owned()),
                [
                    Some(("refused", true)),
                    Some(("refused", true)),
                    None,
                    Some(("refused", false)),
                ],
            ),
        ];
        for (action, apply, expected) in table {
            for (from, expected) in all().into_iter().zip(expected) {
                let name = from.code();
                match (apply(from.clone()), expected) {
                    (Ok(step), Some((to, is_news))) => {
                        assert_eq!(
                            (step.progress.code(), step.is_news),
                            (to, is_news),
                            "{name} {action}"
                        );
                        // A repeat keeps what was known first.
                        assert_eq!(step.progress == from, !is_news, "{name} {action}");
                    }
                    (Err(error), None) => assert_eq!(error, IllegalStep { from: name, action }),
                    (made, expected) => panic!("{name} {action}: {made:?}, not {expected:?}"),
                }
            }
        }
    }

    #[test]
    fn only_what_was_answered_has_ended() {
        let ended: Vec<bool> = all().iter().map(Progress::is_ended).collect();
        assert_eq!(ended, [false, false, true, true]);
    }
}
