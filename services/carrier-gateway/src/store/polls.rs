//! Table `poll`: how far the change feed of each connection was read, and when it is read again.

use std::time::Duration;

use carrier_gateway_domain::schedule::NextFeedPoll;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{LEASE_SECS, Left, LeftRow, at, left};

/// A feed that this worker alone reads, as long as its lease holds.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ClaimedPoll {
    pub(crate) connection: String,
    pub(crate) cursor: String,
    pub(crate) attempts: i32,
    #[sqlx(rename = "lease_token")]
    pub(crate) lease: Uuid,
}

/// Adds the connection unless it is known: read from the beginning, at once.
pub(crate) async fn ensure(
    conn: &mut PgConnection,
    connection: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO poll (connection, next_poll_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(connection)
        .bind(at(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Claims the connection's feed if it is to be read by `now`.
pub(crate) async fn claim_due(
    conn: &mut PgConnection,
    connection: &str,
    now: Timestamp,
) -> Result<Option<ClaimedPoll>, StoreError> {
    Ok(sqlx::query_as(
        "UPDATE poll
            SET lease_until = now() + make_interval(secs => $3), lease_token = gen_random_uuid(),
                attempts = attempts + 1
          WHERE connection IN (
              SELECT connection FROM poll
               WHERE connection = $1 AND least(next_poll_at, wanted_at, fresh_until) <= $2
                 AND (lease_until IS NULL OR lease_until < now()) AND (retry_at IS NULL OR retry_at <= now())
                 FOR UPDATE SKIP LOCKED)
         RETURNING connection, cursor, attempts, lease_token",
    )
    .bind(connection)
    .bind(at(now))
    .bind(LEASE_SECS)
    .fetch_optional(conn)
    .await?)
}

/// Moves the cursor past a recorded page and extends the lease. False: somebody else reads this feed by now, and
/// the caller's transaction must not commit.
pub(crate) async fn advance(
    conn: &mut PgConnection,
    claimed: &ClaimedPoll,
    next_cursor: &str,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE poll SET cursor = $4, attempts = 0, lease_until = now() + make_interval(secs => $5)
          WHERE connection = $1 AND lease_token = $2 AND cursor = $3",
    )
    .bind(&claimed.connection)
    .bind(claimed.lease)
    .bind(&claimed.cursor)
    .bind(next_cursor)
    .bind(LEASE_SECS)
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// The feed was read to its end: says when it is read again, and gives it back. A poll that was asked for later
/// than `now` stays asked for. False: somebody else has it by now.
pub(crate) async fn finish(
    conn: &mut PgConnection,
    claimed: &ClaimedPoll,
    now: Timestamp,
    next: NextFeedPoll,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE poll
            SET next_poll_at = $4, fresh_until = $5, wanted_at = CASE WHEN wanted_at <= $3 THEN NULL ELSE wanted_at END,
                attempts = 0, last_error = NULL, retry_at = NULL, lease_until = NULL, lease_token = NULL
          WHERE connection = $1 AND lease_token = $2",
    )
    .bind(&claimed.connection)
    .bind(claimed.lease)
    .bind(at(now))
    .bind(at(next.at))
    .bind(at(next.fresh_until))
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Gives the feed back before its end; it stays due, after `pause`. False: somebody else has it by now.
pub(crate) async fn rest(
    conn: &mut PgConnection,
    claimed: &ClaimedPoll,
    pause: Duration,
    error: Option<&str>,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE poll
            SET last_error = $3, retry_at = now() + make_interval(secs => $4), lease_until = NULL,
                lease_token = NULL
          WHERE connection = $1 AND lease_token = $2",
    )
    .bind(&claimed.connection)
    .bind(claimed.lease)
    .bind(error)
    .bind(pause.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Asks for the feed to be read by `wanted_at`, unless it will be anyway. The row is only locked when it changes:
/// many acknowledgements at once must not queue up for it.
pub(crate) async fn want_by(
    conn: &mut PgConnection,
    connection: &str,
    wanted_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE poll SET wanted_at = $2 WHERE connection = $1 AND (wanted_at IS NULL OR wanted_at > $2)",
    )
    .bind(connection)
    .bind(at(wanted_at))
    .execute(conn)
    .await?;
    Ok(())
}

/// What is left to read at `now`. That it is not fresh any more makes it due, and is nothing to wait for.
pub(crate) async fn left_at(
    conn: &mut PgConnection,
    connection: &str,
    now: Timestamp,
) -> Result<Left, StoreError> {
    let row: LeftRow = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE least(next_poll_at, wanted_at, fresh_until) <= $2),
                min(least(next_poll_at, wanted_at)) FILTER (WHERE least(next_poll_at, wanted_at) > $2)
           FROM poll WHERE connection = $1",
    )
    .bind(connection)
    .bind(at(now))
    .fetch_one(conn)
    .await?;
    Ok(left(row))
}

/// Since when the feed should have been read, if it should.
pub(crate) async fn find_due_since(
    conn: &mut PgConnection,
    connection: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let due_since: Option<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "SELECT least(next_poll_at, wanted_at, fresh_until) FROM poll
          WHERE connection = $1 AND least(next_poll_at, wanted_at, fresh_until) <= $2",
    )
    .bind(connection)
    .bind(at(now))
    .fetch_optional(conn)
    .await?;
    Ok(due_since.map(jiff_sqlx::Timestamp::to_jiff))
}
