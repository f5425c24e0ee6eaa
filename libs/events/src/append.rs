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
        "INSERT INTO event (event_id, partition, subject_id, account_id, type, occurred_at, traceparent, payload, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(event_id.as_uuid())
    .bind(partition_of(event.account))
    .bind(event.subject)
    .bind(event.account.as_uuid())
    .bind(&event.type_name)
    .bind(event.occurred_at.to_sqlx())
    .bind(telemetry::trace_context::current())
    .bind(&event.payload)
    .bind(auth::acting::who())
    .execute(conn)
    .await?;
    Ok(event_id)
}

/// How many of the latest events are looked at for one of this transaction. Where more were written meanwhile, the event
/// may be one too many, which does no harm.
const LATEST_MAX: i64 = 1_000;

/// Writes `event` as [`append`] does, unless this transaction has announced something already. For the record of a change
/// that no other event tells of.
pub async fn append_unless_announced(conn: &mut PgConnection, event: &NewEvent) -> Result<(), StoreError> {
    // What this transaction wrote has no position yet; the index on such events is nearly always empty.
    let has_announced: bool = sqlx::query_scalar(
        "SELECT EXISTS (
             SELECT FROM (SELECT xmin AS writer FROM event WHERE position IS NULL ORDER BY seq DESC LIMIT $1) AS latest
              WHERE writer = pg_current_xact_id_if_assigned()::xid)",
    )
    .bind(LATEST_MAX)
    .fetch_one(&mut *conn)
    .await?;
    if has_announced {
        return Ok(());
    }
    append(conn, event).await.map(drop)
}

/// Events written by one statement of [`append_all`].
const BATCH_MAX: usize = 1_000;

/// Writes `events` to the log in their order, as [`append`] does with one: a large order's numbers, without a round
/// trip for each.
pub async fn append_all(conn: &mut PgConnection, events: &[NewEvent]) -> Result<(), StoreError> {
    for batch in events.chunks(BATCH_MAX) {
        append_batch(conn, batch).await?;
    }
    Ok(())
}

async fn append_batch(conn: &mut PgConnection, events: &[NewEvent]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = events.iter().map(|_| EventId::generate().as_uuid()).collect();
    let partitions: Vec<i16> = events.iter().map(|event| partition_of(event.account)).collect();
    let subjects: Vec<Uuid> = events.iter().map(|event| event.subject).collect();
    let accounts: Vec<Uuid> = events.iter().map(|event| event.account.as_uuid()).collect();
    let types: Vec<&str> = events.iter().map(|event| event.type_name.as_str()).collect();
    let times: Vec<jiff_sqlx::Timestamp> = events.iter().map(|event| event.occurred_at.to_sqlx()).collect();
    let payloads: Vec<&[u8]> = events.iter().map(|event| event.payload.as_slice()).collect();
    // `seq` is drawn row by row after the sort.
    sqlx::query(
        "INSERT INTO event (event_id, partition, subject_id, account_id, type, occurred_at, traceparent, payload, actor)
         SELECT line.event_id, line.partition, line.subject_id, line.account_id, line.type, line.occurred_at, $7,
                line.payload, $9
           FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[],
                       $8::bytea[]) WITH ORDINALITY
                AS line (event_id, partition, subject_id, account_id, type, occurred_at, payload, nth)
          ORDER BY line.nth",
    )
    .bind(ids)
    .bind(partitions)
    .bind(subjects)
    .bind(accounts)
    .bind(types)
    .bind(times)
    .bind(telemetry::trace_context::current())
    .bind(payloads)
    .bind(auth::acting::who())
    .execute(conn)
    .await?;
    Ok(())
}
