//! What the gateway tells of carriers.

use intake_domain::carrier::{CarrierProfile, LosingCarrier};
use pg::StoreError;
use sqlx::PgConnection;
use types::CarrierId;

use crate::store;

/// Keeps what is known of a carrier now. Events of one carrier come in order, so the last one holds.
pub(crate) async fn record(conn: &mut PgConnection, carrier: &CarrierProfile) -> Result<(), StoreError> {
    store::carriers::put(conn, carrier).await
}

/// What is known of the carrier that an order names. Before the gateway has told of any carrier nothing is known of any,
/// and each may exist.
pub(crate) async fn losing_carrier(
    conn: &mut PgConnection,
    id: Option<&CarrierId>,
) -> Result<LosingCarrier, StoreError> {
    let Some(id) = id else {
        return Ok(LosingCarrier::Untold);
    };
    Ok(match store::carriers::find(conn, id).await? {
        Some(profile) => LosingCarrier::Known(Box::new(profile)),
        None if store::carriers::is_any_known(conn).await? => LosingCarrier::NoSuch,
        None => LosingCarrier::Untold,
    })
}
