//! The cases: one account's view of a request.

use intake_domain::port_out::{PortOut, RequestKey, name_key, postal_code_key};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, PortOutId, RequestKind, RequestNumber, Tn};

use super::numbers::{insert_numbers, save_denials, with_numbers};
use super::row::{self, Row, StateColumns};
use super::subscribers::tn;

/// The columns of [`Row`], from a case and its request.
macro_rules! case_columns {
    () => {
        "carrier_request.winning_spid, carrier_request.pon, carrier_request.ver, winning_name, wireless, simple,
         end_user_name, postal_code, requested_foc_at, carrier_request.received_at,
         coalesce(carrier_request.taken_in_at, carrier_request.received_at) AS taken_in_at, answers_per_number, answer_held_until, port_out_id, request_number, account_id, version, foc_at, silence, policy_version,
         policy_outcome, policy_due_at, review_explanation, answer_state, answer_changed_at, answer_refusal, state,
         answer_due_at, claim_reason, claim_tns, claim_explanation, claim_by, claim_at, decision_kind, decision_subject, decided_at, grounds,
         ended_at"
    };
}
pub(super) use case_columns;

/// Cases with their requests, as [`Row`] wants them; what follows says which.
macro_rules! select_cases {
    ($which:literal) => {
        concat!(
            "SELECT ",
            case_columns!(),
            " FROM port_out JOIN carrier_request USING (winning_spid, pon, ver) ",
            $which
        )
    };
}

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
                               claim_at, decision_kind, decision_subject, decided_at, grounds, ended_at, claim_tns,
                               policy_version, policy_outcome, policy_due_at, review_explanation, received_at,
                               number_count, winning_name_key, end_user_key, postal_code_key,
                               answer_changed_at, answer_refusal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
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
    .bind(case.answer.as_ref().map(|answer| answer.state.code()))
    .bind(columns.state)
    .bind(columns.answer_due_at)
    .bind(claim.map(|claim| claim.reason.code()))
    .bind(claim.map(|claim| claim.explanation.as_str()))
    .bind(claim.map(|claim| claim.by.to_string()))
    .bind(claim.map(|claim| claim.at.to_sqlx()))
    .bind(columns.decision_kind)
    .bind(columns.decision_subject)
    .bind(columns.decided_at)
    .bind(columns.grounds)
    .bind(columns.ended_at)
    .bind(columns.claim_tns)
    .bind(case.policy.version)
    .bind(case.policy.outcome.code())
    .bind(case.policy.due_at.to_sqlx())
    .bind(&case.review_explanation)
    .bind(case.request.received_at.to_sqlx())
    .bind(row::number_count(case))
    .bind(name_key(&case.request.winning_name))
    .bind(name_key(&case.request.end_user_name))
    .bind(postal_code_key(&case.request.postal_code))
    .bind(case.answer.as_ref().map(|answer| answer.since.to_sqlx()))
    .bind(case.answer.as_ref().map_or("", |answer| answer.refusal.as_str()))
    .execute(&mut *conn)
    .await?;
    insert_numbers(conn, case).await
}

/// Writes back what can change in a case, unless somebody changed it since it was read; its version rises.
pub(crate) async fn save(conn: &mut PgConnection, case: &mut PortOut) -> Result<(), StoreError> {
    let columns = StateColumns::from(&case.state);
    let claim = columns.claim;
    let updated = sqlx::query(
        "UPDATE port_out
            SET version = version + 1, foc_at = $3, answer_state = $4, state = $5, answer_due_at = $6,
                claim_reason = $7, claim_explanation = $8, claim_by = $9, claim_at = $10, decision_kind = $11,
                decision_subject = $12, decided_at = $13, grounds = $14, ended_at = $15, claim_tns = $16,
                review_explanation = $17, answer_changed_at = $18, answer_refusal = $19
          WHERE port_out_id = $1 AND version = $2",
    )
    .bind(case.id.as_uuid())
    .bind(case.version)
    .bind(case.foc_at.map(ToSqlx::to_sqlx))
    .bind(case.answer.as_ref().map(|answer| answer.state.code()))
    .bind(columns.state)
    .bind(columns.answer_due_at)
    .bind(claim.map(|claim| claim.reason.code()))
    .bind(claim.map(|claim| claim.explanation.as_str()))
    .bind(claim.map(|claim| claim.by.to_string()))
    .bind(claim.map(|claim| claim.at.to_sqlx()))
    .bind(columns.decision_kind)
    .bind(columns.decision_subject)
    .bind(columns.decided_at)
    .bind(columns.grounds)
    .bind(columns.ended_at)
    .bind(columns.claim_tns)
    .bind(&case.review_explanation)
    .bind(case.answer.as_ref().map(|answer| answer.since.to_sqlx()))
    .bind(case.answer.as_ref().map_or("", |answer| answer.refusal.as_str()))
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the port-out"));
    }
    save_denials(conn, case).await?;
    case.version += 1;
    Ok(())
}

/// One case. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: Option<AccountId>,
    name: PortOutName,
) -> Result<Option<PortOut>, StoreError> {
    let (id, number) = match name {
        PortOutName::Id(id) => (Some(id.as_uuid()), None),
        PortOutName::Number(number) => (None, Some(number_column(number))),
    };
    let rows: Vec<Row> = sqlx::query_as(select_cases!(
        "WHERE ($1::uuid IS NULL OR account_id = $1) AND (port_out_id = $2 OR request_number = $3)"
    ))
    .bind(account.map(AccountId::as_uuid))
    .bind(id)
    .bind(number)
    .fetch_all(&mut *conn)
    .await?;
    Ok(with_numbers(conn, rows).await?.pop())
}

/// One case of whichever account.
pub(crate) async fn find_by_id(
    conn: &mut PgConnection,
    id: PortOutId,
) -> Result<Option<PortOut>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(select_cases!("WHERE port_out_id = $1"))
        .bind(id.as_uuid())
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

/// How many cases a request has, whoever's.
pub(crate) async fn count_cases(conn: &mut PgConnection, key: &RequestKey) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM port_out WHERE winning_spid = $1 AND pon = $2 AND ver = $3")
            .bind(key.winning_spid.as_str())
            .bind(key.pon.as_str())
            .bind(row::ver_column(key.ver))
            .fetch_one(conn)
            .await?,
    )
}

/// The numbers of the case that are in an open port-out of another order.
pub(crate) async fn in_other_open(conn: &mut PgConnection, case: &PortOut) -> Result<Vec<Tn>, StoreError> {
    let key = &case.request.key;
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT mine.tn
           FROM port_out_number mine
           JOIN port_out_number theirs ON theirs.tn = mine.tn
           JOIN port_out other ON other.port_out_id = theirs.port_out_id
          WHERE mine.port_out_id = $1 AND other.ended_at IS NULL AND (other.winning_spid, other.pon) <> ($2, $3)",
    )
    .bind(case.id.as_uuid())
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .fetch_all(conn)
    .await?;
    found.iter().map(|text| tn(text)).collect()
}

/// The request of a case.
pub(crate) async fn request_of(conn: &mut PgConnection, case: PortOutId) -> Result<RequestKey, StoreError> {
    let key: row::KeyRow =
        sqlx::query_as("SELECT winning_spid, pon, ver FROM port_out WHERE port_out_id = $1")
            .bind(case.as_uuid())
            .fetch_one(conn)
            .await?;
    key.try_into()
}

/// The requests with open cases of the account that these numbers are in, in the order in which requests are locked.
pub(crate) async fn open_requests_of(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<Vec<RequestKey>, StoreError> {
    let keys: Vec<row::KeyRow> = sqlx::query_as(
        "SELECT DISTINCT winning_spid, pon, ver
           FROM port_out JOIN port_out_number USING (port_out_id)
          WHERE account_id = $1 AND tn = ANY($2) AND ended_at IS NULL ORDER BY winning_spid, pon, ver",
    )
    .bind(account.as_uuid())
    .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    keys.into_iter().map(RequestKey::try_from).collect()
}

/// A page of an account's cases that came since `since` and were not refused for a number at fault, newest first: those
/// numbered below `before`.
pub(crate) async fn list_since(
    conn: &mut PgConnection,
    account: AccountId,
    since: Timestamp,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<PortOut>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(select_cases!(
        "WHERE account_id = $1 AND port_out.received_at >= $2 AND verdict = 'ALLOWED' AND request_number < $3
         ORDER BY request_number DESC LIMIT $4"
    ))
    .bind(account.as_uuid())
    .bind(since.to_sqlx())
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    with_numbers(conn, rows).await
}

/// A number larger than the column finds nothing.
pub(super) fn number_column(number: RequestNumber) -> i64 {
    i64::try_from(number.number()).unwrap_or(i64::MAX)
}
