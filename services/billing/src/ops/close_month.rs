//! Closes months: every charge that is on no invoice goes on one, and on no second.
//!
//! Start at [`make_invoice`], which is one transaction and all there is to it; the rest says for which accounts it
//! is called: those of a month, when an operator asks, and those that are due, by themselves.

use std::time::{Duration, Instant};

use billing_domain::{CHARGES_MAX, Invoice, Month, OpenCharges};
use clock::Backlog;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pg::StoreError;
use sqlx::PgPool;
use thiserror::Error;
use types::{AccountId, InvoiceId};

use crate::store::open_months::{AccountMonth, Contention};
use crate::{announce, store};

/// Months that one look of the worker closes at most.
const DUE_PAGE: i64 = 100;
/// Accounts that a request closes between two looks at the time. A full invoice takes about a second.
const ACCOUNTS_PAGE: i64 = 8;
/// How long one request begins further pages of accounts before it leaves the rest to the worker. Below the server's deadline.
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

/// What came of closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Closed {
    /// Invoices that were made.
    pub(crate) invoices: u32,
    /// Charges that went on them.
    pub(crate) charges: u32,
}

impl Closed {
    fn add(&mut self, invoice: &Invoice) {
        self.invoices = self.invoices.saturating_add(1);
        self.charges = self.charges.saturating_add(invoice.charge_count);
    }
}

/// Why a month was not closed.
#[derive(Debug, Error)]
pub(crate) enum CloseMonthError {
    /// It still lasts, at least in the time zone of one account.
    #[error("the month {0} is not over in the time zone of every account")]
    NotOver(Month),
    /// Something below failed. What was closed until then stays closed.
    #[error("the month was not closed")]
    Store(#[from] StoreError),
}

/// Closes `month` for all accounts, each in a transaction of its own: a call that is cut short has closed some, and
/// the next closes the others.
pub(crate) async fn close_month(
    pool: &PgPool,
    month: Month,
    now: Timestamp,
) -> Result<Closed, CloseMonthError> {
    let mut conn = pool.acquire().await.map_err(StoreError::from)?;
    let mut zones = store::accounts::list_time_zones(&mut conn).await?;
    if zones.is_empty() {
        zones.push(TimeZone::UTC);
    }
    if !zones.iter().all(|zone| month.is_over(now, zone)) {
        return Err(CloseMonthError::NotOver(month));
    }
    drop(conn);
    Ok(close_accounts(pool, month, now).await?)
}

async fn close_accounts(pool: &PgPool, month: Month, now: Timestamp) -> Result<Closed, StoreError> {
    let started = Instant::now();
    let mut closed = Closed::default();
    let mut after = AccountId::PLATFORM;
    while started.elapsed() < CLOSE_WITHIN {
        let page =
            store::open_months::list_accounts(&mut *pool.acquire().await?, month, after, ACCOUNTS_PAGE)
                .await?;
        let Some(last) = page.last() else {
            return Ok(closed);
        };
        after = last.account;
        close_all(pool, &page, now, Contention::Wait, &mut closed).await?;
    }
    store::open_months::make_due(&mut *pool.acquire().await?, month, now).await?;
    Ok(closed)
}

/// Closes what is due, at most a page. True: something was closed.
pub(crate) async fn close_due(pool: &PgPool, now: Timestamp) -> Result<bool, StoreError> {
    let due = store::open_months::list_due(&mut *pool.acquire().await?, now, DUE_PAGE).await?;
    let mut closed = Closed::default();
    close_all(pool, &due, now, Contention::Skip, &mut closed).await?;
    Ok(closed.invoices > 0)
}

/// What is left for [`close_due`].
pub(crate) async fn backlog(pool: &PgPool, now: Timestamp) -> Result<Backlog, StoreError> {
    let (due_now, next_due) = store::open_months::backlog(&mut *pool.acquire().await?, now).await?;
    Ok(Backlog {
        due_now: due_now.unsigned_abs(),
        next_due,
    })
}

/// Closes each of `keys`. One that fails does not hold up the others; its error is returned at the end.
async fn close_all(
    pool: &PgPool,
    keys: &[AccountMonth],
    now: Timestamp,
    contention: Contention,
    closed: &mut Closed,
) -> Result<(), StoreError> {
    let mut failure = None;
    for key in keys {
        if let Err(error) = close_account_month(pool, *key, now, contention, closed).await {
            tracing::error!(account.id = %key.account, month = %key.month, error = %::grpc::status::chain(&error),
                "a month was not closed");
            failure = Some(error);
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Makes invoices until nothing of the account's month is open: nearly always one. Each takes at least one charge, so
/// it ends.
async fn close_account_month(
    pool: &PgPool,
    key: AccountMonth,
    now: Timestamp,
    contention: Contention,
    closed: &mut Closed,
) -> Result<(), StoreError> {
    while let Some((invoice, has_more)) = make_invoice(pool, key, now, contention).await? {
        tracing::info!(account.id = %key.account, invoice = %invoice.number, charges = invoice.charge_count,
            "a month was closed");
        closed.add(&invoice);
        if !has_more {
            break;
        }
    }
    Ok(())
}

/// Makes one invoice of the account's open charges of the month. True beside it: there are more. `None`: nothing was
/// open, or somebody else was closing it and we were not to wait.
async fn make_invoice(
    pool: &PgPool,
    key: AccountMonth,
    now: Timestamp,
    contention: Contention,
) -> Result<Option<(Invoice, bool)>, StoreError> {
    let mut tx = pool.begin().await?;
    if !store::open_months::lock(&mut tx, key, contention).await? {
        return Ok(None);
    }
    // One more than fits tells whether there are more.
    let limit = i64::try_from(CHARGES_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let open = store::charges::list_open(&mut tx, key.account, key.month, limit).await?;
    let Some((charges, has_more)) = OpenCharges::first_of(open) else {
        store::open_months::close(&mut tx, key).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let broken = |why: &dyn std::fmt::Display| StoreError::corrupt("open_month", &key.account, why);
    let invoice = Invoice {
        id: InvoiceId::generate(),
        number: store::invoices::draw_number(&mut tx, key.month).await?,
        account: key.account,
        total: charges.total().map_err(|error| broken(&error))?,
        charge_count: u32::try_from(charges.count()).map_err(|error| broken(&error))?,
        closed_at: now,
    };
    store::invoices::insert(&mut tx, &invoice).await?;
    store::charges::put_on_invoice(&mut tx, key.account, &charges.ids(), invoice.id).await?;
    if !has_more {
        store::open_months::close(&mut tx, key).await?;
    }
    announce::invoice_closed(&mut tx, &invoice).await?;
    tx.commit().await?;
    Ok(Some((invoice, has_more)))
}
