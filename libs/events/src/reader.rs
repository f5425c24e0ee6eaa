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
/// Positions looked at at once in each partition: what a filter leaves out must not make a statement run for long.
const WINDOW_PER_PARTITION: i64 = 5_000;

/// A partition, with one of its events if any was found.
#[derive(sqlx::FromRow)]
struct FoundRow {
    partition: i16,
    last_position: i64,
    purged_position: i64,
    position: Option<i64>,
    event_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    account_id: Option<Uuid>,
    r#type: Option<String>,
    occurred_at: Option<jiff_sqlx::Timestamp>,
    traceparent: Option<String>,
    payload: Option<Vec<u8>>,
}

impl FoundRow {
    fn into_event(self) -> Option<Event> {
        let occurred_at = self.occurred_at?.to_jiff();
        let type_name = self.r#type?;
        Some(Event {
            position: Some(Position {
                partition: i32::from(self.partition),
                offset: self.position?,
            }),
            event_id: self.event_id?.to_string(),
            subject_id: self.subject_id?.to_string(),
            account_id: self.account_id?.to_string(),
            occurred_at: Some(prost_types::Timestamp {
                seconds: occurred_at.as_second(),
                nanos: occurred_at.subsec_nanosecond(),
            }),
            traceparent: self.traceparent.unwrap_or_default(),
            payload: Some(Any {
                type_url: format!("type.googleapis.com/{type_name}"),
                value: self.payload?,
            }),
            r#type: type_name,
        })
    }
}

/// What one look found.
pub(crate) struct Batch {
    /// Events to hand over, in order within each partition.
    pub(crate) events: Vec<Event>,
    /// Where the reader stands after them, whatever was filtered out.
    pub(crate) places: Places,
    /// The last position of every partition that was no longer kept at the time of the look.
    pub(crate) purged: Places,
    /// Whether there may be more at once.
    pub(crate) is_full: bool,
}

/// Reads on from `places`, all partitions in one statement, so that events and ends are of one snapshot: nothing up
/// to an end is still to come. With an account: its events alone.
pub(crate) async fn read(
    pool: &PgPool,
    places: &Places,
    account: Option<AccountId>,
    types: &[String],
) -> Result<Batch, StoreError> {
    let (partitions, offsets): (Vec<i16>, Vec<i64>) = places.iter().unzip();
    let rows: Vec<FoundRow> = sqlx::query_as(
        "SELECT place.partition, head.last_position, head.purged_position, found.*
           FROM unnest($1::smallint[], $2::bigint[]) AS place (partition, after)
           JOIN event_partition AS head USING (partition)
           LEFT JOIN LATERAL (
             SELECT position, event_id, subject_id, account_id, type, occurred_at, traceparent, payload
               FROM event
              WHERE event.partition = place.partition
                AND position > place.after AND position <= place.after + $6
                AND ($3::uuid IS NULL OR account_id = $3) AND (cardinality($4::text[]) = 0 OR type = ANY($4))
              ORDER BY position LIMIT $5) AS found ON true
         ORDER BY place.partition, found.position",
    )
    .bind(partitions)
    .bind(offsets)
    .bind(account.map(AccountId::as_uuid))
    .bind(types)
    .bind(BATCH_PER_PARTITION)
    .bind(WINDOW_PER_PARTITION)
    .fetch_all(pool)
    .await?;
    Ok(batch(places, rows))
}

fn batch(places: &Places, rows: Vec<FoundRow>) -> Batch {
    let mut found: BTreeMap<i16, i64> = BTreeMap::new();
    let (mut ends, mut purged, mut last) = (Places::new(), Places::new(), Places::new());
    for row in &rows {
        ends.insert(row.partition, row.last_position);
        purged.insert(row.partition, row.purged_position);
        if let Some(position) = row.position {
            *found.entry(row.partition).or_default() += 1;
            last.insert(row.partition, position);
        }
    }
    let mut is_full = false;
    let mut reached = Places::new();
    for (partition, place) in places {
        let end = ends.get(partition).copied().unwrap_or(*place);
        let place = match last.get(partition) {
            Some(last) if found.get(partition) == Some(&BATCH_PER_PARTITION) => *last,
            Some(_) | None => end.min(place + WINDOW_PER_PARTITION).max(*place),
        };
        is_full |= place < end;
        reached.insert(*partition, place);
    }
    Batch {
        events: rows.into_iter().filter_map(FoundRow::into_event).collect(),
        places: reached,
        purged,
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
                 (SELECT position - 1 FROM event
                   WHERE event.partition = head.partition AND recorded_at >= $1 AND position IS NOT NULL
                   ORDER BY recorded_at, position LIMIT 1),
                 head.last_position)
           FROM event_partition AS head",
    )
    .bind(time.to_sqlx())
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().collect())
}

/// How many named readers an account has besides this one.
pub(crate) async fn count_others(pool: &PgPool, account: AccountId, reader: &str) -> Result<i64, StoreError> {
    let others = sqlx::query_scalar(
        "SELECT count(DISTINCT reader) FROM event_reader WHERE account_id = $1 AND reader <> $2",
    );
    Ok(others
        .bind(account.as_uuid())
        .bind(reader)
        .fetch_one(pool)
        .await?)
}

/// How far each of our own services is behind: the reader's name and how many events.
pub(crate) async fn lags(pool: &PgPool) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT reader, sum(head.last_position - position)::bigint
           FROM event_reader JOIN event_partition AS head USING (partition)
          WHERE account_id = $1 GROUP BY reader ORDER BY reader LIMIT 100",
    )
    .bind(AccountId::PLATFORM.as_uuid())
    .fetch_all(pool)
    .await?)
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
