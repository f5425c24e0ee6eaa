//! The price book. Rows are added, never changed.

use billing_domain::{ChargeKind, Price};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Currency, Money, Subject};

/// Prices of one kind and currency that are looked at: more than one a day for two years.
const PRICES_MAX: i64 = 1_000;

#[derive(sqlx::FromRow)]
struct PriceRow {
    price_id: i64,
    minor_units: i64,
    effective_from: jiff_sqlx::Date,
}

/// The prices of that kind and currency in the order in which they were set.
pub(crate) async fn list(
    conn: &mut PgConnection,
    kind: ChargeKind,
    currency: Currency,
) -> Result<Vec<Price>, StoreError> {
    let mut rows: Vec<PriceRow> = sqlx::query_as(
        "SELECT price_id, minor_units, effective_from FROM price
          WHERE kind = $1 AND currency = $2 ORDER BY price_id DESC LIMIT $3",
    )
    .bind(kind.name())
    .bind(currency.code())
    .bind(PRICES_MAX)
    .fetch_all(conn)
    .await?;
    rows.reverse();
    rows.iter()
        .map(|row| {
            Price::new(
                kind,
                Money::new(row.minor_units, currency),
                row.effective_from.to_jiff(),
            )
            .map_err(|error| StoreError::corrupt("price", &row.price_id, &error))
        })
        .collect()
}

/// Adds a price.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    price: Price,
    set_by: &Subject,
    set_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO price (kind, currency, minor_units, effective_from, set_by, set_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(price.kind().name())
    .bind(price.amount().currency.code())
    .bind(price.amount().minor_units)
    .bind(price.effective_from().to_sqlx())
    .bind(set_by.as_str())
    .bind(set_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}
