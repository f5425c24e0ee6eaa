//! What became of a delivery, as events for whoever listens.

use events::NewEvent;
use jiff::Timestamp;
use notification_domain::Channel;
use pg::StoreError;
use portway_proto::notification::v1::{Channel as ProtoChannel, Delivered, DeliveryFailed};
use sqlx::PgConnection;

use crate::store::queue::Claimed;

/// Announces that the receiving server took it.
pub(crate) async fn delivered(
    conn: &mut PgConnection,
    claimed: &Claimed,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = Delivered {
        delivery_id: claimed.id.to_string(),
        step: claimed.step.to_string(),
        subject_id: claimed.subject_id.to_string(),
        channel: channel(claimed).into(),
    };
    events::append(
        conn,
        &NewEvent::new(claimed.account, claimed.subject_id, now, &payload),
    )
    .await?;
    Ok(())
}

/// Announces that it was given up.
pub(crate) async fn failed(
    conn: &mut PgConnection,
    claimed: &Claimed,
    now: Timestamp,
) -> Result<(), StoreError> {
    let payload = DeliveryFailed {
        delivery_id: claimed.id.to_string(),
        step: claimed.step.to_string(),
        subject_id: claimed.subject_id.to_string(),
        channel: channel(claimed).into(),
    };
    events::append(
        conn,
        &NewEvent::new(claimed.account, claimed.subject_id, now, &payload),
    )
    .await?;
    Ok(())
}

fn channel(claimed: &Claimed) -> ProtoChannel {
    match claimed.channel() {
        Channel::Email => ProtoChannel::Email,
        Channel::Webhook => ProtoChannel::Webhook,
        Channel::Sms => ProtoChannel::Sms,
    }
}
