//! Reads the log in position order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use portway_proto::events::v1::{Event, Position};
use prost_types::Any;
use sqlx::PgPool;
use types::AccountId;
use uuid::Uuid;

/// Where a reader stands: after which offset, by partition.
pub(crate) type Places = BTreeMap<i16, i64>;

/// Events read at once from each partition.
const BATCH_PER_PARTITION: i64 = 200;

#[derive(sqlx::FromRow)]
struct EventRow {
    partition: i16,
    position: i64,
    event_id: Uuid,
    subject_id: Uuid,
    account_id: Uuid,
    r#type: String,
    occurred_at: jiff_sqlx::Timestamp,
    traceparent: Option<String>,
    payload: Vec<u8>,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        let occurred_at = row.occurred_at.to_jiff();
        Self {
            position: Some(Position {
                partition: i32::from(row.partition),
                offset: row.position,
            }),
            event_id: row.event_id.to_string(),
            subject_id: row.subject_id.to_string(),
            account_id: row.account_id.to_string(),
            occurred_at: Some(prost_types::Timestamp {
                seconds: occurred_at.as_second(),
                nanos: occurred_at.subsec_nanosecond(),
            }),
            traceparent: row.traceparent.unwrap_or_default(),
            payload: Some(Any {
                type_url: format!("type.googleapis.com/{}", row.r#type),
                value: row.payload,
            }),
            r#type: row.r#type,
        }
    }
}

/// What one look found.
pub(crate) struct Batch {
    /// Events to hand over, in order within each partition.
    pub(crate) events: Vec<Event>,
    /// Where the reader stands after them, whatever was filtered out.
    pub(crate) places: Places,
    /// Whether there may be more at once.
    pub(crate) is_full: bool,
}

/// Reads on from `places`, all partitions in one round trip. With an account: its events alone.
pub(crate) async fn read(
    pool: &PgPool,
    places: &Places,
    account: Option<AccountId>,
    types: &[String],
) -> Result<Batch, StoreError> {
    let (partitions, offsets): (Vec<i16>, Vec<i64>) = places.iter().unzip();
    // The ends are read first: an event numbered in between is found by the next look, not skipped by this one.
    let ends = heads(pool).await?;
    let rows: Vec<EventRow> = sqlx::query_as(
        "SELECT found.* FROM unnest($1::smallint[], $2::bigint[]) AS place (partition, after)
         CROSS JOIN LATERAL (
             SELECT partition, position, event_id, subject_id, account_id, type, occurred_at, traceparent, payload
               FROM event
              WHERE event.partition = place.partition AND position > place.after
                AND ($3::uuid IS NULL OR account_id = $3) AND (cardinality($4::text[]) = 0 OR type = ANY($4))
              ORDER BY position LIMIT $5) AS found
         ORDER BY found.partition, found.position",
    )
    .bind(partitions)
    .bind(offsets)
    .bind(account.map(AccountId::as_uuid))
    .bind(types)
    .bind(BATCH_PER_PARTITION)
    .fetch_all(pool)
    .await?;
    Ok(batch(places, &ends, rows))
}

fn batch(places: &Places, ends: &Places, rows: Vec<EventRow>) -> Batch {
    let mut found: BTreeMap<i16, (i64, i64)> = BTreeMap::new();
    for row in &rows {
        let (count, last) = found.entry(row.partition).or_insert((0, row.position));
        *count += 1;
        *last = row.position;
    }
    let mut is_full = false;
    let after = places.iter().map(|(partition, place)| {
        let end = ends.get(partition).copied().unwrap_or(0);
        let place = match found.get(partition) {
            Some((count, last)) if *count == BATCH_PER_PARTITION => {
                is_full = true;
                *last
            }
            Some((_, last)) => end.max(*last),
            None => end.max(*place),
        };
        (*partition, place)
    });
    let places = after.collect();
    Batch {
        events: rows.into_iter().map(Event::from).collect(),
        places,
        is_full,
    }
}

/// The last position of every partition.
pub(crate) async fn heads(pool: &PgPool) -> Result<Places, StoreError> {
    let rows: Vec<(i16, i64)> = sqlx::query_as("SELECT partition, last_position FROM event_partition")
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The last position of every partition that is no longer kept.
pub(crate) async fn purged(pool: &PgPool) -> Result<Places, StoreError> {
    let rows: Vec<(i16, i64)> = sqlx::query_as("SELECT partition, purged_position FROM event_partition")
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The places before the first event recorded at or after `time`.
pub(crate) async fn before_time(pool: &PgPool, time: Timestamp) -> Result<Places, StoreError> {
    let rows: Vec<(i16, i64)> = sqlx::query_as(
        "SELECT head.partition, coalesce(
                 (SELECT min(position) - 1 FROM event
                   WHERE event.partition = head.partition AND recorded_at >= $1 AND position IS NOT NULL),
                 head.last_position)
           FROM event_partition AS head",
    )
    .bind(time.to_sqlx())
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The places a named reader confirmed.
pub(crate) async fn confirmed(pool: &PgPool, account: AccountId, reader: &str) -> Result<Places, StoreError> {
    let rows: Vec<(i16, i64)> =
        sqlx::query_as("SELECT partition, position FROM event_reader WHERE account_id = $1 AND reader = $2")
            .bind(account.as_uuid())
            .bind(reader)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Records how far a named reader has come; never backwards, never past the end. Returns its places.
pub(crate) async fn confirm(
    pool: &PgPool,
    account: AccountId,
    reader: &str,
    places: &Places,
) -> Result<Places, StoreError> {
    let (partitions, offsets): (Vec<i16>, Vec<i64>) = places.iter().unzip();
    sqlx::query(
        "INSERT INTO event_reader (account_id, reader, partition, position)
         SELECT $1, $2, place.partition, least(place.position, head.last_position)
           FROM unnest($3::smallint[], $4::bigint[]) AS place (partition, position)
           JOIN event_partition AS head USING (partition)
         ON CONFLICT (account_id, reader, partition) DO UPDATE
            SET position = greatest(event_reader.position, excluded.position), confirmed_at = now()",
    )
    .bind(account.as_uuid())
    .bind(reader)
    .bind(partitions)
    .bind(offsets)
    .execute(pool)
    .await?;
    confirmed(pool, account, reader).await
}
