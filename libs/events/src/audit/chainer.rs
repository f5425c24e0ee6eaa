//! Writes the trail: takes numbered events in the order of their positions and chains each to its account's last.
//!
//! One chainer at a time works on a partition, so on an account; any number of replicas may run it. A crash leaves the
//! trail as it was: entries, heads and the place in the log are written in one transaction.

use std::collections::HashMap;

use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use types::AccountId;
use uuid::Uuid;

use super::chain::Link;
use super::entry::{Entry, Head};
use crate::partition;
use crate::waker::{FeedWaker, wait_for_news};

/// Events of one partition chained in one transaction at most.
const BATCH_PER_PARTITION: i64 = 500;

/// Chains the events of one service.
#[derive(Debug, Clone)]
pub struct Chainer {
    pool: PgPool,
    waker: FeedWaker,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    partition: i16,
    position: i64,
    event_id: Uuid,
    subject_id: Uuid,
    account_id: Uuid,
    r#type: String,
    occurred_at: jiff_sqlx::Timestamp,
    recorded_at: jiff_sqlx::Timestamp,
    actor: String,
    payload: Vec<u8>,
}

impl Chainer {
    /// The chainer of the pool's schema; `waker` tells it when events were numbered.
    pub const fn new(pool: PgPool, waker: FeedWaker) -> Self {
        Self { pool, waker }
    }

    /// Chains what is numbered and not chained, at most one batch a partition. Returns how many.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        let is_idle: bool = sqlx::query_scalar(
            "SELECT NOT EXISTS (SELECT FROM event_partition JOIN audit_partition USING (partition)
                                 WHERE last_position > position)",
        )
        .fetch_one(&self.pool)
        .await?;
        if is_idle {
            return Ok(0);
        }
        let mut tx = self.pool.begin().await?;
        // The lock comes in a statement before the one that reads: its snapshot must see what the last holder did.
        let locked: Vec<i16> = sqlx::query_scalar(
            "SELECT p FROM unnest($1::smallint[]) AS p
              WHERE pg_try_advisory_xact_lock(hashtext('audit_' || current_schema()), p::int)",
        )
        .bind(partition::all().collect::<Vec<i16>>())
        .fetch_all(&mut *tx)
        .await?;
        let events = unchained(&mut tx, &locked).await?;
        let mut heads = heads(&mut tx, &events).await?;
        let mut places: HashMap<i16, i64> = HashMap::new();
        let mut chained: Vec<(Entry, Link)> = Vec::with_capacity(events.len());
        for event in events {
            places.insert(event.partition, event.position);
            let head = heads.entry(event.account_id).or_insert(Head::START);
            let entry = event.into_entry(head.number.saturating_add(1));
            *head = Head {
                number: entry.number,
                link: head.link.then(&entry),
            };
            chained.push((entry, head.link));
        }
        let count = chained.len();
        insert(&mut tx, chained).await?;
        save_heads(&mut tx, &heads).await?;
        save_places(&mut tx, &places).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// Chains events until shutdown.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut news = self.waker.subscribe();
        while !shutdown.is_cancelled() {
            let Some(chained) = shutdown.run_until_cancelled(self.run_once()).await else {
                return;
            };
            match chained {
                Ok(0) => {}
                Ok(_chained) => continue,
                Err(error) => {
                    tracing::warn!(error = %grpc::status::chain(&error), "events cannot be put into the audit trail");
                }
            }
            if shutdown
                .run_until_cancelled(wait_for_news(&mut news))
                .await
                .is_none()
            {
                return;
            }
        }
    }
}

impl EventRow {
    fn into_entry(self, number: i64) -> Entry {
        Entry {
            account: AccountId::from_uuid(self.account_id),
            number,
            event: self.event_id,
            subject: self.subject_id,
            type_name: self.r#type,
            occurred_at: self.occurred_at.to_jiff(),
            recorded_at: self.recorded_at.to_jiff(),
            actor: self.actor,
            payload: self.payload,
        }
    }
}

async fn unchained(conn: &mut PgConnection, partitions: &[i16]) -> Result<Vec<EventRow>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT next.* FROM audit_partition AS trail
           CROSS JOIN LATERAL (
             SELECT partition, position, event_id, subject_id, account_id, type, occurred_at, recorded_at, actor, payload
               FROM event
              WHERE event.partition = trail.partition AND event.position > trail.position
              ORDER BY position LIMIT $2) AS next
          WHERE trail.partition = ANY($1)
          ORDER BY next.partition, next.position",
    )
    .bind(partitions)
    .bind(BATCH_PER_PARTITION)
    .fetch_all(conn)
    .await?)
}

async fn heads(conn: &mut PgConnection, events: &[EventRow]) -> Result<HashMap<Uuid, Head>, StoreError> {
    let mut accounts: Vec<Uuid> = events.iter().map(|event| event.account_id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let rows: Vec<(Uuid, i64, Vec<u8>)> =
        sqlx::query_as("SELECT account_id, number, hash FROM audit_head WHERE account_id = ANY($1)")
            .bind(accounts)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|(account, number, hash)| Ok((account, Head::read(account, number, &hash)?)))
        .collect()
}

async fn insert(conn: &mut PgConnection, chained: Vec<(Entry, Link)>) -> Result<(), StoreError> {
    let accounts: Vec<Uuid> = chained.iter().map(|(entry, _)| entry.account.as_uuid()).collect();
    let numbers: Vec<i64> = chained.iter().map(|(entry, _)| entry.number).collect();
    let events: Vec<Uuid> = chained.iter().map(|(entry, _)| entry.event).collect();
    let subjects: Vec<Uuid> = chained.iter().map(|(entry, _)| entry.subject).collect();
    let types: Vec<&str> = chained
        .iter()
        .map(|(entry, _)| entry.type_name.as_str())
        .collect();
    let occurred: Vec<jiff_sqlx::Timestamp> = chained
        .iter()
        .map(|(entry, _)| entry.occurred_at.into())
        .collect();
    let recorded: Vec<jiff_sqlx::Timestamp> = chained
        .iter()
        .map(|(entry, _)| entry.recorded_at.into())
        .collect();
    let actors: Vec<&str> = chained.iter().map(|(entry, _)| entry.actor.as_str()).collect();
    let payloads: Vec<&[u8]> = chained
        .iter()
        .map(|(entry, _)| entry.payload.as_slice())
        .collect();
    let hashes: Vec<&[u8]> = chained
        .iter()
        .map(|(_, link)| link.as_bytes().as_slice())
        .collect();
    sqlx::query(
        "INSERT INTO audit_entry (account_id, number, event_id, subject_id, type, occurred_at, recorded_at, actor,
                                  payload, hash)
         SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[],
                              $7::timestamptz[], $8::text[], $9::bytea[], $10::bytea[])",
    )
    .bind(accounts)
    .bind(numbers)
    .bind(events)
    .bind(subjects)
    .bind(types)
    .bind(occurred)
    .bind(recorded)
    .bind(actors)
    .bind(payloads)
    .bind(hashes)
    .execute(conn)
    .await?;
    Ok(())
}

async fn save_heads(conn: &mut PgConnection, heads: &HashMap<Uuid, Head>) -> Result<(), StoreError> {
    let accounts: Vec<Uuid> = heads.keys().copied().collect();
    let numbers: Vec<i64> = heads.values().map(|head| head.number).collect();
    let hashes: Vec<&[u8]> = heads
        .values()
        .map(|head| head.link.as_bytes().as_slice())
        .collect();
    sqlx::query(
        "INSERT INTO audit_head (account_id, number, hash)
         SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[])
         ON CONFLICT ON CONSTRAINT audit_head_pkey DO UPDATE SET number = excluded.number, hash = excluded.hash",
    )
    .bind(accounts)
    .bind(numbers)
    .bind(hashes)
    .execute(conn)
    .await?;
    Ok(())
}

async fn save_places(conn: &mut PgConnection, places: &HashMap<i16, i64>) -> Result<(), StoreError> {
    let (partitions, positions): (Vec<i16>, Vec<i64>) = places.iter().unzip();
    sqlx::query(
        "UPDATE audit_partition AS trail SET position = reached.position
           FROM unnest($1::smallint[], $2::bigint[]) AS reached (partition, position)
          WHERE trail.partition = reached.partition",
    )
    .bind(partitions)
    .bind(positions)
    .execute(conn)
    .await?;
    Ok(())
}
