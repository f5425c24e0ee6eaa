//! Removes a webhook endpoint and what is queued for it.

use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, EndpointId};

use crate::store;

/// Why an endpoint was not removed.
#[derive(Debug, Error)]
pub(crate) enum DeleteEndpointError {
    /// The account has no such endpoint.
    #[error("no such webhook endpoint")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes it from the account. What was delivered or given up stays listed.
pub(crate) async fn delete_endpoint(
    conn: &mut PgConnection,
    account: AccountId,
    id: EndpointId,
) -> Result<(), DeleteEndpointError> {
    if !store::endpoint::delete(conn, account, id).await? {
        return Err(DeleteEndpointError::NotFound);
    }
    let dropped = store::delivery::drop_queued_for_endpoint(conn, account, id).await?;
    tracing::info!(endpoint.id = %id, dropped, "a webhook endpoint was removed");
    Ok(())
}
