//! What the simulated carriers were asked and told.

use pg::StoreError;
use types::Pon;

use crate::app::Simulator;
use crate::call::Call;
use crate::store;

/// The first calls, oldest first, of one request or of all.
pub(crate) async fn list_calls(
    simulator: &Simulator,
    pon: Option<&Pon>,
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    let mut conn = simulator.base.pool.acquire().await?;
    store::call::list(&mut conn, pon, limit).await
}
