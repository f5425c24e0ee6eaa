//! Announcing: one insert in the transaction that changes what is announced.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use prost::{Message, Name};
use sqlx::PgConnection;
use types::{AccountId, EventId};
use uuid::Uuid;

use crate::partition::partition_of;

/// Something to announce.
#[derive(Debug, Clone)]
pub struct NewEvent {
    account: AccountId,
    subject: Uuid,
    occurred_at: Timestamp,
    type_name: String,
    payload: Vec<u8>,
}

impl NewEvent {
    /// `payload` happened to `subject` of `account`. The payload must not hold a secret.
    pub fn new<M: Message + Name>(
        account: AccountId,
        subject: Uuid,
        occurred_at: Timestamp,
        payload: &M,
    ) -> Self {
        Self {
            account,
            subject,
            occurred_at,
            type_name: M::full_name(),
            payload: payload.encode_to_vec(),
        }
    }
}

/// Writes `event` to the log. It becomes visible with the transaction, and gets its position soon after.
/// Call it after the row it is about has been locked or changed: that is what keeps a subject's events in order.
pub async fn append(conn: &mut PgConnection, event: &NewEvent) -> Result<EventId, StoreError> {
    let event_id = EventId::generate();
    sqlx::query(
        "INSERT INTO event (event_id, partition, subject_id, account_id, type, occurred_at, traceparent, payload)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(event_id.as_uuid())
    .bind(partition_of(event.account))
    .bind(event.subject)
    .bind(event.account.as_uuid())
    .bind(&event.type_name)
    .bind(event.occurred_at.to_sqlx())
    .bind(telemetry::trace_context::current())
    .bind(&event.payload)
    .execute(conn)
    .await?;
    Ok(event_id)
}
