//! Disputes: found, made, saved.

use std::collections::HashMap;

use intake_domain::dispute::{About, Dispute, Outcome};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, DisputeId, RequestKind, RequestNumber, SnapbackId, Tn};
use uuid::Uuid;

use super::row::{NumberRow, Row, columns, number_column, open_snapback};
use crate::store::inventory::text_of;

/// The two ways to name a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisputeName {
    Id(DisputeId),
    Number(RequestNumber),
}

/// Draws the number of a new dispute.
pub(crate) async fn next_number(conn: &mut PgConnection) -> Result<RequestNumber, StoreError> {
    let number: i64 = sqlx::query_scalar("SELECT nextval('dispute_request_number')")
        .fetch_one(conn)
        .await?;
    let number = u64::try_from(number)
        .map_err(|error| StoreError::corrupt("dispute_request_number", &number, &error))?;
    Ok(RequestNumber::new(RequestKind::Dispute, number))
}

/// Those of these numbers that are in a dispute that is not settled.
pub(crate) async fn in_dispute(conn: &mut PgConnection, tns: &[Tn]) -> Result<Vec<Tn>, StoreError> {
    let found: Vec<String> =
        sqlx::query_scalar("SELECT tn FROM dispute_number WHERE is_open AND tn = ANY($1) ORDER BY tn")
            .bind(text_of(tns))
            .fetch_all(conn)
            .await?;
    let read = |tn: String| {
        tn.parse()
            .map_err(|error| StoreError::corrupt("dispute_number", &tn, &error))
    };
    found.into_iter().map(read).collect()
}

/// Adds a dispute.
pub(crate) async fn insert(conn: &mut PgConnection, dispute: &Dispute) -> Result<(), StoreError> {
    let (order, port_out) = match dispute.about {
        About::PortIn { order, .. } => (Some(order.as_uuid()), None),
        About::PortOut { port_out, .. } => (None, Some(port_out.as_uuid())),
    };
    sqlx::query(
        "INSERT INTO dispute (dispute_id, request_number, account_id, version, direction, order_id, port_out_id,
                              subject_number, kind, reporter, reporter_name, carrier_name, opened_by, opened_at, state,
                              due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(dispute.id.as_uuid())
    .bind(number_column(dispute.number))
    .bind(dispute.account.as_uuid())
    .bind(dispute.version)
    .bind(dispute.about.direction().code())
    .bind(order)
    .bind(port_out)
    .bind(number_column(dispute.about.number()))
    .bind(dispute.kind.code())
    .bind(dispute.reporter.code())
    .bind(&dispute.reporter_name)
    .bind(&dispute.carrier_name)
    .bind(&dispute.opened_by)
    .bind(dispute.opened_at.to_sqlx())
    .bind(dispute.state.name().code())
    .bind(dispute.next_clock().map(|clock| clock.due_at.to_sqlx()))
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO dispute_number (dispute_id, tn, is_open) SELECT $1, tn, true FROM unnest($2::text[]) AS given (tn)",
    )
    .bind(dispute.id.as_uuid())
    .bind(text_of(&dispute.tns()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes back what can change in a dispute, unless somebody changed it since it was read; its version rises.
pub(crate) async fn save(conn: &mut PgConnection, dispute: &mut Dispute) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE dispute
            SET version = version + 1, state = $3, snapback_id = $4, answer_missed_at = $5, resolution_missed_at = $6,
                due_at = $7, settled_at = $8, explanation = $9
          WHERE dispute_id = $1 AND version = $2",
    )
    .bind(dispute.id.as_uuid())
    .bind(dispute.version)
    .bind(dispute.state.name().code())
    .bind(open_snapback(dispute.state))
    .bind(dispute.missed.answer.map(ToSqlx::to_sqlx))
    .bind(dispute.missed.resolution.map(ToSqlx::to_sqlx))
    .bind(dispute.next_clock().map(|clock| clock.due_at.to_sqlx()))
    .bind(dispute.state.settled_at().map(ToSqlx::to_sqlx))
    .bind(&dispute.explanation)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the dispute"));
    }
    save_numbers(conn, dispute).await?;
    dispute.version += 1;
    Ok(())
}

async fn save_numbers(conn: &mut PgConnection, dispute: &Dispute) -> Result<(), StoreError> {
    let numbers = &dispute.numbers;
    sqlx::query(
        "UPDATE dispute_number
            SET returned_at = given.returned_at, outcome = given.outcome, charged = given.charged,
                is_open = given.outcome IS NULL
           FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::boolean[])
                AS given (tn, returned_at, outcome, charged)
          WHERE dispute_number.dispute_id = $1 AND dispute_number.tn = given.tn",
    )
    .bind(dispute.id.as_uuid())
    .bind(text_of(&dispute.tns()))
    .bind(
        numbers
            .iter()
            .map(|number| number.returned_at.map(ToSqlx::to_sqlx))
            .collect::<Vec<_>>(),
    )
    .bind(
        numbers
            .iter()
            .map(|number| number.outcome.map(Outcome::code))
            .collect::<Vec<_>>(),
    )
    .bind(
        numbers
            .iter()
            .map(|number| dispute.charged.contains(&number.tn))
            .collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One dispute. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: Option<AccountId>,
    name: DisputeName,
) -> Result<Option<Dispute>, StoreError> {
    let (id, number) = keys(name);
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM dispute
          WHERE (dispute_id = $1 OR request_number = $2) AND ($3::uuid IS NULL OR account_id = $3)"
    ))
    .bind(id)
    .bind(number)
    .bind(account.map(AccountId::as_uuid))
    .fetch_all(&mut *conn)
    .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// The same, locked until the transaction ends.
pub(crate) async fn find_for_update(
    conn: &mut PgConnection,
    account: Option<AccountId>,
    name: DisputeName,
) -> Result<Option<Dispute>, StoreError> {
    let (id, number) = keys(name);
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM dispute
          WHERE (dispute_id = $1 OR request_number = $2) AND ($3::uuid IS NULL OR account_id = $3) FOR UPDATE"
    ))
    .bind(id)
    .bind(number)
    .bind(account.map(AccountId::as_uuid))
    .fetch_all(&mut *conn)
    .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// The dispute that waits for the answer to this wish, locked until the transaction ends.
pub(crate) async fn find_by_snapback(
    conn: &mut PgConnection,
    snapback: SnapbackId,
) -> Result<Option<Dispute>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM dispute WHERE snapback_id = $1 FOR UPDATE"
    ))
    .bind(snapback.as_uuid())
    .fetch_all(&mut *conn)
    .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// Adds the numbers to disputes, in one statement for all.
pub(super) async fn with_numbers(
    conn: &mut PgConnection,
    rows: Vec<Row>,
) -> Result<Vec<Dispute>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.dispute_id).collect();
    let numbers: Vec<NumberRow> = sqlx::query_as(
        "SELECT dispute_id, tn, returned_at, outcome, charged FROM dispute_number WHERE dispute_id = ANY($1) ORDER BY tn",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut by_dispute: HashMap<Uuid, Vec<NumberRow>> = HashMap::new();
    for number in numbers {
        by_dispute.entry(number.dispute_id).or_default().push(number);
    }
    rows.into_iter()
        .map(|row| {
            let numbers = by_dispute.remove(&row.dispute_id).unwrap_or_default();
            row.into_dispute(numbers)
        })
        .collect()
}

fn keys(name: DisputeName) -> (Option<Uuid>, Option<i64>) {
    match name {
        DisputeName::Id(id) => (Some(id.as_uuid()), None),
        DisputeName::Number(number) => (None, Some(number_column(number))),
    }
}
