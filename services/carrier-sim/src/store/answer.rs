//! Answers to our requests, given and to come.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use sqlx::types::Json;
use types::{Pon, Tn, Ver};

use super::change::{self, Subject};
use super::port_request::read_ver;
use super::{parsed, parsed_tns, tn_texts};
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
    tns: Vec<String>,
    answered_at: jiff_sqlx::Timestamp,
}

/// What the answers to something are called. The same thing asked again has the same.
pub(crate) fn answer_id(pon: &Pon, asked: Asked, key: &str, index: usize) -> String {
    let (letter, ver) = match asked {
        Asked::Version(ver) => ("s", ver),
        Asked::Cancel(ver) => ("c", ver),
        Asked::Activation(ver) => ("a", ver),
        Asked::Snapback(ver) => ("b", ver),
    };
    format!("{pon}.{ver}.{letter}{key}{}", index + 1)
}

/// Schedules the answers to what came in, each with its deliveries. The caller has locked the request. `key` tells
/// things that are asked about one version in parts from each other.
pub(crate) async fn schedule(
    conn: &mut PgConnection,
    pon: &Pon,
    asked: Asked,
    key: &str,
    answers: &[Planned],
) -> Result<(), StoreError> {
    for (index, planned) in answers.iter().enumerate() {
        let answer_id = answer_id(pon, asked, key, index);
        let (kind, reasons, foc_at) = columns(&planned.content);
        sqlx::query(
            "INSERT INTO scheduled_answer (answer_id, pon, ver, kind, reasons, foc_at, tns, answered_at, outlives)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&answer_id)
        .bind(pon.as_str())
        .bind(i32::from(asked.ver()))
        .bind(kind)
        .bind(Json(reasons))
        .bind(foc_at.map(ToSqlx::to_sqlx))
        .bind(tn_texts(planned.content.tns()))
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
    // An answer of which a delivery was published meanwhile keeps it: the row is looked at again once it is locked. The
    // tests that follow an activation go with it.
    sqlx::query(
        "WITH dropped AS (
             SELECT answer_id FROM scheduled_answer WHERE pon = $1 AND ver < $2 AND NOT outlives
         )
         DELETE FROM change
          WHERE position IS NULL
            AND (answer_id IN (SELECT answer_id FROM dropped)
                 OR test_id IN (
                    SELECT test_id FROM scheduled_test JOIN dropped USING (answer_id)
                     WHERE NOT EXISTS (
                         SELECT FROM change AS given
                          WHERE given.answer_id = dropped.answer_id AND given.position IS NOT NULL)))",
    )
    .bind(pon.as_str())
    .bind(i32::from(ver))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether the losing carrier has committed to a date, as far as is visible.
pub(crate) async fn is_committed(conn: &mut PgConnection, pon: &Pon) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (
             SELECT FROM scheduled_answer AS answer JOIN change USING (answer_id)
              WHERE answer.pon = $1 AND answer.kind = 'FOC' AND change.position IS NOT NULL)",
    )
    .bind(pon.as_str())
    .fetch_one(conn)
    .await?)
}

/// Those of `tns` that were reported active and not given back since, as far as is visible.
pub(crate) async fn list_active(
    conn: &mut PgConnection,
    pon: &Pon,
    tns: &[Tn],
) -> Result<BTreeSet<Tn>, StoreError> {
    let mut active = BTreeSet::new();
    for answer in list_given(conn, pon).await? {
        let of = |named: &[Tn]| {
            if named.is_empty() {
                tns.to_vec()
            } else {
                named.to_vec()
            }
        };
        match &answer.content {
            Content::Activated(named) => active.extend(of(named)),
            Content::SnapbackConfirmed(named) => {
                for tn in of(named) {
                    active.remove(&tn);
                }
            }
            Content::Rejected(_)
            | Content::UpdateRequired(_)
            | Content::Delayed(_)
            | Content::Foc(_)
            | Content::Cancelled
            | Content::ChangeRefused(_)
            | Content::SnapbackRefused(_, _) => {}
        }
    }
    Ok(active)
}

/// Whether all of `tns` are active.
pub(crate) async fn is_active(conn: &mut PgConnection, pon: &Pon, tns: &[Tn]) -> Result<bool, StoreError> {
    let active = list_active(conn, pon, tns).await?;
    Ok(tns.iter().all(|tn| active.contains(tn)))
}

/// The answers to one request that are visible, oldest first.
pub(crate) async fn list_given(conn: &mut PgConnection, pon: &Pon) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<AnswerRow> = sqlx::query_as(
        "SELECT answer_id, pon, ver, kind, reasons, foc_at, tns, answered_at
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
        "SELECT answer_id, pon, ver, kind, reasons, foc_at, tns, answered_at
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
        Content::Activated(_) => ("ACTIVATED", &[], None),
        Content::Cancelled => ("CANCELLED", &[], None),
        Content::ChangeRefused(reasons) => ("CHANGE_REFUSED", reasons, None),
        Content::SnapbackConfirmed(_) => ("SNAPBACK_CONFIRMED", &[], None),
        Content::SnapbackRefused(_, reasons) => ("SNAPBACK_REFUSED", reasons, None),
    }
}

impl TryFrom<AnswerRow> for Answer {
    type Error = StoreError;

    fn try_from(row: AnswerRow) -> Result<Self, Self::Error> {
        let id = row.answer_id;
        let reasons = row.reasons.0;
        let tns = parsed_tns("scheduled_answer", &id, &row.tns)?;
        let foc_at = row.foc_at.map(jiff_sqlx::Timestamp::to_jiff);
        let content = match (row.kind.as_str(), foc_at) {
            ("REJECTED", None) => Content::Rejected(reasons),
            ("UPDATE_REQUIRED", None) => Content::UpdateRequired(reasons),
            ("DELAYED", None) => Content::Delayed(reasons),
            ("FOC", Some(at)) => Content::Foc(at),
            ("ACTIVATED", None) => Content::Activated(tns),
            ("CANCELLED", None) => Content::Cancelled,
            ("CHANGE_REFUSED", None) => Content::ChangeRefused(reasons),
            ("SNAPBACK_CONFIRMED", None) => Content::SnapbackConfirmed(tns),
            ("SNAPBACK_REFUSED", None) => Content::SnapbackRefused(tns, reasons),
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
