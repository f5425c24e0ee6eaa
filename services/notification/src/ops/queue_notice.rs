//! Tells everybody concerned what happened: one delivery a receiver, rendered here and sent later.

use jiff::Timestamp;
use notification_domain::{Account, Invitation, Invited, Notice, Receivers, TextInvitation};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, EventId};

use super::RECEIVERS_MAX;
use crate::render::{Mail, RenderError, Renderer, payload};
use crate::store;
use crate::store::delivery::{Content, NewDelivery};

/// Why nobody was told.
#[derive(Debug, Error)]
pub(crate) enum QueueError {
    /// The account was never announced. Its first event comes before all others, so waiting would not help.
    #[error("the account {0} is not known")]
    UnknownAccount(AccountId),
    /// A mail could not be written.
    #[error("the mail cannot be written")]
    Render(#[from] RenderError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The event that a notice comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) event: EventId,
    /// When it happened, by the business clock.
    pub(crate) occurred_at: Timestamp,
}

/// Queues `notice` for every receiver. Told again of the same event, it adds nothing.
pub(crate) async fn queue_notice(
    conn: &mut PgConnection,
    renderer: &Renderer,
    origin: Origin,
    notice: &Notice,
    now: Timestamp,
) -> Result<(), QueueError> {
    let id = notice.account();
    let account = store::account::find(conn, id)
        .await?
        .ok_or(QueueError::UnknownAccount(id))?;
    let receivers = Receivers {
        owner: account.owner_email.clone(),
        contacts: store::contact::list(conn, id, RECEIVERS_MAX).await?,
        endpoints: store::endpoint::list(conn, id, RECEIVERS_MAX).await?,
    };
    let step = notice.step();
    let mail = if notice.is_mailed() {
        Some(renderer.mail(notice, &account)?)
    } else {
        None
    };
    let payload = payload(notice, origin.occurred_at);
    let mut contents = Vec::new();
    if let Some(mail) = &mail {
        for address in receivers.mailed(step) {
            contents.push(Content::Email {
                receiver: address.as_str(),
                subject_line: &mail.subject_line,
                text: &mail.text,
            });
        }
    }
    let outsider = match notice.invited() {
        Some(invited) => Some(Outsider::told(renderer, notice, invited, &account)?),
        None => None,
    };
    contents.extend(outsider.as_ref().map(Outsider::content));
    for endpoint in receivers.called(step) {
        contents.push(Content::Webhook {
            url: endpoint.url.as_str(),
            endpoint: endpoint.id,
            payload: &payload,
        });
    }
    for content in contents {
        let delivery = NewDelivery {
            account: id,
            event: origin.event,
            step,
            subject_id: notice.subject_id(),
            queued_at: now,
            content,
        };
        store::delivery::insert(conn, &delivery).await?;
    }
    Ok(())
}

/// Somebody outside the account, and what they are sent.
enum Outsider {
    Mail(Invitation, Mail),
    Text {
        invitation: TextInvitation,
        receiver: String,
        text: String,
    },
}

impl Outsider {
    fn told(
        renderer: &Renderer,
        notice: &Notice,
        invited: Invited,
        account: &Account,
    ) -> Result<Self, RenderError> {
        Ok(match invited {
            Invited::ByMail(invitation) => {
                Self::Mail(invitation, renderer.invitation(notice, invitation, account)?)
            }
            Invited::ByText(invitation) => Self::Text {
                invitation,
                receiver: invitation.number.to_string(),
                text: renderer.text(notice, account)?,
            },
        })
    }

    fn content(&self) -> Content<'_> {
        match self {
            Self::Mail(invitation, mail) => Content::Invitation {
                invitation: *invitation,
                subject_line: &mail.subject_line,
                text: &mail.text,
            },
            Self::Text {
                invitation,
                receiver,
                text,
            } => Content::Text {
                invitation: *invitation,
                receiver,
                text,
            },
        }
    }
}
