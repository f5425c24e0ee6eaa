//! The senders: claim with a lease, send, record. Any number of replicas may run them.

mod backlog;
mod sender;

use notification_domain::Channel;
use service::due::Wake;

pub(crate) use backlog::{Deliveries, measure};
pub(crate) use sender::Sender;

/// Wakes the senders. Each channel has its own, so that slow webhooks never hold up mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wakes {
    mail: Wake,
    webhooks: Wake,
    texts: Wake,
}

impl Wakes {
    /// That of one channel.
    pub(crate) fn of(&self, channel: Channel) -> &Wake {
        match channel {
            Channel::Email => &self.mail,
            Channel::Webhook => &self.webhooks,
            Channel::Sms => &self.texts,
        }
    }
}
