//! Table `unreadable_change`: what a person has to look at.

use carrier_gateway_domain::Unreadable;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;

use super::at;

/// Records that something could not be read, once for each place where it stood.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    connection: &str,
    cursor: &str,
    unreadable: &Unreadable,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO unreadable_change (connection, cursor, what, key, why, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT unreadable_change_found_once DO NOTHING",
    )
    .bind(connection)
    .bind(cursor)
    .bind(unreadable.what)
    .bind(&unreadable.key)
    .bind(&unreadable.why)
    .bind(at(now))
    .execute(conn)
    .await?;
    Ok(())
}
