//! The cases: one account's view of a request.

use std::collections::HashMap;

use intake_domain::port_out::{AnswerState, AskedNumber, Denial, PortOut, RequestKey};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, PortOutId, RequestKind, RequestNumber};
use uuid::Uuid;

use super::row::{self, Row, StateColumns};

/// Cases with their requests, as [`Row`] wants them; what follows says which.
macro_rules! select_cases {
    ($which:literal) => {
        concat!(
            "SELECT carrier_request.winning_spid, carrier_request.pon, carrier_request.ver, winning_name, wireless,
                    simple, end_user_name, postal_code, requested_foc_at, received_at, port_out_id, request_number,
                    account_id, version, foc_at, silence, answer_state, state, answer_due_at, claim_reason,
                    claim_explanation, claim_by, claim_at, decision_kind, decision_subject, decided_at, grounds,
                    ended_at
               FROM port_out JOIN carrier_request USING (winning_spid, pon, ver) ",
            $which
        )
    };
}
pub(super) use select_cases;

/// The two ways to name a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortOutName {
    Id(PortOutId),
    Number(RequestNumber),
}

/// Draws the number of a new case.
pub(crate) async fn next_number(conn: &mut PgConnection) -> Result<RequestNumber, StoreError> {
    let number: i64 = sqlx::query_scalar("SELECT nextval('port_out_request_number')")
        .fetch_one(conn)
        .await?;
    let number = u64::try_from(number)
        .map_err(|error| StoreError::corrupt("port_out_request_number", &number, &error))?;
    Ok(RequestNumber::new(RequestKind::PortOut, number))
}

/// Adds a case of a request that is on record.
pub(crate) async fn insert(conn: &mut PgConnection, case: &PortOut) -> Result<(), StoreError> {
    let columns = StateColumns::from(&case.state);
    let claim = columns.claim;
    sqlx::query(
        "INSERT INTO port_out (port_out_id, request_number, account_id, winning_spid, pon, ver, version, foc_at,
                               silence, answer_state, state, answer_due_at, claim_reason, claim_explanation, claim_by,
                               claim_at, decision_kind, decision_subject, decided_at, grounds, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(case.id.as_uuid())
    .bind(number_column(case.number))
    .bind(case.account.as_uuid())
    .bind(case.request.key.winning_spid.as_str())
    .bind(case.request.key.pon.as_str())
    .bind(row::ver_column(case.request.key.ver))
    .bind(case.version)
    .bind(case.foc_at.map(ToSqlx::to_sqlx))
    .bind(case.silence.code())
    .bind(case.answer.map(AnswerState::code))
    .bind(columns.state)
    .bind(columns.answer_due_at)
    .bind(claim.map(|claim| claim.reason.code()))
    .bind(claim.map(|claim| claim.explanation.as_str()))
    .bind(claim.map(|claim| claim.by.as_str()))
    .bind(claim.map(|claim| claim.at.to_sqlx()))
    .bind(columns.decision_kind)
    .bind(columns.decision_subject)
    .bind(columns.decided_at)
    .bind(columns.grounds)
    .bind(columns.ended_at)
    .execute(&mut *conn)
    .await?;
    insert_numbers(conn, case).await
}

async fn insert_numbers(conn: &mut PgConnection, case: &PortOut) -> Result<(), StoreError> {
    let tns: Vec<String> = case.numbers.iter().map(|number| number.tn.to_string()).collect();
    let denials: Vec<Option<&str>> = case
        .numbers
        .iter()
        .map(|number| number.denial.map(Denial::code))
        .collect();
    sqlx::query(
        "INSERT INTO port_out_number (port_out_id, tn, denial, place)
         SELECT $1, given.tn, given.denial, given.place
           FROM UNNEST($2::text[], $3::text[]) WITH ORDINALITY AS given (tn, denial, place)",
    )
    .bind(case.id.as_uuid())
    .bind(tns)
    .bind(denials)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes back what can change in a case, unless somebody changed it since it was read; its version rises.
pub(crate) async fn save(conn: &mut PgConnection, case: &mut PortOut) -> Result<(), StoreError> {
    let columns = StateColumns::from(&case.state);
    let claim = columns.claim;
    let updated = sqlx::query(
        "UPDATE port_out
            SET version = version + 1, foc_at = $3, answer_state = $4, state = $5, answer_due_at = $6,
                claim_reason = $7, claim_explanation = $8, claim_by = $9, claim_at = $10, decision_kind = $11,
                decision_subject = $12, decided_at = $13, grounds = $14, ended_at = $15
          WHERE port_out_id = $1 AND version = $2",
    )
    .bind(case.id.as_uuid())
    .bind(case.version)
    .bind(case.foc_at.map(ToSqlx::to_sqlx))
    .bind(case.answer.map(AnswerState::code))
    .bind(columns.state)
    .bind(columns.answer_due_at)
    .bind(claim.map(|claim| claim.reason.code()))
    .bind(claim.map(|claim| claim.explanation.as_str()))
    .bind(claim.map(|claim| claim.by.as_str()))
    .bind(claim.map(|claim| claim.at.to_sqlx()))
    .bind(columns.decision_kind)
    .bind(columns.decision_subject)
    .bind(columns.decided_at)
    .bind(columns.grounds)
    .bind(columns.ended_at)
    .execute(conn)
    .await?
    .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the port-out"));
    }
    case.version += 1;
    Ok(())
}

/// One case of an account.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    name: PortOutName,
) -> Result<Option<PortOut>, StoreError> {
    let (id, number) = match name {
        PortOutName::Id(id) => (Some(id.as_uuid()), None),
        PortOutName::Number(number) => (None, Some(number_column(number))),
    };
    let rows: Vec<Row> = sqlx::query_as(select_cases!(
        "WHERE account_id = $1 AND (port_out_id = $2 OR request_number = $3)"
    ))
    .bind(account.as_uuid())
    .bind(id)
    .bind(number)
    .fetch_all(&mut *conn)
    .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// One case of whichever account, locked until the transaction ends.
pub(crate) async fn find_by_id_for_update(
    conn: &mut PgConnection,
    id: PortOutId,
) -> Result<Option<PortOut>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(select_cases!("WHERE port_out_id = $1 FOR UPDATE OF port_out"))
        .bind(id.as_uuid())
        .fetch_all(&mut *conn)
        .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// All cases of a request, by number, locked until the transaction ends.
pub(crate) async fn cases_of_request(
    conn: &mut PgConnection,
    key: &RequestKey,
) -> Result<Vec<PortOut>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(select_cases!(
        "WHERE winning_spid = $1 AND pon = $2 AND ver = $3 ORDER BY request_number FOR UPDATE OF port_out"
    ))
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .bind(row::ver_column(key.ver))
    .fetch_all(&mut *conn)
    .await?;
    with_numbers(conn, rows).await
}

/// Whether a number of the case is in an open port-out of another order.
pub(crate) async fn has_other_open(conn: &mut PgConnection, case: &PortOut) -> Result<bool, StoreError> {
    let key = &case.request.key;
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (
             SELECT FROM port_out_number mine
               JOIN port_out_number theirs ON theirs.tn = mine.tn
               JOIN port_out other ON other.port_out_id = theirs.port_out_id
              WHERE mine.port_out_id = $1 AND other.ended_at IS NULL AND (other.winning_spid, other.pon) <> ($2, $3))",
    )
    .bind(case.id.as_uuid())
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .fetch_one(conn)
    .await?)
}

/// Makes cases of rows, in their order.
pub(super) async fn with_numbers(
    conn: &mut PgConnection,
    rows: Vec<Row>,
) -> Result<Vec<PortOut>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.port_out_id).collect();
    let found: Vec<(Uuid, String, Option<String>)> = sqlx::query_as(
        "SELECT port_out_id, tn, denial FROM port_out_number WHERE port_out_id = ANY($1) ORDER BY place",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    let mut numbers: HashMap<Uuid, Vec<AskedNumber>> = HashMap::new();
    for (id, tn, denial) in found {
        let corrupt = |why: &'static str| StoreError::corrupt("port_out_number", &id, &why);
        let denial = match denial {
            Some(code) => Some(Denial::from_code(&code).ok_or_else(|| corrupt("unknown denial"))?),
            None => None,
        };
        let tn = tn.parse().map_err(|_| corrupt("not a telephone number"))?;
        numbers.entry(id).or_default().push(AskedNumber { tn, denial });
    }
    rows.into_iter()
        .map(|row| {
            let numbers = numbers.remove(&row.port_out_id).unwrap_or_default();
            row.into_case(numbers)
        })
        .collect()
}

/// A number larger than the column finds nothing.
fn number_column(number: RequestNumber) -> i64 {
    i64::try_from(number.number()).unwrap_or(i64::MAX)
}
