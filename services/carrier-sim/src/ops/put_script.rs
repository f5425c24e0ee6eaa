//! Sets how requests that hold a number are answered.

use pg::StoreError;
use types::Tn;

use crate::app::Simulator;
use crate::script::Script;
use crate::store;

/// Replaces the script of a number, or of all requests without one of their own. It holds for what comes in from now
/// on; what was scheduled stays.
pub(crate) async fn put_script(
    simulator: &Simulator,
    script_of: Option<Tn>,
    script: &Script,
    fail_calls: i32,
) -> Result<(), StoreError> {
    let mut conn = simulator.base.pool.acquire().await?;
    store::script::put(&mut conn, script_of, script, fail_calls).await
}
