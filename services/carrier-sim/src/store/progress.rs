//! News of port-outs: what was reported, and completions that wait for their instant.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Pon, Spid};

use super::parsed;
use crate::port_out::{Progress, ProgressStep};

/// Where news come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Somebody reported them.
    Reported,
    /// An authorization scheduled them.
    Completion,
}

#[derive(sqlx::FromRow)]
struct ProgressRow {
    progress_id: String,
    winning_spid: String,
    pon: String,
    step: String,
    occurred_at: jiff_sqlx::Timestamp,
    foc_at: Option<jiff_sqlx::Timestamp>,
}

/// Writes news; false when they are known already.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    progress: &Progress,
    origin: Origin,
) -> Result<bool, StoreError> {
    let (step, foc_at) = match progress.step {
        ProgressStep::Ported => ("PORTED", None),
        ProgressStep::Cancelled => ("CANCELLED", None),
        ProgressStep::FocChanged(foc_at) => ("FOC_CHANGED", Some(foc_at)),
    };
    let inserted = sqlx::query(
        "INSERT INTO progress (progress_id, winning_spid, pon, step, occurred_at, foc_at, is_completion)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (progress_id) DO NOTHING",
    )
    .bind(&progress.id)
    .bind(progress.winning_spid.as_str())
    .bind(progress.pon.as_str())
    .bind(step)
    .bind(progress.occurred_at.to_sqlx())
    .bind(foc_at.map(ToSqlx::to_sqlx))
    .bind(origin == Origin::Completion)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// Takes back the completions of a request that are not visible yet, and returns their ids. The caller has locked it.
pub(crate) async fn drop_waiting_completions(
    conn: &mut PgConnection,
    winning_spid: &Spid,
    pon: &Pon,
) -> Result<Vec<String>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "DELETE FROM change USING progress
          WHERE progress.progress_id = change.progress_id AND progress.winning_spid = $1 AND progress.pon = $2
            AND progress.is_completion AND change.position IS NULL
         RETURNING progress.progress_id",
    )
    .bind(winning_spid.as_str())
    .bind(pon.as_str())
    .fetch_all(&mut *conn)
    .await?;
    let deleted = sqlx::query("DELETE FROM progress WHERE progress_id = ANY($1)")
        .bind(&ids)
        .execute(conn)
        .await?
        .rows_affected();
    if usize::try_from(deleted).is_ok_and(|deleted| deleted == ids.len()) {
        Ok(ids)
    } else {
        Err(StoreError::Stale("the port-out"))
    }
}

/// Whether the numbers of a request are reported ported by `now`. The caller has locked it.
pub(crate) async fn has_ported(
    conn: &mut PgConnection,
    winning_spid: &Spid,
    pon: &Pon,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM progress
                         WHERE winning_spid = $1 AND pon = $2 AND step = 'PORTED' AND occurred_at <= $3)",
    )
    .bind(winning_spid.as_str())
    .bind(pon.as_str())
    .bind(now.to_sqlx())
    .fetch_one(conn)
    .await?)
}

/// These news, in no order.
pub(crate) async fn list_by_id(conn: &mut PgConnection, ids: &[String]) -> Result<Vec<Progress>, StoreError> {
    let rows: Vec<ProgressRow> = sqlx::query_as(
        "SELECT progress_id, winning_spid, pon, step, occurred_at, foc_at
           FROM progress WHERE progress_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Progress::try_from).collect()
}

impl TryFrom<ProgressRow> for Progress {
    type Error = StoreError;

    fn try_from(row: ProgressRow) -> Result<Self, Self::Error> {
        let id = row.progress_id;
        let step = match (row.step.as_str(), row.foc_at) {
            ("PORTED", None) => ProgressStep::Ported,
            ("CANCELLED", None) => ProgressStep::Cancelled,
            ("FOC_CHANGED", Some(foc_at)) => ProgressStep::FocChanged(foc_at.to_jiff()),
            (step, _) => {
                let why = format!("{step} does not fit its instant");
                return Err(StoreError::corrupt("progress", &id, &why));
            }
        };
        Ok(Self {
            winning_spid: parsed("progress", &id, &row.winning_spid)?,
            pon: parsed("progress", &id, &row.pon)?,
            step,
            occurred_at: row.occurred_at.to_jiff(),
            id,
        })
    }
}
