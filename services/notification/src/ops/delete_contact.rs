//! Removes an address, and what is queued for it.

use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, ContactId};

use crate::store;

/// Why a contact was not removed.
#[derive(Debug, Error)]
pub(crate) enum DeleteContactError {
    /// The account has no such contact.
    #[error("no such contact")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes it from the account. The owner goes on being written to, even at the same address.
pub(crate) async fn delete_contact(
    conn: &mut PgConnection,
    account: AccountId,
    id: ContactId,
) -> Result<(), DeleteContactError> {
    let address = store::contact::delete(conn, account, id)
        .await?
        .ok_or(DeleteContactError::NotFound)?;
    let dropped = store::delivery::drop_queued_for_address(conn, account, &address).await?;
    tracing::info!(contact.id = %id, dropped, "a contact was removed");
    Ok(())
}
