//! Charges for a completed port: once for each number, however often its event arrives.

use billing_domain::{CompletedPort, NotPriced, OutOfCalendar};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::AccountId;

use crate::store::open_months::AccountMonth;
use crate::{announce, store};

/// Why a port was not charged.
#[derive(Debug, Error)]
pub(crate) enum ChargePortError {
    /// The account has not been announced.
    #[error("account {0} is not known")]
    UnknownAccount(AccountId),
    /// No price holds.
    #[error(transparent)]
    NotPriced(#[from] NotPriced),
    /// The port was completed at the end of time.
    #[error(transparent)]
    OutOfCalendar(#[from] OutOfCalendar),
    /// Something below failed.
    #[error("the port was not charged")]
    Store(#[from] StoreError),
}

/// Charges for each number of `port` that has not been charged for, opens the month they belong to, and announces
/// them. `now` is only for when the month closes: price and month are those of the completion.
pub(crate) async fn charge_port(
    conn: &mut PgConnection,
    port: &CompletedPort,
    now: Timestamp,
) -> Result<(), ChargePortError> {
    let account = store::accounts::find(conn, port.account)
        .await?
        .ok_or(ChargePortError::UnknownAccount(port.account))?;
    let prices = store::prices::list(conn, port.subject.kind(), account.currency).await?;
    let terms = port.terms(&account, &prices)?;
    let charges = store::charges::insert_missing(conn, port, terms).await?;
    if charges.is_empty() {
        return Ok(());
    }
    let key = AccountMonth {
        account: account.id,
        month: terms.month,
    };
    let closes_at = terms.month.closes_at(&account.time_zone, now)?;
    store::open_months::open(conn, key, closes_at).await?;
    announce::charged(conn, &charges).await?;
    Ok(())
}
