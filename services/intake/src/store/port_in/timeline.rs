//! The history of orders. Only ever added to.

use intake_domain::port_in::{Order, Package, StateName, Transition};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Ver};

use super::order::ver;

/// Longer notes are cut: a carrier's words may be of any length.
const NOTE_CHARS_MAX: usize = 500;

/// One line of an order's history.
#[derive(Debug, Clone)]
pub(crate) struct TimelineEntry {
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) from: StateName,
    pub(crate) to: StateName,
    pub(crate) ver: Ver,
    pub(crate) note: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: jiff_sqlx::Timestamp,
    actor: String,
    action: String,
    from_state: String,
    to_state: String,
    ver: i16,
    note: String,
}

/// Adds the line of a transition.
pub(crate) async fn append(
    conn: &mut PgConnection,
    before: &Order,
    transition: &Transition,
    actor: &str,
    about: Ver,
    now: Timestamp,
) -> Result<(), StoreError> {
    let note: String = transition.entry.note.chars().take(NOTE_CHARS_MAX).collect();
    sqlx::query(
        "INSERT INTO order_timeline (order_id, at, actor, action, from_state, to_state, ver, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(before.record().id.as_uuid())
    .bind(now.to_sqlx())
    .bind(actor)
    .bind(transition.entry.action)
    .bind(before.record().state.name().code())
    .bind(transition.order.record().state.name().code())
    .bind(ver(about))
    .bind(note)
    .execute(conn)
    .await?;
    Ok(())
}

/// The word for a look at the package of a version.
pub(crate) const PACKAGE_FETCHED: &str = "package_fetched";

/// Whether the gateway has fetched the package of a version. Whoever fetches it locks the order before.
pub(crate) async fn package_of(
    conn: &mut PgConnection,
    order: OrderId,
    about: Ver,
) -> Result<Package, StoreError> {
    let was_fetched: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM order_timeline WHERE order_id = $1 AND ver = $2 AND action = $3)",
    )
    .bind(order.as_uuid())
    .bind(ver(about))
    .bind(PACKAGE_FETCHED)
    .fetch_one(conn)
    .await?;
    Ok(if was_fetched {
        Package::Fetched
    } else {
        Package::Waiting
    })
}

/// What [`list`] asks: `$1` the order, `$2` where the page starts, `$3` its size.
pub(super) const LIST: &str =
    "SELECT seq, at, actor, action, from_state, to_state, ver, note FROM order_timeline
      WHERE order_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// A page of an order's history after `after` (0: from the start), oldest first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    order: OrderId,
    after: i64,
    limit: i64,
) -> Result<Vec<TimelineEntry>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(LIST)
        .bind(order.as_uuid())
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("order_timeline", &order, why);
    let state = |code: &str| {
        let found = StateName::ALL.into_iter().find(|name| name.code() == code);
        found.ok_or_else(|| corrupt(&"unknown state"))
    };
    rows.into_iter()
        .map(|row| {
            Ok(TimelineEntry {
                seq: row.seq,
                at: row.at.to_jiff(),
                actor: row.actor,
                action: row.action,
                from: state(&row.from_state)?,
                to: state(&row.to_state)?,
                ver: Ver::try_from(i32::from(row.ver)).map_err(|error| corrupt(&error))?,
                note: row.note,
            })
        })
        .collect()
}
