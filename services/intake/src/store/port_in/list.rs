//! Pages of orders, by any filter and sort.
//!
//! How pages are read is in [`listing`]; a test reads the plans at many orders.

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
use crate::store::listing::{
    self, After, AnyOf, Key, Part, Slice, Sort, TimeRange, push_any, push_range, push_rows, push_text,
};

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
    /// number, its own number, a carrier, a commitment, or that it is somebody's turn of whom the parent says nothing.
    const fn asks_for_what_children_have(&self) -> bool {
        self.tn.is_some()
            || self.request_number.is_some()
            || self.losing_carrier.is_some()
            || !self.courts.is_empty()
            || self.overdue_at.is_some()
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

impl OrderPage {
    fn slice(self) -> Slice {
        Slice {
            sort: Sort {
                key: Some(self.sort.column()),
                is_optional: self.sort.is_optional(),
                id: "port_order.order_id",
                ascending: self.ascending,
            },
            after: self.after.map(|Cursor(key, id)| After {
                key: key.map(Key::At),
                id: Key::Id(id.as_uuid()),
            }),
            limit: self.limit,
        }
    }
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
    let rows: Vec<ListedRow> = listing::fetch(conn, page.slice(), |slice, part| {
        statement_of("", filter, slice, part)
    })
    .await?;
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

/// One part of a page.
#[cfg(test)]
pub(super) fn statement(
    prefix: &str,
    filter: &OrderFilter,
    page: OrderPage,
    part: Part,
) -> QueryBuilder<Postgres> {
    statement_of(prefix, filter, page.slice(), part)
}

fn statement_of(prefix: &str, filter: &OrderFilter, slice: Slice, part: Part) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(prefix);
    query.push(concat!(
        "SELECT ",
        order_columns!(),
        ", ",
        seen_columns!(),
        " FROM "
    ));
    let any = match (filter.courts.len(), filter.states.len()) {
        (2.., _) => Some(AnyOf {
            column: "port_order.court",
            codes: codes(&filter.courts, Court::code),
            is_indexed_with_sort: false,
        }),
        (_, 2..) => Some(AnyOf {
            column: "port_order.state",
            codes: codes(&filter.states, StateName::code),
            is_indexed_with_sort: false,
        }),
        (0 | 1, 0 | 1) => None,
    };
    push_rows(&mut query, "port_order", any, (slice, part), |query| {
        push_conditions(query, filter);
    });
    query
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| code(*one)).collect()
}

fn push_conditions(query: &mut QueryBuilder<Postgres>, filter: &OrderFilter) {
    for account in [filter.account, filter.named_account].into_iter().flatten() {
        query
            .push(" AND port_order.account_id = ")
            .push_bind(account.as_uuid());
    }
    push_text(
        query,
        "port_order.losing_carrier",
        filter.losing_carrier.as_ref().map(ToString::to_string),
    );
    push_text(
        query,
        "port_order.customer_reference",
        filter.reference.as_ref().map(ToString::to_string),
    );
    push_any(query, "port_order.state", &codes(&filter.states, StateName::code));
    push_any(query, "port_order.court", &codes(&filter.courts, Court::code));
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
        push_range(query, key.column(), range);
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
