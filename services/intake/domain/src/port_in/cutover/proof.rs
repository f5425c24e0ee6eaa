//! What is known of ported numbers: whether what they are to do was tested and works.

use jiff::Timestamp;
use types::Tn;

use super::super::order::{Entry, Order, OrderFact, Transition};
use super::CutoverFact;

/// What a number can do, each tested by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Calls to it arrive.
    VoiceInbound,
    /// Calls from it go out.
    VoiceOutbound,
    /// An emergency call shows its address.
    Emergency,
    /// The called party sees its caller name.
    CallerName,
    /// Texts are sent and arrive.
    Messaging,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 5] = [
        Self::VoiceInbound,
        Self::VoiceOutbound,
        Self::Emergency,
        Self::CallerName,
        Self::Messaging,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::VoiceInbound => "VOICE_INBOUND",
            Self::VoiceOutbound => "VOICE_OUTBOUND",
            Self::Emergency => "EMERGENCY",
            Self::CallerName => "CALLER_NAME",
            Self::Messaging => "MESSAGING",
        }
    }

    /// Whether a number with a caller name, or that texts, is to do this. Every number calls and reaches help.
    pub const fn is_wanted(self, has_caller_name: bool, texts: bool) -> bool {
        match self {
            Self::VoiceInbound | Self::VoiceOutbound | Self::Emergency => true,
            Self::CallerName => has_caller_name,
            Self::Messaging => texts,
        }
    }
}

/// How the tests of all wanted capabilities went, together or of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A result is still to come.
    Waiting,
    /// All passed.
    Passed,
    /// One failed and has not passed since.
    Failed,
}

impl Proof {
    /// Every proof.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Passed, Self::Failed];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Passed => "PASSED",
            Self::Failed => "FAILED",
        }
    }
}

/// How far the messaging of a number is that is to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessagingState {
    /// Its registration is not verified yet, or it has not ported yet.
    WaitingForRegistration,
    /// Asked for at the carrier.
    Requested,
    /// Tested: texts arrive.
    Active,
    /// Refused, or its test failed.
    Failed,
}

impl MessagingState {
    /// Every state.
    pub const ALL: [Self; 4] = [
        Self::WaitingForRegistration,
        Self::Requested,
        Self::Active,
        Self::Failed,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WaitingForRegistration => "WAITING_FOR_REGISTRATION",
            Self::Requested => "REQUESTED",
            Self::Active => "ACTIVE",
            Self::Failed => "FAILED",
        }
    }
}

/// The result of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The carrier's id of it.
    pub test_id: String,
    /// The number.
    pub tn: Tn,
    /// What was tested.
    pub capability: Capability,
    /// Whether it works.
    pub passed: bool,
    /// What was found.
    pub detail: String,
    /// When it was tested.
    pub tested_at: Timestamp,
}

impl Order {
    /// Hears a test that is the latest of its kind; `proof` is how all tests together stand with it. `None`: nothing
    /// about the order as a whole follows from it.
    pub fn hear_test(mut self, tested: &Tested, proof: Proof) -> Option<Transition> {
        let before = self.record.cutover.proof.replace(proof);
        let note = format!("{} of {}", tested.capability.code(), tested.tn);
        if !tested.passed {
            let facts = vec![OrderFact::CutOver(CutoverFact::CapabilityFailed(tested.clone()))];
            let entry = Entry {
                action: "capability_failed",
                note,
                is_alarming: true,
            };
            return Some(Transition {
                facts,
                ..self.noted(entry)
            });
        }
        match (before, proof) {
            (Some(Proof::Waiting | Proof::Failed) | None, Proof::Passed) => {
                let facts = vec![OrderFact::CutOver(CutoverFact::Proved)];
                Some(Transition {
                    facts,
                    ..self.noted(Entry::plain("proved"))
                })
            }
            (Some(Proof::Failed), Proof::Waiting) => {
                let entry = Entry {
                    note,
                    ..Entry::plain("capability_mended")
                };
                Some(self.noted(entry))
            }
            (Some(Proof::Passed), Proof::Passed)
            | (Some(Proof::Waiting | Proof::Passed) | None, Proof::Waiting)
            | (_, Proof::Failed) => None,
        }
    }
}
