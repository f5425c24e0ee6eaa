//! Pages of orders, by any filter and sort.
//!
//! The statement holds what is asked for and nothing else, and is planned with its values, so that each filter and each
//! sort has its index. A test reads the plans at many orders.

use intake_domain::port_in::{Court, OrderRecord, Reference, StateName};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use types::{AccountId, CarrierId, OrderId, RequestNumber, Tn};

use super::order::OrderName;
use super::row::{OrderRow, order_columns};
use super::seen::{Seen, SeenRow, seen_columns};

/// A span of time: from its first instant to before its last, either of which may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) from: Option<Timestamp>,
    pub(crate) before: Option<Timestamp>,
}

impl TimeRange {
    pub(crate) const fn is_set(self) -> bool {
        self.from.is_some() || self.before.is_some()
    }
}

/// Which orders. What is set must all match.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderFilter {
    /// `None`: of every account.
    pub(crate) account: Option<AccountId>,
    /// Of this account as well: whoever sees every account may ask for one.
    pub(crate) named_account: Option<AccountId>,
    /// Any of these; empty: all.
    pub(crate) states: Vec<StateName>,
    /// The turn of any of these; empty: all.
    pub(crate) courts: Vec<Court>,
    pub(crate) losing_carrier: Option<CarrierId>,
    pub(crate) tn: Option<Tn>,
    pub(crate) reference: Option<Reference>,
    pub(crate) request_number: Option<RequestNumber>,
    pub(crate) parent: Option<OrderName>,
    /// Those on which somebody should have acted by then.
    pub(crate) overdue_at: Option<Timestamp>,
    pub(crate) created: TimeRange,
    pub(crate) submitted: TimeRange,
    pub(crate) foc: TimeRange,
    pub(crate) ended: TimeRange,
}

impl OrderFilter {
    /// A child is seen through its parent, unless something is asked for that the child has and its parent has not: a
    /// number, its own number, a carrier, a commitment.
    const fn asks_for_what_children_have(&self) -> bool {
        self.tn.is_some()
            || self.request_number.is_some()
            || self.losing_carrier.is_some()
            || self.foc.is_set()
    }
}

/// What orders are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortKey {
    Created,
    Updated,
    Submitted,
    Foc,
    Due,
    Ended,
}

impl SortKey {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 6] = [
        Self::Created,
        Self::Updated,
        Self::Submitted,
        Self::Foc,
        Self::Due,
        Self::Ended,
    ];

    const fn column(self) -> &'static str {
        match self {
            Self::Created => "port_order.created_at",
            Self::Updated => "port_order.updated_at",
            Self::Submitted => "port_order.submitted_at",
            Self::Foc => "port_order.last_foc_at",
            Self::Due => "port_order.court_due_at",
            Self::Ended => "port_order.ended_at",
        }
    }

    /// Whether there are orders for which it is not known.
    const fn is_optional(self) -> bool {
        match self {
            Self::Created | Self::Updated => false,
            Self::Submitted | Self::Foc | Self::Due | Self::Ended => true,
        }
    }
}

/// The last order of the page before: what it was sorted by, if that is known, and which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor(pub(crate) Option<Timestamp>, pub(crate) OrderId);

/// Which page, in which order. Orders for which the key is not known come last, in the order in which they were made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OrderPage {
    pub(crate) sort: SortKey,
    pub(crate) ascending: bool,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: i64,
}

/// An order as lists show it: without numbers and reasons.
#[derive(Debug, Clone)]
pub(crate) struct ListedOrder {
    pub(crate) record: OrderRecord,
    pub(crate) number_count: i32,
    pub(crate) seen: Seen,
}

impl ListedOrder {
    /// Where the next page starts, if this is the last of a page.
    pub(crate) fn cursor(&self, sort: SortKey) -> Cursor {
        let key = match sort {
            SortKey::Created => Some(self.record.created_at),
            SortKey::Updated => Some(self.seen.updated_at),
            SortKey::Submitted => self.record.submitted_at,
            SortKey::Foc => self.seen.last_foc_at,
            SortKey::Due => self.seen.court_due_at,
            SortKey::Ended => self.record.ended_at(),
        };
        Cursor(key, self.record.id)
    }
}

/// The columns of an order and of what is kept for whoever looks at it.
#[derive(FromRow)]
pub(super) struct ListedRow {
    #[sqlx(flatten)]
    order: OrderRow,
    #[sqlx(flatten)]
    seen: SeenRow,
}

/// A page of orders.
pub(crate) async fn list(
    conn: &mut PgConnection,
    filter: &OrderFilter,
    page: OrderPage,
) -> Result<Vec<ListedOrder>, StoreError> {
    let is_past_known = page.after.is_some_and(|Cursor(key, _)| key.is_none());
    let mut rows: Vec<ListedRow> = Vec::new();
    if !is_past_known {
        rows = fetch(conn, statement("", filter, page, Part::Known)).await?;
    }
    let found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if page.sort.is_optional() && found < page.limit {
        let rest = OrderPage {
            after: page.after.filter(|_| is_past_known),
            limit: page.limit - found,
            ..page
        };
        rows.extend(fetch(conn, statement("", filter, rest, Part::Unknown)).await?);
    }
    rows.into_iter().map(ListedOrder::read).collect()
}

impl ListedOrder {
    pub(super) fn read(row: ListedRow) -> Result<Self, StoreError> {
        let number_count = row.order.number_count;
        Ok(Self {
            record: row.order.into_record(Vec::new())?,
            number_count,
            seen: row.seen.into(),
        })
    }
}

async fn fetch(
    conn: &mut PgConnection,
    mut statement: QueryBuilder<Postgres>,
) -> Result<Vec<ListedRow>, StoreError> {
    // Planned with its values: the best plan for one account is the worst for another.
    let query = statement.build_query_as().persistent(false);
    Ok(query.fetch_all(conn).await?)
}

/// Orders come in two parts: those for which the sort key is known, then the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Known,
    Unknown,
}

/// One part of a page. Where any of several states or courts will do, each gives its own first orders by its own index,
/// and the page is taken from those.
pub(super) fn statement(
    prefix: &str,
    filter: &OrderFilter,
    page: OrderPage,
    part: Part,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(prefix);
    query.push(concat!(
        "SELECT ",
        order_columns!(),
        ", ",
        seen_columns!(),
        " FROM "
    ));
    let column = match (filter.courts.len(), filter.states.len()) {
        (2.., _) => Some(("port_order.court", codes(&filter.courts, Court::code))),
        (_, 2..) => Some(("port_order.state", codes(&filter.states, StateName::code))),
        (0 | 1, 0 | 1) => None,
    };
    if let Some((column, wanted)) = column {
        query
            .push("unnest(")
            .push_bind(wanted)
            .push("::text[]) AS wanted (code) CROSS JOIN LATERAL (SELECT * FROM port_order");
        push_conditions(&mut query, filter, page, part);
        query.push(format!(" AND {column} = wanted.code"));
        push_order(&mut query, page, part);
        query.push(") AS port_order");
    } else {
        query.push("port_order");
        push_conditions(&mut query, filter, page, part);
    }
    push_order(&mut query, page, part);
    query
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| code(*one)).collect()
}

fn push_conditions(query: &mut QueryBuilder<Postgres>, filter: &OrderFilter, page: OrderPage, part: Part) {
    query.push(" WHERE true");
    for account in [filter.account, filter.named_account].into_iter().flatten() {
        query
            .push(" AND port_order.account_id = ")
            .push_bind(account.as_uuid());
    }
    if let Some(carrier) = &filter.losing_carrier {
        query
            .push(" AND port_order.losing_carrier = ")
            .push_bind(carrier.to_string());
    }
    if let Some(reference) = &filter.reference {
        query
            .push(" AND port_order.customer_reference = ")
            .push_bind(reference.to_string());
    }
    push_any(query, "state", &codes(&filter.states, StateName::code));
    push_any(query, "court", &codes(&filter.courts, Court::code));
    push_names(query, filter);
    if let Some(now) = filter.overdue_at {
        query
            .push(" AND port_order.court_due_at <= ")
            .push_bind(now.to_sqlx());
    }
    for (key, range) in [
        (SortKey::Created, filter.created),
        (SortKey::Submitted, filter.submitted),
        (SortKey::Foc, filter.foc),
        (SortKey::Ended, filter.ended),
    ] {
        push_range(query, key, range);
    }
    push_after(query, page, part);
}

/// One code, or any of several.
fn push_any(query: &mut QueryBuilder<Postgres>, column: &str, codes: &[&'static str]) {
    match codes {
        [] => {}
        [code] => {
            query
                .push(format!(" AND port_order.{column} = "))
                .push_bind(*code);
        }
        several => {
            query.push(format!(" AND port_order.{column} = ANY("));
            query.push_bind(several.to_vec()).push("::text[])");
        }
    }
}

/// What names single orders: a number of theirs, their own number, their parent.
fn push_names(query: &mut QueryBuilder<Postgres>, filter: &OrderFilter) {
    if let Some(tn) = filter.tn {
        query.push(" AND port_order.order_id IN (SELECT order_id FROM port_number WHERE tn = ");
        query.push_bind(tn.to_string()).push(")");
    }
    if let Some(number) = filter.request_number {
        query
            .push(" AND port_order.request_number = ")
            .push_bind(number_column(number));
    }
    match filter.parent {
        None if !filter.asks_for_what_children_have() => {
            query.push(" AND port_order.parent_order_id IS NULL");
        }
        None => {}
        Some(OrderName::Id(id)) => {
            query
                .push(" AND port_order.parent_order_id = ")
                .push_bind(id.as_uuid());
        }
        Some(OrderName::Number(number)) => {
            query.push(
                " AND port_order.parent_order_id = (SELECT order_id FROM port_order WHERE request_number = ",
            );
            query.push_bind(number_column(number)).push(")");
        }
    }
}

/// The request number as its column; one that is no port-in's is no order's.
fn number_column(number: RequestNumber) -> i64 {
    let is_port_in = number.kind() == types::RequestKind::PortIn;
    i64::try_from(number.number())
        .ok()
        .filter(|_| is_port_in)
        .unwrap_or(0)
}

fn push_range(query: &mut QueryBuilder<Postgres>, key: SortKey, range: TimeRange) {
    for (bound, comparison) in [(range.from, ">="), (range.before, "<")] {
        if let Some(at) = bound {
            query
                .push(format!(" AND {} {comparison} ", key.column()))
                .push_bind(at.to_sqlx());
        }
    }
}

fn push_after(query: &mut QueryBuilder<Postgres>, page: OrderPage, part: Part) {
    let column = page.sort.column();
    let beyond = if page.ascending { ">" } else { "<" };
    match part {
        Part::Known if page.sort.is_optional() => query.push(format!(" AND {column} IS NOT NULL")),
        Part::Known => query,
        Part::Unknown => query.push(format!(" AND {column} IS NULL")),
    };
    match page.after {
        None => {}
        Some(Cursor(Some(key), id)) => {
            query.push(format!(" AND ({column}, port_order.order_id) {beyond} ("));
            query
                .push_bind(key.to_sqlx())
                .push(", ")
                .push_bind(id.as_uuid())
                .push(")");
        }
        Some(Cursor(None, id)) => {
            query
                .push(format!(" AND port_order.order_id {beyond} "))
                .push_bind(id.as_uuid());
        }
    }
}

fn push_order(query: &mut QueryBuilder<Postgres>, page: OrderPage, part: Part) {
    let direction = if page.ascending { "ASC" } else { "DESC" };
    query.push(" ORDER BY ");
    if part == Part::Known {
        query.push(format!("{} {direction}, ", page.sort.column()));
    }
    query
        .push(format!("port_order.order_id {direction} LIMIT "))
        .push_bind(page.limit);
}
