//! Adds a carrier or replaces what is known of it.

use carrier_gateway_domain::Carrier;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::Spid;

use crate::store;

/// Why a carrier was not kept.
#[derive(Debug, Error)]
pub(crate) enum PutCarrierError {
    /// A SPID is one carrier's.
    #[error("another carrier has the SPID {0}")]
    SpidTaken(Spid),
    /// The database.
    #[error(transparent)]
    Store(StoreError),
}

/// Adds a carrier or replaces what is known of it. Returns it as it is now.
pub(crate) async fn put_carrier(
    conn: &mut PgConnection,
    carrier: &Carrier,
) -> Result<Carrier, PutCarrierError> {
    store::carriers::put(conn, carrier)
        .await
        .map_err(|error| match error.constraint() {
            Some("carrier_spid_key") => PutCarrierError::SpidTaken(carrier.spid.clone()),
            Some(_) | None => PutCarrierError::Store(error),
        })
}
