//! What a number can do once it is ours, and how that was tested.

use jiff::Timestamp;
use types::{Pon, Tn};

/// What a number can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
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
    /// The stable name, for the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::VoiceInbound => "voice_inbound",
            Self::VoiceOutbound => "voice_outbound",
            Self::Emergency => "emergency",
            Self::CallerName => "caller_name",
            Self::Messaging => "messaging",
        }
    }
}

/// How one test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityTest {
    /// Unique per carrier partner; the same when it is delivered again.
    pub test_id: String,
    /// The request that the number was ported by.
    pub pon: Pon,
    /// The number.
    pub tn: Tn,
    /// What was tested.
    pub capability: Capability,
    /// Whether it works.
    pub passed: bool,
    /// What was found; may be empty.
    pub detail: String,
    /// When it was tested.
    pub tested_at: Timestamp,
}
