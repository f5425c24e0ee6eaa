//! Shows whom an account has told.

use notification_domain::{Contact, Endpoint};
use pg::StoreError;
use sqlx::PgPool;
use types::AccountId;

use super::RECEIVERS_MAX;
use crate::store;

/// All webhook endpoints of the account.
pub(crate) async fn list_endpoints(db: &PgPool, account: AccountId) -> Result<Vec<Endpoint>, StoreError> {
    let mut conn = db.acquire().await?;
    store::endpoint::list(&mut conn, account, RECEIVERS_MAX).await
}

/// All contacts of the account.
pub(crate) async fn list_contacts(db: &PgPool, account: AccountId) -> Result<Vec<Contact>, StoreError> {
    let mut conn = db.acquire().await?;
    store::contact::list(&mut conn, account, RECEIVERS_MAX).await
}
