//! The transaction in which a change and the proof of it are made.

use std::sync::Arc;

use auth::DRY_RUN_METADATA;
use clock::Clock;
use events::NewEvent;
use grpc::status;
use jiff::SignedDuration;
use pg::{Fault, StoreError, fault_of};
use portway_proto::events::v1::CallMade;
use prost::{Message, Name};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Response, Status};
use vault::DigestKey;

use crate::cache::ReplyCache;
use crate::key::RequestKey;

/// Proofs are kept for this long.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Old proofs deleted in one statement at most.
const PURGE_BATCH: i64 = 10_000;

/// Begins changes.
#[derive(Debug, Clone)]
pub struct Idempotency {
    pool: PgPool,
    digest_key: Arc<DigestKey>,
    cache: Option<ReplyCache>,
    record: Option<Clock>,
}

/// Whether a change is still to be made.
#[derive(Debug)]
pub enum Begun<R> {
    /// It is: do it in this transaction.
    Fresh(Work),
    /// It was made before: this was the reply.
    Repeated(Response<R>),
}

/// A change in progress. Dropped, it never happened.
#[derive(Debug)]
pub struct Work {
    tx: Transaction<'static, Postgres>,
    key: RequestKey,
    cache: Option<ReplyCache>,
    record: Option<Clock>,
}

impl Idempotency {
    /// Keeps proofs in `pool` and, to save time, finished replies in `cache`.
    pub fn new(pool: PgPool, digest_key: Arc<DigestKey>, cache: Option<ReplyCache>) -> Self {
        Self {
            pool,
            digest_key,
            cache,
            record: None,
        }
    }

    /// Puts every change on record in the event log of the same schema: one that announces nothing by itself as
    /// `CallMade`, at the business time of `clock`.
    #[must_use]
    pub fn recording(mut self, clock: Clock) -> Self {
        self.record = Some(clock);
        self
    }

    /// The key with which requests are digested, for [`RequestKey::of_parts`].
    pub fn digest_key(&self) -> &DigestKey {
        &self.digest_key
    }

    /// Begins the change that a unary request asks for.
    pub async fn begin<M, R>(&self, request: &Request<M>) -> Result<Begun<R>, Status>
    where
        M: Message + Name,
        R: Message + Default,
    {
        self.begin_key(RequestKey::of(&self.digest_key, request)?).await
    }

    /// Begins the change of a key made by hand, for streams.
    ///
    /// While the work is not finished it holds a connection, and each duplicate of it another one: do not ask for a
    /// second one inside it.
    pub async fn begin_key<R: Message + Default>(&self, key: RequestKey) -> Result<Begun<R>, Status> {
        // A dry run neither looks for a proof nor leaves one: the key is free for the real change after it.
        if !key.is_dry_run()
            && let Some(cache) = &self.cache
            && let Some(reply) = cache.find(&key).await
            && let Ok(reply) = R::decode(reply.as_slice())
        {
            return Ok(Begun::Repeated(Response::new(reply)));
        }
        let mut tx = self
            .pool
            .begin()
            .await
            .map_err(|error| status::store(&error.into()))?;
        if key.is_dry_run() || insert(&mut tx, &key).await? {
            return Ok(Begun::Fresh(Work {
                tx,
                key,
                cache: self.cache.clone(),
                record: self.record.clone(),
            }));
        }
        let (request, reply) = find(&mut tx, &key).await.map_err(|error| status::store(&error))?;
        if request != key.request {
            let message = "this idempotency key was used for another request";
            return Err(status::fail(
                Code::FailedPrecondition,
                "IDEMPOTENCY_KEY_REUSED",
                message,
            ));
        }
        let reply = R::decode(reply.as_slice()).map_err(|error| status::internal(&error))?;
        Ok(Begun::Repeated(Response::new(reply)))
    }
}

impl Work {
    /// The transaction's connection.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Keeps the reply, commits, and replies. After a dry run: takes all back, and says so beside the reply.
    pub async fn finish<R: Message>(mut self, reply: R) -> Result<Response<R>, Status> {
        if self.key.is_dry_run() {
            return self.take_back(reply).await;
        }
        if let Some(clock) = &self.record {
            record(&mut self.tx, &self.key, clock)
                .await
                .map_err(|error| status::store(&error))?;
        }
        let bytes = reply.encode_to_vec();
        store_reply(&mut self.tx, &self.key, &bytes)
            .await
            .map_err(|error| status::store(&error))?;
        self.tx
            .commit()
            .await
            .map_err(|error| status::store(&error.into()))?;
        if let Some(cache) = &self.cache {
            cache.keep(&self.key, &bytes).await;
        }
        Ok(Response::new(reply))
    }

    async fn take_back<R>(self, reply: R) -> Result<Response<R>, Status> {
        self.tx
            .rollback()
            .await
            .map_err(|error| status::store(&error.into()))?;
        let mut response = Response::new(reply);
        let said = MetadataValue::from_static("true");
        response.metadata_mut().insert(DRY_RUN_METADATA, said);
        Ok(response)
    }
}

/// True: the key is ours now. Waits for a duplicate in progress, no longer than the pool's lock timeout.
async fn insert(conn: &mut PgConnection, key: &RequestKey) -> Result<bool, Status> {
    let inserted = sqlx::query(
        "INSERT INTO idempotency_key (account_id, subject, key, request_hmac) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(key.caller.account.as_uuid())
    .bind(key.caller.subject.as_str())
    .bind(key.key.as_str())
    .bind(key.request.as_slice())
    .execute(conn)
    .await;
    match inserted {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if fault_of(&error) == Fault::Busy => {
            let message = "the same request is still in progress; try again";
            Err(status::fail(Code::Aborted, "DUPLICATE_IN_PROGRESS", message))
        }
        Err(error) => Err(status::store(&error.into())),
    }
}

async fn find(conn: &mut PgConnection, key: &RequestKey) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let found: Option<(Vec<u8>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT request_hmac, reply FROM idempotency_key WHERE account_id = $1 AND subject = $2 AND key = $3",
    )
    .bind(key.caller.account.as_uuid())
    .bind(key.caller.subject.as_str())
    .bind(key.key.as_str())
    .fetch_optional(conn)
    .await?;
    match found {
        Some((request, Some(reply))) => Ok((request, reply)),
        Some((_, None)) => Err(StoreError::corrupt(
            "idempotency_key",
            &key.key,
            &"committed without a reply",
        )),
        // Purged between the two statements: begin again.
        None => Err(StoreError::Stale("the idempotency key")),
    }
}

/// Records the call, unless what it changed was announced in this transaction.
async fn record(conn: &mut PgConnection, key: &RequestKey, clock: &Clock) -> Result<(), StoreError> {
    let made = CallMade {
        request_type: key.request_type.clone(),
        idempotency_key: key.key.to_string(),
    };
    let account = key.caller.account;
    let event = NewEvent::new(account, account.as_uuid(), clock.now(), &made);
    events::append_unless_announced(conn, &event).await
}

async fn store_reply(conn: &mut PgConnection, key: &RequestKey, reply: &[u8]) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE idempotency_key SET reply = $4 WHERE account_id = $1 AND subject = $2 AND key = $3",
    )
    .bind(key.caller.account.as_uuid())
    .bind(key.caller.subject.as_str())
    .bind(key.key.as_str())
    .bind(reply)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the idempotency key"))
    }
}

/// Deletes proofs older than seven days. Returns how many.
pub async fn purge(pool: &PgPool) -> Result<u64, StoreError> {
    let mut deleted = 0;
    // Ends, because nothing gets old while it runs but what was there before.
    loop {
        let batch = purge_batch(pool).await?;
        deleted += batch;
        if batch < PURGE_BATCH.unsigned_abs() {
            return Ok(deleted);
        }
    }
}

async fn purge_batch(pool: &PgPool) -> Result<u64, StoreError> {
    let deleted = sqlx::query(
        "DELETE FROM idempotency_key WHERE ctid IN (
             SELECT ctid FROM idempotency_key WHERE created_at < now() - make_interval(secs => $1) LIMIT $2)",
    )
    .bind(KEPT_FOR.as_secs_f64())
    .bind(PURGE_BATCH)
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
