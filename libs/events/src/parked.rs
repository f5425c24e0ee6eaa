//! Events set aside: one that failed too often, and every later one of its subject, so that order is kept.

use std::collections::BTreeMap;

use pg::StoreError;
use portway_proto::events::v1::Event;
use prost::Message;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// A parked event.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Parked {
    pub(crate) source: String,
    pub(crate) partition: i16,
    pub(crate) position: i64,
    pub(crate) envelope: Vec<u8>,
    pub(crate) error: String,
}

impl Parked {
    pub(crate) fn event(&self) -> Result<Event, StoreError> {
        Event::decode(self.envelope.as_slice())
            .map_err(|error| StoreError::corrupt("event_parked", &self.position, &error))
    }
}

/// Whether an earlier event of the subject is parked.
pub(crate) async fn holds(conn: &mut PgConnection, source: &str, subject: Uuid) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM event_parked WHERE source = $1 AND subject_id = $2)")
            .bind(source)
            .bind(subject)
            .fetch_one(conn)
            .await?,
    )
}

/// Sets an event aside.
pub(crate) async fn park(
    conn: &mut PgConnection,
    source: &str,
    place: (i16, i64),
    subject: Uuid,
    event: &Event,
    error: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO event_parked (source, partition, position, subject_id, envelope, error)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(source)
    .bind(place.0)
    .bind(place.1)
    .bind(subject)
    .bind(event.encode_to_vec())
    .bind(error)
    .execute(conn)
    .await?;
    Ok(())
}

/// Parked events, oldest first, of one subject or of all.
pub(crate) async fn list(
    conn: &mut PgConnection,
    subject: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Parked>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT source, partition, position, envelope, error FROM event_parked
          WHERE $1::uuid IS NULL OR subject_id = $1 ORDER BY source, partition, position LIMIT $2",
    )
    .bind(subject)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The partition in which events of the subject are parked, if any are.
pub(crate) async fn partition_of(
    conn: &mut PgConnection,
    source: &str,
    subject: Uuid,
) -> Result<Option<i16>, StoreError> {
    Ok(
        sqlx::query_scalar(
            "SELECT partition FROM event_parked WHERE source = $1 AND subject_id = $2 LIMIT 1",
        )
        .bind(source)
        .bind(subject)
        .fetch_optional(conn)
        .await?,
    )
}

/// The oldest parked event of a subject. Read it under the cursor's lock.
pub(crate) async fn find_first(
    conn: &mut PgConnection,
    source: &str,
    subject: Uuid,
) -> Result<Option<Parked>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT source, partition, position, envelope, error FROM event_parked
          WHERE source = $1 AND subject_id = $2 ORDER BY position LIMIT 1",
    )
    .bind(source)
    .bind(subject)
    .fetch_optional(conn)
    .await?)
}

/// Forgets a parked event that was acted on.
pub(crate) async fn remove(conn: &mut PgConnection, parked: &Parked) -> Result<(), StoreError> {
    let removed =
        sqlx::query("DELETE FROM event_parked WHERE source = $1 AND partition = $2 AND position = $3")
            .bind(&parked.source)
            .bind(parked.partition)
            .bind(parked.position)
            .execute(conn)
            .await?
            .rows_affected();
    if removed == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the parked event"))
    }
}

/// How many events of the subject are parked.
pub(crate) async fn count(conn: &mut PgConnection, source: &str, subject: Uuid) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM event_parked WHERE source = $1 AND subject_id = $2")
            .bind(source)
            .bind(subject)
            .fetch_one(conn)
            .await?,
    )
}

/// How many events are parked, by source.
pub(crate) async fn count_by_source(pool: &PgPool) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT source, count(*) FROM event_parked GROUP BY source")
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().collect())
}
