//! Charges.

use billing_domain::{Charge, ChargeKind, ChargeSubject, CompletedPort, Month, OpenCharge, Terms};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, ChargeId, EventId, InvoiceId, Money};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct ChargeRow {
    charge_id: Uuid,
    account_id: Uuid,
    kind: String,
    subject_id: Uuid,
    request_number: String,
    tn: String,
    event_id: Uuid,
    currency: String,
    minor_units: i64,
    occurred_at: jiff_sqlx::Timestamp,
    invoice_id: Option<Uuid>,
}

impl TryFrom<ChargeRow> for Charge {
    type Error = StoreError;

    fn try_from(row: ChargeRow) -> Result<Self, StoreError> {
        let broken = |error: types::InvalidValue| StoreError::corrupt("charge", &row.charge_id, &error);
        let kind: ChargeKind = row.kind.parse().map_err(broken)?;
        Ok(Self {
            id: ChargeId::from_uuid(row.charge_id),
            account: AccountId::from_uuid(row.account_id),
            subject: ChargeSubject::new(kind, row.subject_id),
            request_number: row.request_number.parse().map_err(broken)?,
            tn: row.tn.parse().map_err(broken)?,
            event: EventId::from_uuid(row.event_id),
            amount: Money::new(row.minor_units, row.currency.parse().map_err(broken)?),
            occurred_at: row.occurred_at.to_jiff(),
            invoice: row.invoice_id.map(InvoiceId::from_uuid),
        })
    }
}

fn charges(rows: Vec<ChargeRow>) -> Result<Vec<Charge>, StoreError> {
    rows.into_iter().map(Charge::try_from).collect()
}

/// Adds a charge for each number of the port that has none. Returns those that were added.
pub(crate) async fn insert_missing(
    conn: &mut PgConnection,
    port: &CompletedPort,
    terms: Terms,
) -> Result<Vec<Charge>, StoreError> {
    let ids: Vec<Uuid> = port.tns.iter().map(|_| ChargeId::generate().as_uuid()).collect();
    let tns: Vec<String> = port.tns.iter().map(ToString::to_string).collect();
    let rows = sqlx::query_as(
        "INSERT INTO charge (charge_id, account_id, kind, subject_id, request_number, tn, event_id, currency,
                             minor_units, occurred_at, month)
         SELECT line.charge_id, $1, $2, $3, $4, line.tn, $5, $6, $7, $8, $9
           FROM unnest($10::uuid[], $11::text[]) WITH ORDINALITY AS line (charge_id, tn, nth)
          ORDER BY line.nth
         ON CONFLICT ON CONSTRAINT charge_once DO NOTHING
         RETURNING charge_id, account_id, kind, subject_id, request_number, tn, event_id, currency, minor_units,
                   occurred_at, invoice_id",
    )
    .bind(port.account.as_uuid())
    .bind(port.subject.kind().name())
    .bind(port.subject.as_uuid())
    .bind(port.request_number.to_string())
    .bind(port.event.as_uuid())
    .bind(terms.amount.currency.code())
    .bind(terms.amount.minor_units)
    .bind(port.completed_at.to_sqlx())
    .bind(terms.month.first_day().to_sqlx())
    .bind(ids)
    .bind(tns)
    .fetch_all(conn)
    .await?;
    charges(rows)
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    charge_id: Uuid,
    currency: String,
    minor_units: i64,
}

/// The charges of the month that are on no invoice, by currency, oldest first. Hold the month's lock.
pub(crate) async fn list_open(
    conn: &mut PgConnection,
    account: AccountId,
    month: Month,
    limit: i64,
) -> Result<Vec<OpenCharge>, StoreError> {
    let rows: Vec<OpenRow> = sqlx::query_as(
        "SELECT charge_id, currency, minor_units FROM charge
          WHERE account_id = $1 AND month = $2 AND invoice_id IS NULL
          ORDER BY currency, occurred_at, charge_id LIMIT $3",
    )
    .bind(account.as_uuid())
    .bind(month.first_day().to_sqlx())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let currency = row
                .currency
                .parse()
                .map_err(|error| StoreError::corrupt("charge", &row.charge_id, &error))?;
            Ok(OpenCharge {
                id: ChargeId::from_uuid(row.charge_id),
                amount: Money::new(row.minor_units, currency),
            })
        })
        .collect()
}

/// Puts open charges on an invoice; all of them or none.
pub(crate) async fn put_on_invoice(
    conn: &mut PgConnection,
    account: AccountId,
    ids: &[ChargeId],
    invoice: InvoiceId,
) -> Result<(), StoreError> {
    let bare: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let updated = sqlx::query(
        "UPDATE charge SET invoice_id = $3
          WHERE account_id = $1 AND charge_id = ANY($2) AND invoice_id IS NULL",
    )
    .bind(account.as_uuid())
    .bind(bare)
    .bind(invoice.as_uuid())
    .execute(conn)
    .await?
    .rows_affected();
    if usize::try_from(updated).is_ok_and(|updated| updated == ids.len()) {
        Ok(())
    } else {
        Err(StoreError::Stale("a charge"))
    }
}

/// A page of the account's charges, newest first, after the place of the last one seen.
pub(crate) async fn list_page(
    conn: &mut PgConnection,
    account: AccountId,
    after: (Timestamp, ChargeId),
    limit: i64,
) -> Result<Vec<Charge>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT charge_id, account_id, kind, subject_id, request_number, tn, event_id, currency, minor_units,
                occurred_at, invoice_id
           FROM charge
          WHERE account_id = $1 AND (occurred_at, charge_id) < ($2, $3)
          ORDER BY occurred_at DESC, charge_id DESC LIMIT $4",
    )
    .bind(account.as_uuid())
    .bind(after.0.to_sqlx())
    .bind(after.1.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    charges(rows)
}

/// The same, of one order or port-out. A statement of its own, so that each uses its own index.
pub(crate) async fn list_page_of_subject(
    conn: &mut PgConnection,
    account: AccountId,
    subject: Uuid,
    after: (Timestamp, ChargeId),
    limit: i64,
) -> Result<Vec<Charge>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT charge_id, account_id, kind, subject_id, request_number, tn, event_id, currency, minor_units,
                occurred_at, invoice_id
           FROM charge
          WHERE account_id = $1 AND subject_id = $2 AND (occurred_at, charge_id) < ($3, $4)
          ORDER BY occurred_at DESC, charge_id DESC LIMIT $5",
    )
    .bind(account.as_uuid())
    .bind(subject)
    .bind(after.0.to_sqlx())
    .bind(after.1.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    charges(rows)
}

/// The charges on an invoice, oldest first.
pub(crate) async fn list_of_invoice(
    conn: &mut PgConnection,
    account: AccountId,
    invoice: InvoiceId,
    limit: i64,
) -> Result<Vec<Charge>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT charge_id, account_id, kind, subject_id, request_number, tn, event_id, currency, minor_units,
                occurred_at, invoice_id
           FROM charge
          WHERE account_id = $1 AND invoice_id = $2
          ORDER BY occurred_at, charge_id LIMIT $3",
    )
    .bind(account.as_uuid())
    .bind(invoice.as_uuid())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    charges(rows)
}
