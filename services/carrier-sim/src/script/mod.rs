//! What the simulated carriers say: scripts, and what follows from them when something is asked.
//!
//! Knows no database, no network and no clock. Start at [`plan::plan`].

mod committed;
mod places;
pub(crate) mod plan;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{Pon, Tn, Ver};

/// How requests that hold a number are answered. Kept in the database as it is serialized.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Script {
    /// In order. None: everything is answered as the plan's defaults say.
    pub(crate) steps: Vec<Step>,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// Nothing is said about this version; `None`: nothing at all from here on, for good.
    Silence(Option<Ver>),
    /// Something is said.
    Answer(AnswerStep),
}

/// Something that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnswerStep {
    /// How long after what it answers came in.
    pub(crate) after: SignedDuration,
    /// What is said.
    pub(crate) says: Says,
    /// How often it is delivered, at least once.
    pub(crate) times: u16,
    /// The version it answers; `None`: what its place in the script says.
    pub(crate) ver: Option<Ver>,
}

/// What a carrier says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Says {
    /// No.
    Rejected(Vec<Reason>),
    /// Correct some data.
    UpdateRequired(Vec<Reason>),
    /// It takes longer.
    Delayed(Vec<Reason>),
    /// Yes; with a span: the cut-over is so long after the answer.
    Foc {
        /// The span; `None`: the wanted date or the third day.
        cut_over_after: Option<SignedDuration>,
    },
    /// The numbers are active.
    Activated,
    /// The cancel is confirmed.
    Cancelled,
    /// The cancel or supplement came too late.
    ChangeRefused(Vec<Reason>),
}

/// One reason, in the carrier's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    /// The number it is about; `None`: the whole request.
    pub(crate) tn: Option<Tn>,
    /// The carrier's code.
    pub(crate) code: String,
    /// The carrier's text.
    pub(crate) text: String,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// No.
    Rejected(Vec<Reason>),
    /// Correct some data.
    UpdateRequired(Vec<Reason>),
    /// It takes longer.
    Delayed(Vec<Reason>),
    /// Yes, at this instant.
    Foc(Timestamp),
    /// The numbers are active.
    Activated,
    /// The cancel is confirmed.
    Cancelled,
    /// The cancel or supplement came too late.
    ChangeRefused(Vec<Reason>),
}

/// An answer as the carrier gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Unique; the same when it is delivered again.
    pub(crate) id: String,
    /// The request.
    pub(crate) pon: Pon,
    /// The version it answers.
    pub(crate) ver: Ver,
    /// What it says.
    pub(crate) content: Content,
    /// When the carrier gave it.
    pub(crate) answered_at: Timestamp,
}
