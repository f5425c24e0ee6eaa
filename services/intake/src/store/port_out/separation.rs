//! Cases whose numbers are separated from their account while they are open. The request is locked.

use intake_domain::port_out::{LawfulReason, PortOut};
use pg::StoreError;
use sqlx::PgConnection;

use super::case::{insert, save};
use super::row;
use super::subscribers::texts;

/// Gives a case to the account that it says, with its numbers as they are judged by now.
pub(crate) async fn give_to(conn: &mut PgConnection, case: &mut PortOut) -> Result<(), StoreError> {
    let updated = sqlx::query("UPDATE port_out SET account_id = $3 WHERE port_out_id = $1 AND version = $2")
        .bind(case.id.as_uuid())
        .bind(case.version)
        .bind(case.account.as_uuid())
        .execute(&mut *conn)
        .await?
        .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the port-out"));
    }
    let denials: Vec<Option<&str>> = case
        .numbers
        .iter()
        .map(|number| number.denial.map(LawfulReason::code))
        .collect();
    let pins: Vec<&str> = case
        .numbers
        .iter()
        .map(|number| number.matches.pin.code())
        .collect();
    let separated: Vec<bool> = case.numbers.iter().map(|number| number.is_separated).collect();
    sqlx::query(
        "UPDATE port_out_number SET denial = given.denial, pin_match = given.pin, separated = given.separated
           FROM UNNEST($2::text[], $3::text[], $4::text[], $5::boolean[]) AS given (tn, denial, pin, separated)
          WHERE port_out_id = $1 AND port_out_number.tn = given.tn",
    )
    .bind(case.id.as_uuid())
    .bind(texts(&case.tns()))
    .bind(denials)
    .bind(pins)
    .bind(separated)
    .execute(&mut *conn)
    .await?;
    save(conn, case).await
}

/// Makes a case of numbers that another one has no more, and of the questions to end users about them.
pub(crate) async fn move_numbers(
    conn: &mut PgConnection,
    from: &mut PortOut,
    to: &PortOut,
) -> Result<(), StoreError> {
    let moved = texts(&to.tns());
    sqlx::query("DELETE FROM port_out_number WHERE port_out_id = $1 AND tn = ANY($2)")
        .bind(from.id.as_uuid())
        .bind(&moved)
        .execute(&mut *conn)
        .await?;
    let updated =
        sqlx::query("UPDATE port_out SET number_count = $3 WHERE port_out_id = $1 AND version = $2")
            .bind(from.id.as_uuid())
            .bind(from.version)
            .bind(row::number_count(from))
            .execute(&mut *conn)
            .await?
            .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the port-out"));
    }
    save(conn, from).await?;
    insert(conn, to).await?;
    sqlx::query("UPDATE port_out_consent SET port_out_id = $2 WHERE port_out_id = $1 AND tns <@ $3")
        .bind(from.id.as_uuid())
        .bind(to.id.as_uuid())
        .bind(&moved)
        .execute(conn)
        .await?;
    Ok(())
}
