//! How many orders stand where, without counting them all.

use intake_domain::port_in::{Court, StateName};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::AccountId;

/// Nobody counts further than this. Each count reads so many entries of an index at most.
const COUNTED_MAX: i64 = 10_000;

/// The order of the indexes that are counted in.
const BY_MAKING: &str = "created_at, order_id";
pub(super) const BY_DUE: &str = "court_due_at, order_id";

/// A number of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderCount {
    pub(crate) count: i64,
    /// There are more.
    pub(crate) more: bool,
}

/// How many orders there are.
#[derive(Debug, Clone)]
pub(crate) struct OrderCounts {
    pub(crate) states: Vec<(StateName, OrderCount)>,
    pub(crate) courts: Vec<(Court, OrderCount)>,
    pub(crate) overdue: OrderCount,
}

/// Counts the orders of these accounts; none: of every account.
pub(crate) async fn count(
    conn: &mut PgConnection,
    accounts: [Option<AccountId>; 2],
    now: Timestamp,
) -> Result<OrderCounts, StoreError> {
    let mut states = Vec::with_capacity(StateName::ALL.len());
    for state in StateName::ALL {
        let (query, order) = in_state(accounts, state, "");
        states.push((state, up_to_max(conn, query, order).await?));
    }
    let mut courts = Vec::with_capacity(Court::ALL.len());
    for court in Court::ALL {
        let (query, order) = of_court(accounts, court, "");
        courts.push((court, up_to_max(conn, query, order).await?));
    }
    let overdue = up_to_max(conn, overdue_at(accounts, now, ""), BY_DUE).await?;
    Ok(OrderCounts {
        states,
        courts,
        overdue,
    })
}

/// The count of a state, and the order in which it is counted.
pub(super) fn in_state(
    accounts: [Option<AccountId>; 2],
    state: StateName,
    prefix: &str,
) -> (QueryBuilder<Postgres>, &'static str) {
    let mut query = of_accounts(accounts, prefix);
    if accounts == [None, None] {
        // As a range, in the index's own order: a frequent state would else be looked for among all orders as they were
        // made, which costs as many reads for nothing as there are orders of other states.
        query.push(" AND state >= ").push_bind(state.code());
        query.push(" AND state <= ").push_bind(state.code());
        (query, "state, created_at, order_id")
    } else {
        query.push(" AND state = ").push_bind(state.code());
        (query, BY_MAKING)
    }
}

/// The count of a court, and the order in which it is counted; see [`in_state`].
pub(super) fn of_court(
    accounts: [Option<AccountId>; 2],
    court: Court,
    prefix: &str,
) -> (QueryBuilder<Postgres>, &'static str) {
    let mut query = of_accounts(accounts, prefix);
    if accounts == [None, None] {
        query.push(" AND court >= ").push_bind(court.code());
        query.push(" AND court <= ").push_bind(court.code());
        (query, "court, created_at, order_id")
    } else {
        query.push(" AND court = ").push_bind(court.code());
        (query, BY_MAKING)
    }
}

/// The count of the orders on which somebody should have acted.
pub(super) fn overdue_at(
    accounts: [Option<AccountId>; 2],
    now: Timestamp,
    prefix: &str,
) -> QueryBuilder<Postgres> {
    let mut query = of_accounts(accounts, prefix);
    query.push(" AND court_due_at <= ").push_bind(now.to_sqlx());
    query
}

fn of_accounts(accounts: [Option<AccountId>; 2], prefix: &str) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(prefix);
    query.push("SELECT count(*) FROM (SELECT FROM port_order WHERE true");
    for account in accounts.into_iter().flatten() {
        query.push(" AND account_id = ").push_bind(account.as_uuid());
    }
    query
}

/// Ends a count's statement. One more than the most is looked for, to know whether there are more; in the index's own
/// order, so that nothing else is read on the way to them.
pub(super) fn bounded(mut query: QueryBuilder<Postgres>, order: &str) -> QueryBuilder<Postgres> {
    query
        .push(format!(" ORDER BY {order} LIMIT "))
        .push_bind(COUNTED_MAX + 1)
        .push(") AS found");
    query
}

async fn up_to_max(
    conn: &mut PgConnection,
    query: QueryBuilder<Postgres>,
    order: &str,
) -> Result<OrderCount, StoreError> {
    let found: i64 = bounded(query, order)
        .build_query_scalar()
        .persistent(false)
        .fetch_one(conn)
        .await?;
    Ok(OrderCount {
        count: found.min(COUNTED_MAX),
        more: found > COUNTED_MAX,
    })
}
