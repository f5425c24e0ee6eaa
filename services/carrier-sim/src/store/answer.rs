//! Answers to our requests, given and to come.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use sqlx::types::Json;
use types::{Pon, Ver};

use super::change::{self, Subject};
use super::parsed;
use super::port_request::read_ver;
use crate::script::plan::{Asked, Planned};
use crate::script::{Answer, Content, Reason};

/// More answers than this to one request are not read: 99 versions with 100 steps each have fewer.
const ANSWERS_MAX: i64 = 10_000;

#[derive(sqlx::FromRow)]
struct AnswerRow {
    answer_id: String,
    pon: String,
    ver: i32,
    kind: String,
    reasons: Json<Vec<Reason>>,
    foc_at: Option<jiff_sqlx::Timestamp>,
    answered_at: jiff_sqlx::Timestamp,
}

/// Schedules the answers to what came in, each with its deliveries. The caller has locked the request.
pub(crate) async fn schedule(
    conn: &mut PgConnection,
    pon: &Pon,
    asked: Asked,
    answers: &[Planned],
) -> Result<(), StoreError> {
    let (letter, ver) = match asked {
        Asked::Version(ver) => ("s", ver),
        Asked::Cancel(ver) => ("c", ver),
        Asked::Activation(ver) => ("a", ver),
    };
    for (index, planned) in answers.iter().enumerate() {
        let answer_id = format!("{pon}.{ver}.{letter}{}", index + 1);
        let (kind, reasons, foc_at) = columns(&planned.content);
        sqlx::query(
            "INSERT INTO scheduled_answer (answer_id, pon, ver, kind, reasons, foc_at, answered_at, outlives)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&answer_id)
        .bind(pon.as_str())
        .bind(i32::from(ver))
        .bind(kind)
        .bind(Json(reasons))
        .bind(foc_at.map(ToSqlx::to_sqlx))
        .bind(planned.due_at.to_sqlx())
        .bind(planned.outlives)
        .execute(&mut *conn)
        .await?;
        change::add(conn, Subject::Answer(&answer_id), planned.due_at, planned.times).await?;
    }
    Ok(())
}

/// Takes back what was still to be said to versions before `ver`, except what outlives them.
pub(crate) async fn drop_superseded(conn: &mut PgConnection, pon: &Pon, ver: Ver) -> Result<(), StoreError> {
    // An answer of which a delivery was published meanwhile keeps it: the row is looked at again once it is locked.
    sqlx::query(
        "DELETE FROM change USING scheduled_answer AS answer
          WHERE answer.answer_id = change.answer_id AND answer.pon = $1 AND answer.ver < $2
            AND NOT answer.outlives AND change.position IS NULL",
    )
    .bind(pon.as_str())
    .bind(i32::from(ver))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether the losing carrier has committed to a date, as far as is visible.
pub(crate) async fn is_committed(conn: &mut PgConnection, pon: &Pon) -> Result<bool, StoreError> {
    is_given(conn, pon, "FOC").await
}

/// Whether the numbers were reported active, as far as is visible.
pub(crate) async fn is_active(conn: &mut PgConnection, pon: &Pon) -> Result<bool, StoreError> {
    is_given(conn, pon, "ACTIVATED").await
}

async fn is_given(conn: &mut PgConnection, pon: &Pon, kind: &'static str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (
             SELECT FROM scheduled_answer AS answer JOIN change USING (answer_id)
              WHERE answer.pon = $1 AND answer.kind = $2 AND change.position IS NOT NULL)",
    )
    .bind(pon.as_str())
    .bind(kind)
    .fetch_one(conn)
    .await?)
}

/// The answers to one request that are visible, oldest first.
pub(crate) async fn list_given(conn: &mut PgConnection, pon: &Pon) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<AnswerRow> = sqlx::query_as(
        "SELECT answer_id, pon, ver, kind, reasons, foc_at, answered_at
           FROM scheduled_answer AS answer
          CROSS JOIN LATERAL (SELECT min(position) AS first_position FROM change
                               WHERE change.answer_id = answer.answer_id) AS given
          WHERE pon = $1 AND first_position IS NOT NULL ORDER BY first_position LIMIT $2",
    )
    .bind(pon.as_str())
    .bind(ANSWERS_MAX)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Answer::try_from).collect()
}

/// These answers, in no order.
pub(crate) async fn list_by_id(conn: &mut PgConnection, ids: &[String]) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<AnswerRow> = sqlx::query_as(
        "SELECT answer_id, pon, ver, kind, reasons, foc_at, answered_at
           FROM scheduled_answer WHERE answer_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Answer::try_from).collect()
}

/// Content as columns: kind, reasons, FOC instant.
fn columns(content: &Content) -> (&'static str, &[Reason], Option<Timestamp>) {
    match content {
        Content::Rejected(reasons) => ("REJECTED", reasons, None),
        Content::UpdateRequired(reasons) => ("UPDATE_REQUIRED", reasons, None),
        Content::Delayed(reasons) => ("DELAYED", reasons, None),
        Content::Foc(at) => ("FOC", &[], Some(*at)),
        Content::Activated => ("ACTIVATED", &[], None),
        Content::Cancelled => ("CANCELLED", &[], None),
        Content::ChangeRefused(reasons) => ("CHANGE_REFUSED", reasons, None),
    }
}

impl TryFrom<AnswerRow> for Answer {
    type Error = StoreError;

    fn try_from(row: AnswerRow) -> Result<Self, Self::Error> {
        let id = row.answer_id;
        let reasons = row.reasons.0;
        let foc_at = row.foc_at.map(jiff_sqlx::Timestamp::to_jiff);
        let content = match (row.kind.as_str(), foc_at) {
            ("REJECTED", None) => Content::Rejected(reasons),
            ("UPDATE_REQUIRED", None) => Content::UpdateRequired(reasons),
            ("DELAYED", None) => Content::Delayed(reasons),
            ("FOC", Some(at)) => Content::Foc(at),
            ("ACTIVATED", None) => Content::Activated,
            ("CANCELLED", None) => Content::Cancelled,
            ("CHANGE_REFUSED", None) => Content::ChangeRefused(reasons),
            (kind, _) => {
                let why = format!("{kind} does not fit its instant");
                return Err(StoreError::corrupt("scheduled_answer", &id, &why));
            }
        };
        Ok(Self {
            pon: parsed("scheduled_answer", &id, &row.pon)?,
            ver: read_ver("scheduled_answer", &id, row.ver)?,
            content,
            answered_at: row.answered_at.to_jiff(),
            id,
        })
    }
}
