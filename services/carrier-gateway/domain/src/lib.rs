//! What the carrier gateway decides: how far a command has come, what a carrier's answer means, when to ask again.
//!
//! - [`Progress`] is the life of a command: requested, sent, acknowledged or refused.
//! - [`CarrierAnswer`] is what a carrier said; [`CarrierAnswer::compile`] puts its reasons into our words.
//! - [`schedule`] says when a carrier partner is asked again.
//! - [`PortOutRequest`] and [`PortOutProgress`] come from other carriers; [`PortOutAnswer`] goes back.
//!
//! **Architecture invariant:** no I/O and no clock: `now` is a parameter, and what follows from a step is returned.
#![warn(missing_docs)]

mod answer;
mod carrier;
mod change;
mod command;
mod outgoing;
mod port_out;
pub mod schedule;
mod submission;
mod words;

pub use answer::{CarrierAnswer, CompiledReason, RawReason, Said};
pub use carrier::Carrier;
pub use change::{Change, Page, Unreadable};
pub use command::{About, Command, CommandKind, IllegalStep, OrderAsk, Outcome, Progress, Step};
pub use outgoing::{
    NAME_CHARS_MAX, PackageNumber, PortPackage, SIGNER_CHARS_MAX, ServiceAddress, cut_name, pon_of,
};
pub use port_out::{PortOutAnswer, PortOutNews, PortOutProgress, PortOutRequest};
pub use submission::{Submission, SubmissionState};
pub use words::plain_words;
