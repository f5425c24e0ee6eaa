//! How many cases a filter finds, and how many stand where, without counting them all.

use intake_domain::port_out::StateName;
use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::list::{Filter, push_cases, suited_slice};
use crate::store::counting::{self, Count, LOOKED_FOR, closed, counting};

/// How many cases there are.
#[derive(Debug, Clone)]
pub(crate) struct PortOutCounts {
    /// Those that the filter finds.
    pub(crate) found: Count,
    /// All of the filter's accounts, by state.
    pub(crate) states: Vec<(StateName, Count)>,
}

/// Counts what a filter finds, and by state what there is of its accounts.
pub(crate) async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<PortOutCounts, StoreError> {
    let found = counting::count(conn, found_by("", filter)).await?;
    let mut states = Vec::with_capacity(StateName::ALL.len());
    for state in StateName::ALL {
        states.push((state, counting::count(conn, in_state("", filter, state)).await?));
    }
    Ok(PortOutCounts { found, states })
}

/// The count of what a filter finds.
pub(super) fn found_by(prefix: &str, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut query = counting(prefix);
    push_cases(&mut query, filter, suited_slice(filter, LOOKED_FOR));
    closed(query)
}

/// The count of a state: read as a range, in the index's own order. A frequent state would else be looked for among all
/// cases, which costs as many reads for nothing as there are cases of other states.
pub(super) fn in_state(prefix: &str, filter: &Filter, state: StateName) -> QueryBuilder<Postgres> {
    let mut query = counting(prefix);
    query.push("port_out WHERE state >= ").push_bind(state.code());
    query.push(" AND state <= ").push_bind(state.code());
    for account in [filter.account, filter.named_account].into_iter().flatten() {
        query.push(" AND account_id = ").push_bind(account.as_uuid());
    }
    counting::bounded(query, "state, request_number")
}
