//! Table `submission`: our requests at carriers, and when each is asked about by reference.

use std::time::Duration;

use carrier_gateway_domain::{Submission, SubmissionState};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId, Pon, Tn, Ver};
use uuid::Uuid;

use super::{LEASE_SECS, Left, LeftRow, at, left, parsed};

/// Every column of a submission that the domain knows.
macro_rules! submission_columns {
    () => {
        "order_id, account_id, pon, ver, carrier_id, state, awaited_tns, traceparent"
    };
}

#[derive(sqlx::FromRow)]
struct SubmissionRow {
    order_id: Uuid,
    account_id: Uuid,
    pon: String,
    ver: i16,
    carrier_id: String,
    state: String,
    awaited_tns: Vec<String>,
    traceparent: Option<String>,
}

impl TryFrom<SubmissionRow> for Submission {
    type Error = StoreError;

    fn try_from(row: SubmissionRow) -> Result<Self, StoreError> {
        let id = row.order_id;
        let tn = |text: &String| parsed::<Tn>("submission", &id, text);
        let state = match row.state.as_str() {
            "open" => SubmissionState::Open {
                awaited: row.awaited_tns.iter().map(tn).collect::<Result<_, _>>()?,
            },
            "closed" => SubmissionState::Closed,
            _ => return Err(StoreError::corrupt("submission", &id, &"no such state")),
        };
        Ok(Self {
            order: OrderId::from_uuid(id),
            account: AccountId::from_uuid(row.account_id),
            pon: parsed("submission", &id, &row.pon)?,
            ver: parsed("submission", &id, &row.ver.to_string())?,
            carrier: parsed("submission", &id, &row.carrier_id)?,
            state,
            traceparent: row.traceparent,
        })
    }
}

/// The columns in which a state is kept.
fn state_columns(state: &SubmissionState) -> (&'static str, Vec<String>) {
    match state {
        SubmissionState::Open { awaited } => ("open", awaited.iter().map(Tn::to_string).collect()),
        SubmissionState::Closed => ("closed", Vec::new()),
    }
}

/// Notes that a version of an order is to be sent. An older version than is known changes nothing.
pub(crate) async fn put(conn: &mut PgConnection, submission: &Submission) -> Result<(), StoreError> {
    let (state, awaited) = state_columns(&submission.state);
    sqlx::query(
        "INSERT INTO submission (order_id, account_id, pon, ver, carrier_id, state, awaited_tns, traceparent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (order_id) DO UPDATE
            SET ver = excluded.ver, carrier_id = excluded.carrier_id, state = excluded.state,
                awaited_tns = excluded.awaited_tns, traceparent = excluded.traceparent
          WHERE submission.ver < excluded.ver",
    )
    .bind(submission.order.as_uuid())
    .bind(submission.account.as_uuid())
    .bind(submission.pon.as_str())
    .bind(i32::from(submission.ver))
    .bind(submission.carrier.as_str())
    .bind(state)
    .bind(awaited)
    .bind(&submission.traceparent)
    .execute(conn)
    .await?;
    Ok(())
}

/// The submission of an order, locked: everything that is announced about the order takes this lock first.
pub(crate) async fn lock(conn: &mut PgConnection, order: OrderId) -> Result<Option<Submission>, StoreError> {
    sqlx::query_as::<_, SubmissionRow>(concat!(
        "SELECT ",
        submission_columns!(),
        " FROM submission WHERE order_id = $1 FOR UPDATE"
    ))
    .bind(order.as_uuid())
    .fetch_optional(conn)
    .await?
    .map(Submission::try_from)
    .transpose()
}

/// The submission of a PON, locked, if it is one of ours.
pub(crate) async fn lock_by_pon(
    conn: &mut PgConnection,
    pon: &Pon,
) -> Result<Option<Submission>, StoreError> {
    sqlx::query_as::<_, SubmissionRow>(concat!(
        "SELECT ",
        submission_columns!(),
        " FROM submission WHERE pon = $1 FOR UPDATE"
    ))
    .bind(pon.as_str())
    .fetch_optional(conn)
    .await?
    .map(Submission::try_from)
    .transpose()
}

/// The submission of an order as somebody else may be changing it.
pub(crate) async fn find(conn: &mut PgConnection, order: OrderId) -> Result<Option<Submission>, StoreError> {
    sqlx::query_as::<_, SubmissionRow>(concat!(
        "SELECT ",
        submission_columns!(),
        " FROM submission WHERE order_id = $1"
    ))
    .bind(order.as_uuid())
    .fetch_optional(conn)
    .await?
    .map(Submission::try_from)
    .transpose()
}

/// Writes the state of a locked submission. A closed one is not asked about any more.
pub(crate) async fn save_state(conn: &mut PgConnection, submission: &Submission) -> Result<(), StoreError> {
    let (state, awaited) = state_columns(&submission.state);
    let updated = sqlx::query(
        "UPDATE submission
            SET state = $2, awaited_tns = $3,
                next_poll_at = CASE WHEN $2 = 'open' THEN next_poll_at ELSE NULL END
          WHERE order_id = $1",
    )
    .bind(submission.order.as_uuid())
    .bind(state)
    .bind(awaited)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the submission"))
    }
}

/// Notes that the carrier took the last version in, and when to ask about it. A closed submission stays as it is.
pub(crate) async fn acknowledge(
    conn: &mut PgConnection,
    order: OrderId,
    ver: Ver,
    now: Timestamp,
    next_poll_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE submission SET acknowledged_at = $3, next_poll_at = $4
          WHERE order_id = $1 AND ver = $2 AND state = 'open'",
    )
    .bind(order.as_uuid())
    .bind(i32::from(ver))
    .bind(at(now))
    .bind(at(next_poll_at))
    .execute(conn)
    .await?;
    Ok(())
}

/// A submission that this worker alone asks about, as long as its lease holds.
#[derive(Debug, Clone)]
pub(crate) struct ClaimedSubmission {
    pub(crate) order: OrderId,
    pub(crate) pon: Pon,
    pub(crate) acknowledged_at: Timestamp,
    pub(crate) attempts: i32,
    pub(crate) lease: Uuid,
}

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    order_id: Uuid,
    pon: String,
    acknowledged_at: jiff_sqlx::Timestamp,
    attempts: i32,
    lease_token: Uuid,
}

/// Claims submissions that are to be asked about by `now`.
pub(crate) async fn claim_due(
    conn: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ClaimedSubmission>, StoreError> {
    let rows: Vec<ClaimedRow> = sqlx::query_as(
        "UPDATE submission
            SET lease_until = now() + make_interval(secs => $3), lease_token = gen_random_uuid(),
                attempts = attempts + 1
          WHERE order_id IN (
              SELECT order_id FROM submission
               WHERE next_poll_at <= $1 AND (lease_until IS NULL OR lease_until < now())
                 AND (retry_at IS NULL OR retry_at <= now())
               ORDER BY next_poll_at LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING order_id, pon, acknowledged_at, attempts, lease_token",
    )
    .bind(at(now))
    .bind(limit)
    .bind(LEASE_SECS)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ClaimedSubmission {
                order: OrderId::from_uuid(row.order_id),
                pon: parsed("submission", &row.order_id, &row.pon)?,
                acknowledged_at: row.acknowledged_at.to_jiff(),
                attempts: row.attempts,
                lease: row.lease_token,
            })
        })
        .collect()
}

/// Says when a claimed submission is asked about again, and gives it back. False: somebody else has it by now.
pub(crate) async fn reschedule(
    conn: &mut PgConnection,
    claimed: &ClaimedSubmission,
    next_poll_at: Timestamp,
    error: Option<&str>,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE submission
            SET next_poll_at = CASE WHEN state = 'open' THEN $3::timestamptz ELSE NULL END, attempts = 0,
                last_error = $4, retry_at = NULL, lease_until = NULL, lease_token = NULL
          WHERE order_id = $1 AND lease_token = $2",
    )
    .bind(claimed.order.as_uuid())
    .bind(claimed.lease)
    .bind(at(next_poll_at))
    .bind(error)
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Notes why asking failed and lets the submission rest for `pause`; it stays due. False: somebody else has it.
pub(crate) async fn rest(
    conn: &mut PgConnection,
    claimed: &ClaimedSubmission,
    pause: Duration,
    error: &str,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE submission
            SET last_error = $3, retry_at = now() + make_interval(secs => $4), lease_until = NULL,
                lease_token = NULL
          WHERE order_id = $1 AND lease_token = $2",
    )
    .bind(claimed.order.as_uuid())
    .bind(claimed.lease)
    .bind(error)
    .bind(pause.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// What is left to ask about at `now`.
pub(crate) async fn left_at(conn: &mut PgConnection, now: Timestamp) -> Result<Left, StoreError> {
    let row: LeftRow = sqlx::query_as(
        "SELECT (SELECT count(*) FROM submission WHERE next_poll_at <= $1),
                (SELECT min(next_poll_at) FROM submission WHERE next_poll_at > $1)",
    )
    .bind(at(now))
    .fetch_one(conn)
    .await?;
    Ok(left(row))
}
