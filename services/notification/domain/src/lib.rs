//! Who is told what about a port, and how often it is tried: the rules of notification, without any I/O.
//!
//! Start at [`Step`], which names everything that people and programs are told, then [`Notice`], one thing that
//! happened. [`StepFilter`] says which steps a receiver wants, [`Receivers`] who is told in the end,
//! [`after_failure`] what follows a failed try.
//!
//! **Architecture invariant:** nothing here holds a secret, so nothing that is made of it can.
#![warn(missing_docs)]

mod delivery;
mod email_address;
mod invitation;
mod news;
mod news_step;
mod notice;
mod reach;
mod receivers;
mod retry;
mod step;
mod webhook_url;

pub use delivery::{Delivery, DeliveryState};
pub use email_address::EmailAddress;
pub use invitation::{Invitation, InvitationKind, Invited, TextInvitation};
pub use news::{AnswerProgress, DisputeNews, PinAlarm, PortInNews, PortOutNews, Reason, Remark};
pub use notice::{AccountNotice, DisputeNotice, Notice, PortInNotice, PortOutNotice};
pub use reach::is_public;
pub use receivers::{Account, Channel, Contact, Endpoint, Receivers, StepFilter};
pub use retry::{AfterFailure, TRIES_MAX, after_failure};
pub use step::Step;
pub use webhook_url::{InvalidWebhookUrl, WebhookUrl};
