//! What the change feed of a carrier partner brings.

use crate::answer::CarrierAnswer;
use crate::capability::CapabilityTest;
use crate::port_out::{PortOutProgress, PortOutRequest, PortOutSnapbackAnswer};

/// Something that happened at the partner.
#[derive(Debug)]
pub enum Change {
    /// An answer to a request of ours.
    Answer(CarrierAnswer),
    /// Another carrier's request.
    Request(PortOutRequest),
    /// What became of one.
    Progress(PortOutProgress),
    /// How a test of a number that became ours ended.
    Test(CapabilityTest),
    /// What a winning carrier says to our wish to have numbers back.
    PortOutSnapback(PortOutSnapbackAnswer),
    /// None of these.
    Unreadable(Unreadable),
}

/// A page of the feed.
#[derive(Debug)]
pub struct Page {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Where to go on.
    pub next_cursor: String,
}

/// Something of a partner's that cannot be read. A person looks at it; nothing waits for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What it would have been.
    pub what: &'static str,
    /// By what it can be found at the partner.
    pub key: String,
    /// What is wrong with it; never a value.
    pub why: String,
}
