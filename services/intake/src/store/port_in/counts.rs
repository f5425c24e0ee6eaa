//! How many orders stand where, without counting them all.

use intake_domain::port_in::{Court, StateName};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::AccountId;

use crate::store::counting::{Count, bounded, count as run, counting};

/// The order of the indexes that are counted in.
const BY_MAKING: &str = "created_at, order_id";
pub(super) const BY_DUE: &str = "court_due_at, order_id";

/// How many orders there are.
#[derive(Debug, Clone)]
pub(crate) struct OrderCounts {
    pub(crate) states: Vec<(StateName, Count)>,
    pub(crate) courts: Vec<(Court, Count)>,
    pub(crate) overdue: Count,
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
        states.push((state, run(conn, bounded(query, order)).await?));
    }
    let mut courts = Vec::with_capacity(Court::ALL.len());
    for court in Court::ALL {
        let (query, order) = of_court(accounts, court, "");
        courts.push((court, run(conn, bounded(query, order)).await?));
    }
    let overdue = run(conn, bounded(overdue_at(accounts, now, ""), BY_DUE)).await?;
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
    let mut query = counting(prefix);
    query.push("port_order WHERE true");
    for account in accounts.into_iter().flatten() {
        query.push(" AND account_id = ").push_bind(account.as_uuid());
    }
    query
}
