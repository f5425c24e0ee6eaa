//! Orders by the many: pages, counts, and all of them for a file.

use std::collections::HashMap;

use intake_domain::port_in::OrderState;
use jiff::Timestamp;

use super::{
    ChildCount, Cursor, ListedOrder, OrderCounts, OrderFilter, OrderPage, Outlook, ReadError, Requester,
};
use crate::app::Intake;
use crate::store::port_in as store;
use types::{AccountId, OrderId};

/// An order as lists show it.
#[derive(Debug, Clone)]
pub(crate) struct OrderRow {
    pub(crate) order: ListedOrder,
    pub(crate) outlook: Outlook,
    /// How the children of a parent stand.
    pub(crate) children: Vec<ChildCount>,
}

/// A page of orders, and where the next one starts.
pub(crate) async fn list(
    intake: &Intake,
    requester: &Requester,
    filter: &OrderFilter,
    page: OrderPage,
) -> Result<(Vec<OrderRow>, Option<Cursor>), ReadError> {
    let now = intake.base.clock.now();
    let filter = OrderFilter {
        account: requester.scope(),
        ..filter.clone()
    };
    // One more than the page holds, to know whether there is another page.
    let and_one = OrderPage {
        limit: page.limit + 1,
        ..page
    };
    let mut conn = intake.base.pool.acquire().await?;
    let mut found = store::list::list(&mut conn, &filter, and_one).await?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| has_more)
        .map(|last| last.cursor(page.sort));
    let is_parent = |listed: &&ListedOrder| matches!(listed.record.state, OrderState::Parent(_));
    let parents: Vec<OrderId> = found
        .iter()
        .filter(is_parent)
        .map(|listed| listed.record.id)
        .collect();
    let mut children: HashMap<OrderId, Vec<ChildCount>> = HashMap::new();
    for count in store::family::counts(&mut conn, &parents).await? {
        children.entry(count.parent).or_default().push(count);
    }
    let rows = found.into_iter().map(|order| {
        let children = children.remove(&order.record.id).unwrap_or_default();
        row(order, children, now)
    });
    Ok((rows.collect(), next))
}

pub(super) fn row(order: ListedOrder, children: Vec<ChildCount>, now: Timestamp) -> OrderRow {
    let outlook = Outlook::of_row(&order.record.state, order.seen, now);
    OrderRow {
        order,
        outlook,
        children,
    }
}

/// How many orders of an account stand where; `None`: of all that the requester sees.
pub(crate) async fn count(
    intake: &Intake,
    requester: &Requester,
    account: Option<AccountId>,
) -> Result<OrderCounts, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let now = intake.base.clock.now();
    Ok(store::counts::count(&mut conn, [requester.scope(), account], now).await?)
}
