//! What the carrier gateway decides: how far a command has come, what a carrier's answer means, when to ask again.
//!
//! - [`Progress`] is the life of a command: requested, sent, acknowledged or refused.
//! - [`CarrierAnswer`] is what a carrier said; [`CarrierAnswer::compile`] puts its reasons into our words.
//! - [`schedule`] says when a carrier partner is asked again.
//! - [`PortOutRequest`] and [`PortOutProgress`] come from other carriers; [`PortOutAnswer`] and [`PortOutConflict`] go back.
//!
//! **Architecture invariant:** no I/O and no clock: `now` is a parameter, and what follows from a step is returned.
#![warn(missing_docs)]

mod answer;
mod ask;
mod capability;
mod carrier;
mod change;
mod command;
mod number_prefix;
mod outgoing;
mod port_out;
pub mod schedule;
mod submission;
mod words;

pub use answer::{CarrierAnswer, CompiledReason, RawReason, Said};
pub use ask::{About, CommandKind, OrderAsk, PortOutTell};
pub use capability::{Capability, CapabilityTest};
pub use carrier::{Activation, AsksFor, Carrier, Network};
pub use change::{Change, Page, Unreadable};
pub use command::{Command, IllegalStep, Outcome, Progress, Step};
pub use number_prefix::NumberPrefix;
pub use outgoing::{
    NAME_CHARS_MAX, PackageNumber, PortPackage, SIGNER_CHARS_MAX, ServiceAddress, Supplement, cut_name,
    pon_of,
};
pub use port_out::{
    PortOutAnswer, PortOutConflict, PortOutNews, PortOutProgress, PortOutRequest, PortOutSnapbackAnswer,
    Reading,
};
pub use submission::{Submission, SubmissionState};
pub use words::plain_words;
