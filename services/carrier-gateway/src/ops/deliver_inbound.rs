//! Records how the delivery of other carriers' requests and news to intake went.

use carrier_gateway_domain::schedule;
use pg::StoreError;
use sqlx::PgPool;
use types::PortOutId;
use vault::Vault;

use super::ClaimedInbound;
use crate::store;

/// Claims what may be delivered now.
pub(crate) async fn claim_inbound(
    pool: &PgPool,
    vault: &Vault,
    limit: i64,
) -> Result<Vec<ClaimedInbound>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::inbound::claim(&mut conn, vault, limit).await
}

/// Intake has it, and has made these cases of a request. False: another worker delivers it by now.
pub(crate) async fn record_delivered(
    pool: &PgPool,
    claimed: &ClaimedInbound,
    cases: Option<&[PortOutId]>,
) -> Result<bool, StoreError> {
    let mut conn = pool.acquire().await?;
    store::inbound::save_delivered(&mut conn, claimed, cases).await
}

/// Intake will not have it: it is kept for a person to look at. False: another worker delivers it by now.
pub(crate) async fn record_inbound_refused(
    pool: &PgPool,
    claimed: &ClaimedInbound,
    refusal: &str,
) -> Result<bool, StoreError> {
    let mut conn = pool.acquire().await?;
    store::inbound::save_refused(&mut conn, claimed, refusal).await
}

/// It is tried again after a pause. False: another worker delivers it by now.
pub(crate) async fn record_inbound_failed(
    pool: &PgPool,
    claimed: &ClaimedInbound,
    error: &str,
) -> Result<bool, StoreError> {
    let mut conn = pool.acquire().await?;
    let pause = schedule::retry_pause(claimed.attempts);
    store::inbound::rest(&mut conn, claimed, pause, error).await
}
