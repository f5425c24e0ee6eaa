//! Sending: one mail server, one SMS gateway or none, any number of webhook receivers. No transaction is open while we
//! talk to any of them.

mod http;
mod invitation;
mod mail;
mod public_only;
mod text;
mod webhook;

use uuid::Uuid;

use self::mail::Mail;
use crate::ops::Outcome;
use crate::render::LINK;
use crate::store::queue::{Claimed, ClaimedKind};

pub(crate) use invitation::Links;
pub(crate) use mail::Mailer;
pub(crate) use text::SmsGateway;
pub(crate) use webhook::WebhookCaller;

/// An error is told to the account with this many characters at most.
const ERROR_CHARS_MAX: usize = 300;

/// All ways of telling.
#[derive(Debug)]
pub(crate) struct Senders {
    pub(crate) mailer: Mailer,
    /// `None`: no texts can be sent.
    pub(crate) sms: Option<SmsGateway>,
    pub(crate) webhooks: WebhookCaller,
    pub(crate) links: Links,
}

impl Senders {
    /// Sends once. Repeated after a crash, it sends the same under the same id.
    pub(crate) async fn send(&self, claimed: &Claimed) -> Outcome {
        let outcome = match &claimed.kind {
            ClaimedKind::Email { subject_line } => {
                let mail = Mail {
                    to: &claimed.receiver,
                    subject_line,
                    text: &claimed.body,
                };
                self.mailer.send(claimed, mail).await
            }
            ClaimedKind::Invitation {
                subject_line,
                kind,
                id,
            } => match self.links.fetch(*kind, *id).await {
                Ok(link) => {
                    let mail = Mail {
                        to: link.to.as_str(),
                        subject_line,
                        text: &claimed.body.replace(LINK, link.url.expose()),
                    };
                    self.mailer.send(claimed, mail).await
                }
                Err(outcome) => outcome,
            },
            ClaimedKind::Webhook {
                endpoint,
                secret: Some(secret),
            } => self.webhooks.call(claimed, *endpoint, secret).await,
            ClaimedKind::Webhook { secret: None, .. } => {
                Outcome::Refused("the webhook endpoint was removed".to_owned())
            }
            ClaimedKind::Text { consent } => self.text(claimed, *consent).await,
        };
        match outcome {
            Outcome::Delivered => Outcome::Delivered,
            Outcome::TryAgain(error) => Outcome::TryAgain(shortened(&error)),
            Outcome::Refused(error) => Outcome::Refused(shortened(&error)),
        }
    }
}

impl Senders {
    /// Without a gateway no link is asked for: nobody would get it.
    async fn text(&self, claimed: &Claimed, consent: Uuid) -> Outcome {
        let Some(gateway) = &self.sms else {
            return Outcome::Refused("no SMS gateway is set (PORTWAY_SMS_URL)".to_owned());
        };
        match self.links.fetch_for_text(consent).await {
            Ok(link) => {
                let text = claimed.body.replace(LINK, link.url.expose());
                gateway.send(claimed, link.to, &text).await
            }
            Err(outcome) => outcome,
        }
    }
}

fn shortened(error: &str) -> String {
    let visible = error.chars().filter(|char| !char.is_control());
    visible.take(ERROR_CHARS_MAX).collect()
}
