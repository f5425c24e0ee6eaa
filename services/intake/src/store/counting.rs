//! How many rows there are, without counting them all.

use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Nobody counts further than this. Each count reads so many entries of an index at most.
const COUNTED_MAX: i64 = 10_000;
/// One more than the most is looked for, to know whether there are more.
pub(super) const LOOKED_FOR: i64 = COUNTED_MAX + 1;

/// A number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) count: i64,
    /// There are more.
    pub(crate) more: bool,
}

/// Begins a count's statement; the rows to count follow.
pub(super) fn counting(prefix: &str) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(prefix);
    query.push("SELECT count(*) FROM (SELECT FROM ");
    query
}

/// Ends a count's statement that has no bound yet: in the index's own order, so that nothing else is read on the way.
pub(super) fn bounded(mut query: QueryBuilder<Postgres>, order: &str) -> QueryBuilder<Postgres> {
    query
        .push(format!(" ORDER BY {order} LIMIT "))
        .push_bind(LOOKED_FOR);
    closed(query)
}

/// Ends a count's statement whose rows are bounded.
pub(super) fn closed(mut query: QueryBuilder<Postgres>) -> QueryBuilder<Postgres> {
    query.push(") AS found");
    query
}

/// Runs a count's statement.
pub(super) async fn count(
    conn: &mut PgConnection,
    mut statement: QueryBuilder<Postgres>,
) -> Result<Count, StoreError> {
    let found: i64 = statement
        .build_query_scalar()
        .persistent(false)
        .fetch_one(conn)
        .await?;
    Ok(Count {
        count: found.min(COUNTED_MAX),
        more: found > COUNTED_MAX,
    })
}
