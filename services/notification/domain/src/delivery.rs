//! One message to one receiver, as its account sees it.

use jiff::Timestamp;
use types::DeliveryId;
use uuid::Uuid;

use crate::{Channel, Step};

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waiting for its turn, or for the next try.
    Queued,
    /// Taken by the receiving server.
    Delivered {
        /// When, by the business clock.
        at: Timestamp,
    },
    /// Given up.
    Failed,
}

/// One message to one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id; the Message-ID of the email, the webhook-id and the id of the text are made from it.
    pub id: DeliveryId,
    /// What it tells.
    pub step: Step,
    /// The order or port-out it is about.
    pub subject_id: Uuid,
    /// By which way.
    pub channel: Channel,
    /// Email address, URL or number; of an email to somebody outside the account, who that is.
    pub receiver: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed; empty when it did not.
    pub last_error: String,
    /// When it was queued, by the business clock.
    pub queued_at: Timestamp,
}
