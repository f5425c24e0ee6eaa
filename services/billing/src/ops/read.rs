//! Shows an account its charges and invoices.

use std::num::NonZeroU32;

use billing_domain::{CHARGES_MAX, Charge, Invoice, InvoiceNumber, Month};
use jiff::Timestamp;
use jiff::civil::Date;
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use types::{AccountId, ChargeId, InvoiceId};
use uuid::Uuid;

use crate::store;

/// A page and, unless it is the last, where the next one starts.
#[derive(Debug)]
pub(crate) struct Page<T, C> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// Of `limit` items, when one more was asked for to see whether there are more.
    fn cut(mut items: Vec<T>, limit: i64, place: impl Fn(&T) -> C) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(place);
        Self { items, next }
    }
}

/// The place of a charge in a list of charges.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ChargePlace {
    occurred_at: Timestamp,
    id: ChargeId,
}

impl ChargePlace {
    /// Before the newest.
    const START: Self = Self {
        occurred_at: Timestamp::MAX,
        id: ChargeId::from_uuid(Uuid::max()),
    };
}

/// The place of an invoice in a list of invoices.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct InvoicePlace {
    month: Date,
    serial: NonZeroU32,
}

impl InvoicePlace {
    /// Before the newest.
    const START: Self = Self {
        month: Date::MAX,
        serial: NonZeroU32::MAX,
    };
}

/// How an invoice is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum InvoiceName {
    /// By its id.
    Id(InvoiceId),
    /// By the number printed on it.
    Number(InvoiceNumber),
}

/// A page of the account's charges, newest first, of one subject if given.
pub(crate) async fn list_charges(
    pool: &PgPool,
    account: AccountId,
    subject: Option<Uuid>,
    after: Option<ChargePlace>,
    limit: i64,
) -> Result<Page<Charge, ChargePlace>, StoreError> {
    let mut conn = pool.acquire().await?;
    let after = after.unwrap_or(ChargePlace::START);
    let after = (after.occurred_at, after.id);
    let found = match subject {
        Some(subject) => {
            store::charges::list_page_of_subject(&mut conn, account, subject, after, limit + 1).await?
        }
        None => store::charges::list_page(&mut conn, account, after, limit + 1).await?,
    };
    Ok(Page::cut(found, limit, |charge| ChargePlace {
        occurred_at: charge.occurred_at,
        id: charge.id,
    }))
}

/// A page of the account's invoices, newest month first.
pub(crate) async fn list_invoices(
    pool: &PgPool,
    account: AccountId,
    after: Option<InvoicePlace>,
    limit: i64,
) -> Result<Page<Invoice, InvoicePlace>, StoreError> {
    let mut conn = pool.acquire().await?;
    let after = after.unwrap_or(InvoicePlace::START);
    let after = InvoiceNumber::new(Month::containing(after.month), after.serial);
    let found = store::invoices::list_page(&mut conn, account, after, limit + 1).await?;
    Ok(Page::cut(found, limit, |invoice| InvoicePlace {
        month: invoice.number.month().first_day(),
        serial: invoice.number.serial(),
    }))
}

/// One invoice of the account with its charges. Both never change, so two reads see one truth.
pub(crate) async fn find_invoice(
    pool: &PgPool,
    account: AccountId,
    name: InvoiceName,
) -> Result<Option<(Invoice, Vec<Charge>)>, StoreError> {
    let mut conn = pool.acquire().await?;
    let found = match name {
        InvoiceName::Id(id) => store::invoices::find(&mut conn, account, id).await?,
        InvoiceName::Number(number) => store::invoices::find_by_number(&mut conn, account, number).await?,
    };
    let Some(invoice) = found else { return Ok(None) };
    let limit = i64::try_from(CHARGES_MAX).unwrap_or(i64::MAX);
    let charges = store::charges::list_of_invoice(&mut conn, account, invoice.id, limit).await?;
    Ok(Some((invoice, charges)))
}
