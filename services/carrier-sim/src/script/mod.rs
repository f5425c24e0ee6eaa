//! What the simulated carriers say: scripts, and what follows from them when something is asked.
//!
//! Knows no database, no network and no clock. Start at [`plan::plan`].

mod committed;
mod places;
pub(crate) mod plan;
pub(crate) mod tests_after;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{Pon, Tn, Ver};

/// How requests that hold a number are answered. Kept in the database as it is serialized.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Script {
    /// In order. None: everything is answered as the plan's defaults say.
    pub(crate) steps: Vec<Step>,
    /// Tests of capabilities that stand in place of the built-in ones.
    pub(crate) tests: Vec<ScriptedTest>,
    /// Why messaging is not enabled; `None`: it is.
    pub(crate) messaging_refusal: Option<String>,
    /// Why numbers that left us are not given back; `None`: they are.
    pub(crate) port_out_snapback_refusal: Option<String>,
}

/// A test of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScriptedTest {
    /// The number; `None`: every one.
    pub(crate) tn: Option<Tn>,
    /// What is tested.
    pub(crate) capability: Capability,
    /// How it ends.
    pub(crate) outcome: Outcome,
    /// What is found.
    pub(crate) detail: String,
    /// How long after the number became active, or messaging was enabled; `None`: as without a script.
    pub(crate) after: Option<SignedDuration>,
}

/// How a test ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// It works.
    Passes,
    /// It does not.
    Fails,
    /// Nobody tests it.
    Never,
}

/// What a number can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Capability {
    /// Calls to it arrive.
    VoiceInbound,
    /// Calls from it go out.
    VoiceOutbound,
    /// An emergency call shows the registered address.
    Emergency,
    /// The called party sees the caller's name.
    CallerName,
    /// Texts are sent and arrive.
    Messaging,
}

impl Capability {
    /// Every one of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::VoiceInbound,
        Self::VoiceOutbound,
        Self::Emergency,
        Self::CallerName,
        Self::Messaging,
    ];
    /// What works once a number is active. Texting is enabled by itself.
    pub(crate) const OF_AN_ACTIVE_NUMBER: [Self; 4] = [
        Self::VoiceInbound,
        Self::VoiceOutbound,
        Self::Emergency,
        Self::CallerName,
    ];

    /// Its name, as the proto has it without the prefix.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::VoiceInbound => "VOICE_INBOUND",
            Self::VoiceOutbound => "VOICE_OUTBOUND",
            Self::Emergency => "EMERGENCY",
            Self::CallerName => "CALLER_NAME",
            Self::Messaging => "MESSAGING",
        }
    }
}

/// How a test of a number ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Test {
    /// Unique; the same when it is delivered again.
    pub(crate) id: String,
    /// The request.
    pub(crate) pon: Pon,
    /// The number.
    pub(crate) tn: Tn,
    /// What was tested.
    pub(crate) capability: Capability,
    /// Whether it works.
    pub(crate) passed: bool,
    /// What was found.
    pub(crate) detail: String,
    /// When.
    pub(crate) tested_at: Timestamp,
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
    /// The numbers are back with the losing carrier.
    SnapbackConfirmed,
    /// They are not given back.
    SnapbackRefused(Vec<Reason>),
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
    /// Numbers are active; none named: all.
    Activated(Vec<Tn>),
    /// The cancel is confirmed.
    Cancelled,
    /// The cancel or supplement came too late.
    ChangeRefused(Vec<Reason>),
    /// Numbers are back with the losing carrier; none named: all.
    SnapbackConfirmed(Vec<Tn>),
    /// Numbers are not given back; none named: none of them.
    SnapbackRefused(Vec<Tn>, Vec<Reason>),
}

impl Content {
    /// The numbers it is about, of what may be about some; none: all.
    pub(crate) fn tns(&self) -> &[Tn] {
        match self {
            Self::Activated(tns) | Self::SnapbackConfirmed(tns) | Self::SnapbackRefused(tns, _) => tns,
            Self::Rejected(_)
            | Self::UpdateRequired(_)
            | Self::Delayed(_)
            | Self::Foc(_)
            | Self::Cancelled
            | Self::ChangeRefused(_) => &[],
        }
    }
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
