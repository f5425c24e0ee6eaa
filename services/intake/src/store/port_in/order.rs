//! One order: found, made, saved.

use intake_domain::port_in::{Order, OrderRecord, OrderState, RemainingNumbers, SubscriberKind};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId, RequestKind, RequestNumber};
use uuid::Uuid;
use vault::Vault;

use super::row::{OrderRow, order_columns};
use super::secrets::{Columns, Place};
use super::{cutover, numbers, reasons, state_row};

/// How an order is named: by its id, or by its number for people.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OrderName {
    Id(OrderId),
    Number(RequestNumber),
}

/// Whether the order is only read or about to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Change,
}

/// Reads an order with its numbers. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    name: OrderName,
    account: Option<AccountId>,
    access: Access,
) -> Result<Option<Order>, StoreError> {
    const READ: &str = concat!(
        "SELECT ",
        order_columns!(),
        " FROM port_order
          WHERE (order_id = $1 OR request_number = $2) AND ($3::uuid IS NULL OR account_id = $3)"
    );
    const CHANGE: &str = concat!(
        "SELECT ",
        order_columns!(),
        " FROM port_order
          WHERE (order_id = $1 OR request_number = $2) AND ($3::uuid IS NULL OR account_id = $3) FOR UPDATE"
    );
    let (id, number) = keys(name);
    let row: Option<OrderRow> = sqlx::query_as(if access == Access::Change { CHANGE } else { READ })
        .bind(id)
        .bind(number)
        .bind(account.map(AccountId::as_uuid))
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let reasons = reasons::list(conn, row.order_id).await?;
    let mut record = row.into_record(reasons)?;
    cutover::holds::fill(conn, &mut record).await?;
    let numbers = numbers::list(conn, record.id).await?;
    Ok(Some(Order::restore(OrderRecord { numbers, ..record })))
}

/// The id of an order, for what needs no more. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn find_id(
    conn: &mut PgConnection,
    name: OrderName,
    account: Option<AccountId>,
) -> Result<Option<OrderId>, StoreError> {
    let (id, number) = keys(name);
    let found: Option<Uuid> = sqlx::query_scalar(
        "SELECT order_id FROM port_order
          WHERE (order_id = $1 OR request_number = $2) AND ($3::uuid IS NULL OR account_id = $3)",
    )
    .bind(id)
    .bind(number)
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    Ok(found.map(OrderId::from_uuid))
}

/// Locks orders, in the order of their ids.
pub(crate) async fn lock(conn: &mut PgConnection, ids: &[OrderId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    sqlx::query("SELECT FROM port_order WHERE order_id = ANY($1) ORDER BY order_id FOR UPDATE")
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// The columns that name an order.
fn keys(name: OrderName) -> (Option<Uuid>, Option<i64>) {
    match name {
        OrderName::Id(id) => (Some(id.as_uuid()), None),
        // A number that a bigint cannot hold names no order.
        OrderName::Number(number) if number.kind() == RequestKind::PortIn => {
            (None, i64::try_from(number.number()).ok())
        }
        OrderName::Number(_) => (None, None),
    }
}

/// Draws the next number for people.
pub(crate) async fn next_request_number(conn: &mut PgConnection) -> Result<RequestNumber, StoreError> {
    let number: i64 = sqlx::query_scalar("SELECT nextval('port_in_request_number')")
        .fetch_one(conn)
        .await?;
    let number = u64::try_from(number)
        .map_err(|error| StoreError::corrupt("port_in_request_number", &number, &error))?;
    Ok(RequestNumber::new(RequestKind::PortIn, number))
}

/// Writes a new, empty draft. What it holds is saved like any change.
pub(crate) async fn insert(conn: &mut PgConnection, order: &Order) -> Result<(), StoreError> {
    let record = order.record();
    let number = |number: RequestNumber| {
        let number = i64::try_from(number.number());
        number.map_err(|error| StoreError::corrupt("port_order", &record.id, &error))
    };
    let parent_number = record
        .parent
        .map(|parent| number(parent.request_number))
        .transpose()?;
    sqlx::query(
        "INSERT INTO port_order (order_id, request_number, account_id, version, ver, ver_in_force, state, since,
                                 created_at, updated_at, draft_changed_at, court, number_count, parent_order_id,
                                 parent_request_number)
         VALUES ($1, $2, $3, $4, 1, 1, 'DRAFT', $5, $5, $5, $5, 'CUSTOMER', 0, $6, $7)",
    )
    .bind(record.id.as_uuid())
    .bind(number(record.request_number)?)
    .bind(record.account.as_uuid())
    .bind(record.version)
    .bind(record.created_at.to_sqlx())
    .bind(record.parent.map(|parent| parent.id.as_uuid()))
    .bind(parent_number)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a changed order back, unless somebody else changed the row since `before` was read. Returns it as stored.
pub(crate) async fn save(
    conn: &mut PgConnection,
    vault: &Vault,
    before: &Order,
    order: &Order,
) -> Result<Order, StoreError> {
    let record = order.record();
    let updated = sqlx::query(
        "UPDATE port_order
            SET version = version + 1, ver = $3, ver_in_force = $4, since = $5, submitted_at = $6, retry_at = NULL,
                -- A parent counts the numbers of its children too, which it had before.
                number_count = CASE WHEN $8 THEN number_count ELSE $7 END
          WHERE order_id = $1 AND version = $2",
    )
    .bind(record.id.as_uuid())
    .bind(before.record().version)
    .bind(ver(record.ver))
    .bind(ver(record.ver_in_force))
    .bind(record.since.to_sqlx())
    .bind(record.submitted_at.map(ToSqlx::to_sqlx))
    .bind(i32::try_from(record.numbers.len()).unwrap_or(i32::MAX))
    .bind(matches!(record.state, OrderState::Parent(_)))
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the order"));
    }
    if record.details != before.record().details {
        save_details(conn, vault, order).await?;
    }
    // What held it back goes before the state in which it can be.
    cutover::row::save(conn, before, order).await?;
    state_row::save(conn, order).await?;
    if state_row::reasons(record) != state_row::reasons(before.record()) {
        reasons::replace(conn, record.id.as_uuid(), state_row::reasons(record)).await?;
    }
    numbers::save(conn, vault, before, order).await?;
    let stored = find(conn, OrderName::Id(record.id), Some(record.account), Access::Read).await?;
    stored.ok_or_else(|| StoreError::corrupt("port_order", &record.id, &"it is gone"))
}

async fn save_details(conn: &mut PgConnection, vault: &Vault, order: &Order) -> Result<(), StoreError> {
    let record = order.record();
    let (id, details) = (record.id, &record.details);
    let account_number = Place::AccountNumber(id).columns(vault, details.account_number.as_ref())?;
    let tax_id = Place::TaxId(id).columns(vault, details.tax_id.as_ref())?;
    let address = &details.service_address;
    let updated = sqlx::query(
        "UPDATE port_order
            SET losing_carrier = $2, btn = $3, subscriber_kind = $4, first_name = $5, last_name = $6, company_name = $7,
                authorized_by = $8, street = $9, unit = $10, city = $11, state_code = $12, postal_code = $13,
                wanted_date = $14, is_partial = $15, new_btn = $16, customer_reference = $17, remaining_numbers = $18,
                losing_carrier_name = $19, resp_org = $20
          WHERE order_id = $1",
    )
    .bind(id.as_uuid())
    .bind(details.losing_carrier.as_ref().map(ToString::to_string))
    .bind(details.btn.map(|tn| tn.to_string()))
    .bind(details.subscriber_kind.map(subscriber_kind))
    .bind(details.first_name.as_ref().map(ToString::to_string))
    .bind(details.last_name.as_ref().map(ToString::to_string))
    .bind(details.company_name.as_ref().map(ToString::to_string))
    .bind(details.authorized_by.as_ref().map(ToString::to_string))
    .bind(address.street.as_ref().map(ToString::to_string))
    .bind(address.unit.as_ref().map(ToString::to_string))
    .bind(address.city.as_ref().map(ToString::to_string))
    .bind(address.state.as_ref().map(ToString::to_string))
    .bind(address.postal_code.as_ref().map(ToString::to_string))
    .bind(details.wanted_date.map(ToSqlx::to_sqlx))
    .bind(details.partial)
    .bind(details.new_btn.map(|tn| tn.to_string()))
    .bind(details.customer_reference.as_ref().map(ToString::to_string))
    .bind(details.remaining_numbers.map(RemainingNumbers::code))
    .bind(details.losing_carrier_name.as_ref().map(ToString::to_string))
    .bind(details.resp_org.as_ref().map(ToString::to_string))
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the order"));
    }
    save_secrets(conn, id.as_uuid(), account_number, tax_id).await
}

async fn save_secrets(
    conn: &mut PgConnection,
    order: Uuid,
    account_number: Columns,
    tax_id: Columns,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE port_order
            SET account_number_sealed = CASE WHEN $2 THEN account_number_sealed ELSE $3 END,
                account_number_masked = CASE WHEN $2 THEN account_number_masked ELSE $4 END,
                tax_id_sealed = CASE WHEN $5 THEN tax_id_sealed ELSE $6 END,
                tax_id_masked = CASE WHEN $5 THEN tax_id_masked ELSE $7 END
          WHERE order_id = $1",
    )
    .bind(order)
    .bind(account_number.is_stored)
    .bind(account_number.sealed)
    .bind(account_number.masked)
    .bind(tax_id.is_stored)
    .bind(tax_id.sealed)
    .bind(tax_id.masked)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the order"))
    }
}

/// Begins the customer's time for an order anew, which this transaction has locked. No change of its own, so the version stays.
pub(crate) async fn keep(conn: &mut PgConnection, order: &Order) -> Result<(), StoreError> {
    state_row::save(conn, order).await
}

/// The secrets of the order as a whole, opened: account number and tax id.
pub(crate) async fn open_secrets(
    conn: &mut PgConnection,
    vault: &Vault,
    id: OrderId,
) -> Result<(Option<types::Secret>, Option<types::Secret>), StoreError> {
    let sealed: (Option<Vec<u8>>, Option<Vec<u8>>) =
        sqlx::query_as("SELECT account_number_sealed, tax_id_sealed FROM port_order WHERE order_id = $1")
            .bind(id.as_uuid())
            .fetch_one(conn)
            .await?;
    Ok((
        Place::AccountNumber(id).open(vault, sealed.0)?,
        Place::TaxId(id).open(vault, sealed.1)?,
    ))
}

const fn subscriber_kind(kind: SubscriberKind) -> &'static str {
    match kind {
        SubscriberKind::Residential => "RESIDENTIAL",
        SubscriberKind::Business => "BUSINESS",
    }
}

/// A version as its column; 99 at most, so it always fits.
pub(super) fn ver(ver: types::Ver) -> i16 {
    i16::try_from(ver.get()).unwrap_or(i16::MAX)
}
