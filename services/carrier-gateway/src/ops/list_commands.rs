//! Shows what was asked of carriers.

use carrier_gateway_domain::Command;
use pg::StoreError;
use sqlx::PgPool;
use uuid::Uuid;

use crate::store;

/// Which commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommandFilter {
    /// Those of this order or port-out.
    pub(crate) subject: Option<Uuid>,
    /// Those that have not ended.
    pub(crate) open_only: bool,
}

/// A page of commands, newest first, from before the row `before`; each with its row, for the next page.
pub(crate) async fn list_commands(
    pool: &PgPool,
    filter: CommandFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(i64, Command)>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::commands::list(&mut conn, filter.subject, filter.open_only, before, limit).await
}
