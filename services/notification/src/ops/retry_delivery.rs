//! Tries a failed delivery again.

use notification_domain::{Delivery, DeliveryState};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{AccountId, DeliveryId};

use crate::store;

/// Why a delivery is not tried again.
#[derive(Debug, Error)]
pub(crate) enum RetryDeliveryError {
    /// The account has no such delivery.
    #[error("no such delivery")]
    NotFound,
    /// It was delivered, or is still being tried.
    #[error("only a failed delivery can be tried again")]
    NotFailed,
    /// The endpoint was removed, and its secret with it.
    #[error("the webhook endpoint was removed")]
    EndpointGone,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Queues it for another round of tries.
pub(crate) async fn retry_delivery(
    conn: &mut PgConnection,
    account: AccountId,
    id: DeliveryId,
) -> Result<Delivery, RetryDeliveryError> {
    let (delivery, endpoint) = store::delivery::find_for_update(conn, account, id)
        .await?
        .ok_or(RetryDeliveryError::NotFound)?;
    match delivery.state {
        DeliveryState::Failed => {}
        DeliveryState::Queued | DeliveryState::Delivered { .. } => return Err(RetryDeliveryError::NotFailed),
    }
    if let Some(endpoint) = endpoint
        && !store::endpoint::exists(conn, account, endpoint).await?
    {
        return Err(RetryDeliveryError::EndpointGone);
    }
    store::delivery::requeue(conn, account, id).await?;
    Ok(Delivery {
        state: DeliveryState::Queued,
        ..delivery
    })
}
