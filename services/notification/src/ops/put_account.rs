//! Keeps the copy of an account up to date.

use notification_domain::Account;
use pg::StoreError;
use sqlx::PgConnection;

use crate::store;

/// Takes over what intake says an account is now.
pub(crate) async fn put_account(conn: &mut PgConnection, account: &Account) -> Result<(), StoreError> {
    store::account::put(conn, account).await
}
