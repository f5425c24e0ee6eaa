//! Invoices and their numbers.

use std::num::NonZeroU32;

use billing_domain::{Invoice, InvoiceNumber, Month};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, InvoiceId, Money};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct InvoiceRow {
    invoice_id: Uuid,
    account_id: Uuid,
    month: jiff_sqlx::Date,
    serial: i32,
    currency: String,
    minor_units: i64,
    charge_count: i32,
    closed_at: jiff_sqlx::Timestamp,
}

impl TryFrom<InvoiceRow> for Invoice {
    type Error = StoreError;

    fn try_from(row: InvoiceRow) -> Result<Self, StoreError> {
        let broken = |why: &dyn std::fmt::Display| StoreError::corrupt("invoice", &row.invoice_id, why);
        let month = Month::containing(row.month.to_jiff());
        let serial = serial(row.serial).ok_or_else(|| broken(&"the serial is not positive"))?;
        let currency = row.currency.parse().map_err(|error| broken(&error))?;
        Ok(Self {
            id: InvoiceId::from_uuid(row.invoice_id),
            number: InvoiceNumber::new(month, serial),
            account: AccountId::from_uuid(row.account_id),
            total: Money::new(row.minor_units, currency),
            charge_count: u32::try_from(row.charge_count).map_err(|error| broken(&error))?,
            closed_at: row.closed_at.to_jiff(),
        })
    }
}

fn serial(stored: i32) -> Option<NonZeroU32> {
    u32::try_from(stored).ok().and_then(NonZeroU32::new)
}

/// Serials are stored as 32-bit integers with a sign; no month has two billion invoices.
fn stored_serial(serial: NonZeroU32) -> Result<i32, StoreError> {
    i32::try_from(serial.get()).map_err(|error| StoreError::corrupt("invoice", &serial, &error))
}

/// Draws the next number of the month, and holds up whoever else draws one until the transaction ends.
pub(crate) async fn draw_number(conn: &mut PgConnection, month: Month) -> Result<InvoiceNumber, StoreError> {
    let last: i32 = sqlx::query_scalar(
        "INSERT INTO invoice_serial (month, last) VALUES ($1, 1)
         ON CONFLICT (month) DO UPDATE SET last = invoice_serial.last + 1
         RETURNING last",
    )
    .bind(month.first_day().to_sqlx())
    .fetch_one(conn)
    .await?;
    let serial =
        serial(last).ok_or_else(|| StoreError::corrupt("invoice_serial", &month, &"not positive"))?;
    Ok(InvoiceNumber::new(month, serial))
}

/// Adds an invoice.
pub(crate) async fn insert(conn: &mut PgConnection, invoice: &Invoice) -> Result<(), StoreError> {
    let charge_count = i32::try_from(invoice.charge_count)
        .map_err(|error| StoreError::corrupt("invoice", &invoice.id, &error))?;
    sqlx::query(
        "INSERT INTO invoice (invoice_id, account_id, month, serial, currency, minor_units, charge_count, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(invoice.id.as_uuid())
    .bind(invoice.account.as_uuid())
    .bind(invoice.number.month().first_day().to_sqlx())
    .bind(stored_serial(invoice.number.serial())?)
    .bind(invoice.total.currency.code())
    .bind(invoice.total.minor_units)
    .bind(charge_count)
    .bind(invoice.closed_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The account's invoice with this id.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    id: InvoiceId,
) -> Result<Option<Invoice>, StoreError> {
    let row: Option<InvoiceRow> = sqlx::query_as(
        "SELECT invoice_id, account_id, month, serial, currency, minor_units, charge_count, closed_at
           FROM invoice WHERE account_id = $1 AND invoice_id = $2",
    )
    .bind(account.as_uuid())
    .bind(id.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Invoice::try_from).transpose()
}

/// The account's invoice with this number.
pub(crate) async fn find_by_number(
    conn: &mut PgConnection,
    account: AccountId,
    number: InvoiceNumber,
) -> Result<Option<Invoice>, StoreError> {
    // A serial beyond what is stored is simply not found.
    let Ok(serial) = i32::try_from(number.serial().get()) else {
        return Ok(None);
    };
    let row: Option<InvoiceRow> = sqlx::query_as(
        "SELECT invoice_id, account_id, month, serial, currency, minor_units, charge_count, closed_at
           FROM invoice WHERE account_id = $1 AND month = $2 AND serial = $3",
    )
    .bind(account.as_uuid())
    .bind(number.month().first_day().to_sqlx())
    .bind(serial)
    .fetch_optional(conn)
    .await?;
    row.map(Invoice::try_from).transpose()
}

/// A page of the account's invoices, newest month first, after the number of the last one seen.
pub(crate) async fn list_page(
    conn: &mut PgConnection,
    account: AccountId,
    after: InvoiceNumber,
    limit: i64,
) -> Result<Vec<Invoice>, StoreError> {
    let rows: Vec<InvoiceRow> = sqlx::query_as(
        "SELECT invoice_id, account_id, month, serial, currency, minor_units, charge_count, closed_at
           FROM invoice
          WHERE account_id = $1 AND (month, serial) < ($2, $3)
          ORDER BY month DESC, serial DESC LIMIT $4",
    )
    .bind(account.as_uuid())
    .bind(after.month().first_day().to_sqlx())
    .bind(i64::from(after.serial().get()))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Invoice::try_from).collect()
}
