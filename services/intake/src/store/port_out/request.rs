//! The requests themselves.

use intake_domain::port_out::{AnswerMode, CarrierRequest, RequestKey, Verdict};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Pon, Spid, Ver};

use super::row::{self, KeyRow};

/// What was made of a request when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposal {
    /// It was judged and made cases.
    Judged(Verdict),
    /// A later version had come before it: it is on record and makes no case.
    Overtaken,
}

impl Disposal {
    const fn code(self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.code(),
            Self::Overtaken => "OVERTAKEN",
        }
    }
}

/// Lets one transaction at a time deal with all versions of an order.
pub(crate) async fn lock_pon(
    conn: &mut PgConnection,
    winning_spid: &Spid,
    pon: &Pon,
) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 1))")
        .bind(winning_spid.as_str())
        .bind(pon.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// The versions of an order that came, oldest first.
pub(crate) async fn find_versions(
    conn: &mut PgConnection,
    winning_spid: &Spid,
    pon: &Pon,
) -> Result<Vec<Ver>, StoreError> {
    let versions: Vec<i16> = sqlx::query_scalar(
        "SELECT ver FROM carrier_request WHERE winning_spid = $1 AND pon = $2 ORDER BY ver",
    )
    .bind(winning_spid.as_str())
    .bind(pon.as_str())
    .fetch_all(conn)
    .await?;
    versions.into_iter().map(|ver| row::ver(ver, pon)).collect()
}

/// Puts a request on record. The table refuses a second one of the same name.
pub(crate) async fn insert_request(
    conn: &mut PgConnection,
    request: &CarrierRequest,
    disposal: Disposal,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO carrier_request (winning_spid, pon, ver, winning_name, wireless, simple, end_user_name,
                                      postal_code, requested_foc_at, received_at, verdict, answers_per_number,
                                      answer_held_until, taken_in_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(request.key.winning_spid.as_str())
    .bind(request.key.pon.as_str())
    .bind(row::ver_column(request.key.ver))
    .bind(&request.winning_name)
    .bind(request.is_wireless)
    .bind(request.is_simple)
    .bind(&request.end_user_name)
    .bind(&request.postal_code)
    .bind(request.requested_foc_at.map(ToSqlx::to_sqlx))
    .bind(request.received_at.to_sqlx())
    .bind(disposal.code())
    .bind(request.answers == AnswerMode::PerNumber)
    .bind(request.answer_held_until.map(ToSqlx::to_sqlx))
    .bind(request.taken_in_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks a request until the transaction ends; whoever changes one of its cases does so first.
pub(crate) async fn lock_request(conn: &mut PgConnection, key: &RequestKey) -> Result<(), StoreError> {
    let found = sqlx::query(
        "SELECT FROM carrier_request WHERE winning_spid = $1 AND pon = $2 AND ver = $3 FOR UPDATE",
    )
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .bind(row::ver_column(key.ver))
    .fetch_optional(conn)
    .await?;
    match found {
        Some(_) => Ok(()),
        None => Err(StoreError::corrupt(
            "carrier_request",
            &key.pon,
            &"a case without its request",
        )),
    }
}

/// How the winning carrier reads our answers, as its profile says; one that is not known reads one answer.
pub(crate) async fn find_answer_mode(
    conn: &mut PgConnection,
    winning_spid: &Spid,
) -> Result<AnswerMode, StoreError> {
    let is_per_number: bool = sqlx::query_scalar(
        "SELECT coalesce(bool_and(answers_per_number), false) FROM carrier WHERE spid = $1",
    )
    .bind(winning_spid.as_str())
    .fetch_one(conn)
    .await?;
    Ok(if is_per_number {
        AnswerMode::PerNumber
    } else {
        AnswerMode::Whole
    })
}

/// Locks a request whose answer was held back until now or before, passing over those that another replica deals with.
pub(crate) async fn lock_held_request(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Option<RequestKey>, StoreError> {
    let key: Option<KeyRow> = sqlx::query_as(
        "SELECT winning_spid, pon, ver FROM carrier_request
          WHERE answer_held_until <= $1 AND (retry_at IS NULL OR retry_at <= now())
          ORDER BY answer_held_until LIMIT 1
            FOR UPDATE SKIP LOCKED",
    )
    .bind(now.to_sqlx())
    .fetch_optional(conn)
    .await?;
    key.map(RequestKey::try_from).transpose()
}

/// Holds the answer to a locked request back no longer.
pub(crate) async fn release_answer(conn: &mut PgConnection, key: &RequestKey) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE carrier_request SET answer_held_until = NULL WHERE winning_spid = $1 AND pon = $2 AND ver = $3",
    )
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .bind(row::ver_column(key.ver))
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the carrier's request"))
    }
}

/// Locks the request whose case has waited longest for an answer that was due, passing over those that another replica
/// deals with and those that rest (see [`postpone`]).
pub(crate) async fn lock_due_request(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<Option<RequestKey>, StoreError> {
    let key: Option<KeyRow> = sqlx::query_as(
        "SELECT carrier_request.winning_spid, carrier_request.pon, carrier_request.ver
           FROM port_out
           JOIN carrier_request USING (winning_spid, pon, ver)
          WHERE port_out.answer_due_at <= $1
            AND (carrier_request.retry_at IS NULL OR carrier_request.retry_at <= now())
          ORDER BY port_out.answer_due_at LIMIT 1
            FOR UPDATE OF carrier_request SKIP LOCKED",
    )
    .bind(now.to_sqlx())
    .fetch_optional(conn)
    .await?;
    key.map(RequestKey::try_from).transpose()
}

/// Lets a request rest that silence could not decide, so that the others are not held up.
pub(crate) async fn postpone(conn: &mut PgConnection, key: &RequestKey) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE carrier_request SET retry_at = now() + interval '1 minute'
          WHERE winning_spid = $1 AND pon = $2 AND ver = $3",
    )
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .bind(row::ver_column(key.ver))
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the carrier's request"))
    }
}

/// How many answers are due or held back no longer, and when the next one will be.
pub(crate) async fn due_counts(
    conn: &mut PgConnection,
    now: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let (due, next): (i64, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE at <= $1), min(at) FILTER (WHERE at > $1)
           FROM (SELECT answer_due_at AS at FROM port_out WHERE answer_due_at IS NOT NULL
                 UNION ALL
                 SELECT answer_held_until FROM carrier_request WHERE answer_held_until IS NOT NULL) AS due",
    )
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?;
    Ok((due, next.map(jiff_sqlx::Timestamp::to_jiff)))
}
