//! Quotes, and the price book.

use billing_domain::{ChargeKind, NotPriced, NumberCount, Price, Quote, price_on};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::{AccountId, MoneyError, Subject};

use crate::store;

/// Why there is no quote.
#[derive(Debug, Error)]
pub(crate) enum QuoteError {
    /// The account has not been announced.
    #[error("billing does not know this account")]
    UnknownAccount,
    /// No price holds today.
    #[error(transparent)]
    NotPriced(#[from] NotPriced),
    /// More money than there is.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Something below failed.
    #[error("no quote was made")]
    Store(#[from] StoreError),
}

/// What porting that many numbers would cost the account if they completed now.
pub(crate) async fn quote(
    pool: &PgPool,
    account: AccountId,
    kind: ChargeKind,
    numbers: NumberCount,
    now: Timestamp,
) -> Result<Quote, QuoteError> {
    let mut conn = pool.acquire().await.map_err(StoreError::from)?;
    let account = store::accounts::find(&mut conn, account)
        .await?
        .ok_or(QuoteError::UnknownAccount)?;
    let currency = account.currency;
    let prices = store::prices::list(&mut conn, kind, currency).await?;
    let today = account.time_zone.to_datetime(now).date();
    let unit = price_on(&prices, kind, currency, today).ok_or(NotPriced { kind, currency })?;
    Ok(Quote::new(unit, numbers)?)
}

/// Adds a price to the book. Charges that stand keep theirs.
pub(crate) async fn put_price(
    conn: &mut PgConnection,
    price: Price,
    set_by: &Subject,
    now: Timestamp,
) -> Result<(), StoreError> {
    store::prices::insert(conn, price, set_by, now).await
}
