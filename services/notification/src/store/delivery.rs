//! Deliveries, as they are queued and as their account sees them. What the senders do with them is in `queue`.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use notification_domain::{
    Channel, Delivery, DeliveryState, EmailAddress, Invitation, InvitationKind, Step, TextInvitation,
};
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, DeliveryId, EndpointId, EventId};
use uuid::Uuid;

/// A message to queue.
#[derive(Debug)]
pub(crate) struct NewDelivery<'a> {
    pub(crate) account: AccountId,
    pub(crate) event: EventId,
    pub(crate) step: Step,
    pub(crate) subject_id: Uuid,
    pub(crate) queued_at: Timestamp,
    pub(crate) content: Content<'a>,
}

/// To whom, and what.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    Email {
        receiver: &'a str,
        subject_line: &'a str,
        text: &'a str,
    },
    /// A mail to somebody outside the account; the link goes in where [`crate::render::LINK`] stands.
    Invitation {
        invitation: Invitation,
        subject_line: &'a str,
        text: &'a str,
    },
    Webhook {
        url: &'a str,
        endpoint: EndpointId,
        payload: &'a str,
    },
    /// A text to `receiver`, the number of the invitation; the link goes in as in a mail.
    Text {
        invitation: TextInvitation,
        receiver: &'a str,
        text: &'a str,
    },
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    delivery_id: Uuid,
    seq: i64,
    step: String,
    subject_id: Uuid,
    channel: String,
    receiver: String,
    endpoint_id: Option<Uuid>,
    state: String,
    attempts: i32,
    last_error: String,
    queued_at: jiff_sqlx::Timestamp,
    delivered_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("delivery", &row.delivery_id, why);
        let state = match (row.state.as_str(), row.delivered_at) {
            ("QUEUED", None) => DeliveryState::Queued,
            ("DELIVERED", Some(at)) => DeliveryState::Delivered { at: at.to_jiff() },
            ("FAILED", None) => DeliveryState::Failed,
            (state, _) => return Err(corrupt(&format!("state {state}"))),
        };
        let mut channels = Channel::ALL.into_iter();
        let channel = channels.find(|channel| super::channel_text(*channel) == row.channel);
        let channel = channel.ok_or_else(|| corrupt(&format!("channel {}", row.channel)))?;
        Ok(Self {
            id: DeliveryId::from_uuid(row.delivery_id),
            step: row.step.parse().map_err(|error| corrupt(&error))?,
            subject_id: row.subject_id,
            channel,
            state,
            attempts: u32::try_from(row.attempts).map_err(|error| corrupt(&error))?,
            receiver: row.receiver,
            last_error: row.last_error,
            queued_at: row.queued_at.to_jiff(),
        })
    }
}

/// What differs from kind to kind, column by column.
struct Columns<'a> {
    channel: Channel,
    receiver: &'a str,
    endpoint: Option<Uuid>,
    invitation: Option<(InvitationKind, Uuid)>,
    subject_line: Option<&'a str>,
    body: &'a str,
}

impl<'a> From<Content<'a>> for Columns<'a> {
    fn from(content: Content<'a>) -> Self {
        match content {
            Content::Email {
                receiver,
                subject_line,
                text,
            } => Self {
                channel: Channel::Email,
                receiver,
                endpoint: None,
                invitation: None,
                subject_line: Some(subject_line),
                body: text,
            },
            Content::Invitation {
                invitation,
                subject_line,
                text,
            } => Self {
                channel: Channel::Email,
                receiver: invitation.kind.receiver(),
                endpoint: None,
                invitation: Some((invitation.kind, invitation.id)),
                subject_line: Some(subject_line),
                body: text,
            },
            Content::Webhook {
                url,
                endpoint,
                payload,
            } => Self {
                channel: Channel::Webhook,
                receiver: url,
                endpoint: Some(endpoint.as_uuid()),
                invitation: None,
                subject_line: None,
                body: payload,
            },
            Content::Text {
                invitation,
                receiver,
                text,
            } => Self {
                channel: Channel::Sms,
                receiver,
                endpoint: None,
                invitation: Some((InvitationKind::Consent, invitation.id)),
                subject_line: None,
                body: text,
            },
        }
    }
}

/// Queues a message, unless this event was told to this receiver before. True: it is queued.
pub(crate) async fn insert(conn: &mut PgConnection, new: &NewDelivery<'_>) -> Result<bool, StoreError> {
    let columns = Columns::from(new.content);
    let inserted = sqlx::query(
        "INSERT INTO delivery (account_id, delivery_id, event_id, step, subject_id, channel, receiver, endpoint_id,
                               subject_line, body, queued_at, traceparent, invitation, invitation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT ON CONSTRAINT delivery_once DO NOTHING",
    )
    .bind(new.account.as_uuid())
    .bind(DeliveryId::generate().as_uuid())
    .bind(new.event.as_uuid())
    .bind(new.step.slug())
    .bind(new.subject_id)
    .bind(super::channel_text(columns.channel))
    .bind(columns.receiver)
    .bind(columns.endpoint)
    .bind(columns.subject_line)
    .bind(columns.body)
    .bind(new.queued_at.to_sqlx())
    .bind(telemetry::trace_context::current())
    .bind(columns.invitation.map(|(kind, _)| kind.code()))
    .bind(columns.invitation.map(|(_, id)| id))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// A page of an account's deliveries, newest first, each with its place in the list.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: AccountId,
    subject_id: Option<Uuid>,
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, Delivery)>, StoreError> {
    let rows: Vec<DeliveryRow> = sqlx::query_as(
        "SELECT delivery_id, seq, step, subject_id, channel, receiver, endpoint_id, state, attempts, last_error,
                queued_at, delivered_at
           FROM delivery
          WHERE account_id = $1 AND seq < $2 AND ($3::uuid IS NULL OR subject_id = $3)
          ORDER BY seq DESC LIMIT $4",
    )
    .bind(account.as_uuid())
    .bind(before)
    .bind(subject_id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.seq, row.try_into()?)))
        .collect()
}

/// Locks a delivery; for a webhook, with its endpoint.
pub(crate) async fn find_for_update(
    conn: &mut PgConnection,
    account: AccountId,
    id: DeliveryId,
) -> Result<Option<(Delivery, Option<EndpointId>)>, StoreError> {
    let row: Option<DeliveryRow> = sqlx::query_as(
        "SELECT delivery_id, seq, step, subject_id, channel, receiver, endpoint_id, state, attempts, last_error,
                queued_at, delivered_at
           FROM delivery WHERE account_id = $1 AND delivery_id = $2 FOR UPDATE",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let endpoint = row.endpoint_id.map(EndpointId::from_uuid);
    Ok(Some((row.try_into()?, endpoint)))
}

/// Queues a failed delivery for another round of tries.
pub(crate) async fn requeue(
    conn: &mut PgConnection,
    account: AccountId,
    id: DeliveryId,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE delivery SET state = 'QUEUED', tries = 0, round_started_at = now(), retry_at = now()
          WHERE account_id = $1 AND delivery_id = $2 AND state = 'FAILED'",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the delivery"))
    }
}

/// Drops what is queued for an endpoint. Returns how much.
pub(crate) async fn drop_queued_for_endpoint(
    conn: &mut PgConnection,
    account: AccountId,
    endpoint: EndpointId,
) -> Result<u64, StoreError> {
    let dropped = sqlx::query(
        "DELETE FROM delivery WHERE account_id = $1 AND channel = 'WEBHOOK' AND endpoint_id = $2
            AND state = 'QUEUED'",
    )
    .bind(account.as_uuid())
    .bind(endpoint.as_uuid())
    .execute(conn)
    .await?;
    Ok(dropped.rows_affected())
}

/// Drops what is queued for an address, unless it is the owner's as well. Returns how much.
pub(crate) async fn drop_queued_for_address(
    conn: &mut PgConnection,
    account: AccountId,
    address: &EmailAddress,
) -> Result<u64, StoreError> {
    let dropped = sqlx::query(
        "DELETE FROM delivery d WHERE account_id = $1 AND channel = 'EMAIL' AND receiver = $2 AND state = 'QUEUED'
            AND NOT EXISTS (SELECT FROM account a WHERE a.account_id = d.account_id AND a.owner_email = $2)",
    )
    .bind(account.as_uuid())
    .bind(address.as_str())
    .execute(conn)
    .await?;
    Ok(dropped.rows_affected())
}
