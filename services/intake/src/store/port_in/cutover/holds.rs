//! What holds orders back.

use intake_domain::port_in::cutover::{Hold, HoldCode};
use intake_domain::port_in::{Court, OrderRecord};
use pg::StoreError;
use sqlx::PgConnection;
use types::{RequestKind, RequestNumber};
use uuid::Uuid;

const TABLE: &str = "order_hold";

/// Reads what holds an order back, if anything does.
pub(in crate::store::port_in) async fn fill(
    conn: &mut PgConnection,
    record: &mut OrderRecord,
) -> Result<(), StoreError> {
    if let Some(held) = &mut record.cutover.held {
        held.holds = list(conn, record.id.as_uuid()).await?;
    }
    Ok(())
}

/// What holds an order back, the weightiest first.
async fn list(conn: &mut PgConnection, order: Uuid) -> Result<Vec<Hold>, StoreError> {
    let rows: Vec<(String, Option<i64>, i32, String)> = sqlx::query_as(
        "SELECT code, member, number_count, court FROM order_hold WHERE order_id = $1 ORDER BY position",
    )
    .bind(order)
    .fetch_all(conn)
    .await?;
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &order, why);
    rows.into_iter()
        .map(|(code, member, number_count, court)| {
            let known = HoldCode::ALL.into_iter().find(|known| known.code() == code);
            let member = member.map(u64::try_from).transpose();
            Ok(Hold {
                code: known.ok_or_else(|| corrupt(&"unknown code"))?,
                member: member
                    .map_err(|error| corrupt(&error))?
                    .map(|number| RequestNumber::new(RequestKind::PortIn, number)),
                number_count: usize::try_from(number_count).map_err(|error| corrupt(&error))?,
                court: Court::ALL
                    .into_iter()
                    .find(|known| known.code() == court)
                    .ok_or_else(|| corrupt(&"unknown court"))?,
            })
        })
        .collect()
}

/// Replaces what holds an order back.
pub(super) async fn replace(conn: &mut PgConnection, order: Uuid, holds: &[Hold]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM order_hold WHERE order_id = $1")
        .bind(order)
        .execute(&mut *conn)
        .await?;
    if holds.is_empty() {
        return Ok(());
    }
    let codes: Vec<&str> = holds.iter().map(|hold| hold.code.code()).collect();
    let courts: Vec<&str> = holds.iter().map(|hold| hold.court.code()).collect();
    let counts: Vec<i32> = holds
        .iter()
        .map(|hold| i32::try_from(hold.number_count).unwrap_or(i32::MAX))
        .collect();
    // A request number is drawn from a bigint, so it fits.
    let members: Vec<Option<i64>> = holds
        .iter()
        .map(|hold| hold.member.and_then(|member| i64::try_from(member.number()).ok()))
        .collect();
    sqlx::query(
        "INSERT INTO order_hold (order_id, position, code, member, number_count, court)
         SELECT $1, given.position, given.code, given.member, given.number_count, given.court
           FROM UNNEST($2::text[], $3::bigint[], $4::integer[], $5::text[]) WITH ORDINALITY
                AS given (code, member, number_count, court, position)",
    )
    .bind(order)
    .bind(codes)
    .bind(members)
    .bind(counts)
    .bind(courts)
    .execute(conn)
    .await?;
    Ok(())
}
