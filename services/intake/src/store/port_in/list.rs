//! Pages of orders, newest first.

use intake_domain::port_in::{OrderRecord, Reference, StateName};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use types::{AccountId, OrderId, Tn};

use super::row::{OrderRow, order_columns};

/// Which orders. What is set must all match.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderFilter {
    /// `None`: of every account.
    pub(crate) account: Option<AccountId>,
    /// Any of these; empty: all.
    pub(crate) states: Vec<StateName>,
    pub(crate) tn: Option<Tn>,
    pub(crate) reference: Option<Reference>,
    /// The last order of the page before.
    pub(crate) after: Option<(Timestamp, OrderId)>,
    pub(crate) limit: i64,
}

/// An order as lists show it: without numbers and reasons.
#[derive(Debug, Clone)]
pub(crate) struct ListedOrder {
    pub(crate) record: OrderRecord,
    pub(crate) number_count: i32,
}

/// A page of orders. The statement holds the filters that are set and no others, so each has its index.
pub(crate) async fn list(
    conn: &mut PgConnection,
    filter: &OrderFilter,
) -> Result<Vec<ListedOrder>, StoreError> {
    let mut query: QueryBuilder<Postgres> =
        QueryBuilder::new(concat!("SELECT ", order_columns!(), " FROM port_order"));
    if let Some(tn) = filter.tn {
        query.push(" JOIN port_number ON port_number.order_id = port_order.order_id AND port_number.tn = ");
        query.push_bind(tn.to_string());
    }
    query.push(" WHERE true");
    if let Some(account) = filter.account {
        query.push(" AND account_id = ").push_bind(account.as_uuid());
    }
    if !filter.states.is_empty() {
        let states: Vec<&'static str> = filter.states.iter().map(|state| state.code()).collect();
        query
            .push(" AND port_order.state = ANY(")
            .push_bind(states)
            .push(")");
    }
    if let Some(reference) = &filter.reference {
        query
            .push(" AND customer_reference = ")
            .push_bind(reference.to_string());
    }
    if let Some((created_at, id)) = filter.after {
        query
            .push(" AND (created_at, port_order.order_id) < (")
            .push_bind(created_at.to_sqlx());
        query.push(", ").push_bind(id.as_uuid()).push(")");
    }
    query
        .push(" ORDER BY created_at DESC, port_order.order_id DESC LIMIT ")
        .push_bind(filter.limit);
    let rows: Vec<OrderRow> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let number_count = row.number_count;
            Ok(ListedOrder {
                record: row.into_record(Vec::new())?,
                number_count,
            })
        })
        .collect()
}
