//! Conflicts over numbers of cases that were authorized.

use intake_domain::port_out::{Conflict, ConflictState};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConflictId, PortOutId};
use uuid::Uuid;

use super::subscribers::{texts, tn};

type Time = jiff_sqlx::Timestamp;

#[derive(sqlx::FromRow)]
struct Row {
    conflict_id: Uuid,
    port_out_id: Uuid,
    tns: Vec<String>,
    raised_at: Time,
    state: String,
    settled_at: Option<Time>,
    refusal: String,
}

impl TryFrom<Row> for Conflict {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = match (row.state.as_str(), row.settled_at.map(Time::to_jiff)) {
            ("REQUESTED", None) => ConflictState::Requested,
            ("SENT", None) => ConflictState::Sent,
            ("ACCEPTED", Some(at)) => ConflictState::Accepted { at },
            ("REFUSED", Some(at)) => ConflictState::Refused {
                at,
                refusal: row.refusal,
            },
            (_, _) => {
                let why = &"the state's columns do not fit";
                return Err(StoreError::corrupt("port_out_conflict", &row.conflict_id, why));
            }
        };
        Ok(Self {
            id: ConflictId::from_uuid(row.conflict_id),
            port_out: PortOutId::from_uuid(row.port_out_id),
            tns: row.tns.iter().map(|text| tn(text)).collect::<Result<_, _>>()?,
            raised_at: row.raised_at.to_jiff(),
            state,
        })
    }
}

/// Adds a conflict.
pub(crate) async fn insert_conflict(conn: &mut PgConnection, conflict: &Conflict) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO port_out_conflict (conflict_id, port_out_id, tns, raised_at, state)
         VALUES ($1, $2, $3, $4, 'REQUESTED')",
    )
    .bind(conflict.id.as_uuid())
    .bind(conflict.port_out.as_uuid())
    .bind(texts(&conflict.tns))
    .bind(conflict.raised_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The conflicts over these cases, oldest first.
pub(crate) async fn conflicts_of(
    conn: &mut PgConnection,
    cases: &[PortOutId],
) -> Result<Vec<Conflict>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT conflict_id, port_out_id, tns, raised_at, state, settled_at, refusal
           FROM port_out_conflict WHERE port_out_id = ANY($1) ORDER BY raised_at, conflict_id",
    )
    .bind(cases.iter().map(|case| case.as_uuid()).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Conflict::try_from).collect()
}

/// Writes how far a conflict has come, unless it was settled since it was read.
pub(crate) async fn save_conflict(conn: &mut PgConnection, conflict: &Conflict) -> Result<(), StoreError> {
    let refusal = match &conflict.state {
        ConflictState::Refused { refusal, .. } => refusal.as_str(),
        ConflictState::Requested | ConflictState::Sent | ConflictState::Accepted { .. } => "",
    };
    let updated = sqlx::query(
        "UPDATE port_out_conflict SET state = $2, settled_at = $3, refusal = $4
          WHERE conflict_id = $1 AND settled_at IS NULL",
    )
    .bind(conflict.id.as_uuid())
    .bind(conflict.state.code())
    .bind(conflict.state.settled_at().map(ToSqlx::to_sqlx))
    .bind(refusal)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the conflict"))
    }
}
