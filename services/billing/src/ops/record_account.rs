//! Keeps the copy of an account, and closes its open months by its new time zone.

use billing_domain::{BilledAccount, OutOfCalendar};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;

use crate::store;

/// Why an account was not recorded.
#[derive(Debug, Error)]
pub(crate) enum RecordAccountError {
    /// An open month has no end.
    #[error(transparent)]
    OutOfCalendar(#[from] OutOfCalendar),
    /// Something below failed.
    #[error("the account was not recorded")]
    Store(#[from] StoreError),
}

/// Writes the account as it is now. Charges that stand keep their price, currency and month; only the hour at which
/// an open month closes follows the account to another zone.
pub(crate) async fn record_account(
    conn: &mut PgConnection,
    account: &BilledAccount,
    now: Timestamp,
) -> Result<(), RecordAccountError> {
    let before = store::accounts::find(conn, account.id).await?;
    store::accounts::put(conn, account).await?;
    if before.is_none_or(|before| before.time_zone == account.time_zone) {
        return Ok(());
    }
    for key in store::open_months::list_of_account(conn, account.id).await? {
        let closes_at = key.month.closes_at(&account.time_zone, now)?;
        store::open_months::set_closing(conn, key, closes_at).await?;
    }
    Ok(())
}
