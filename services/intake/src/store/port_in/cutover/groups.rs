//! Groups that cut over together, and their members.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, GroupId, OrderId, Tn};
use uuid::Uuid;

const TABLE: &str = "cutover_group";

/// Where a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupState {
    /// Its members wait for each other.
    Open,
    /// They were activated together.
    Activated,
    /// They go each their own way.
    Released,
}

impl GroupState {
    const ALL: [Self; 3] = [Self::Open, Self::Activated, Self::Released];

    const fn code(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Activated => "ACTIVATED",
            Self::Released => "RELEASED",
        }
    }
}

/// A group without its members.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) version: i64,
    pub(crate) state: GroupState,
    pub(crate) created_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

/// The numbers of each member order; none: the whole order.
pub(crate) type Members = BTreeMap<OrderId, HashSet<Tn>>;

#[derive(sqlx::FromRow)]
struct Row {
    group_id: Uuid,
    account_id: Uuid,
    name: String,
    version: i64,
    state: String,
    created_at: jiff_sqlx::Timestamp,
    ended_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<Row> for Group {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = GroupState::ALL
            .into_iter()
            .find(|state| state.code() == row.state);
        Ok(Self {
            id: GroupId::from_uuid(row.group_id),
            account: AccountId::from_uuid(row.account_id),
            name: row.name,
            version: row.version,
            state: state.ok_or_else(|| StoreError::corrupt(TABLE, &row.group_id, &"unknown state"))?,
            created_at: row.created_at.to_jiff(),
            ended_at: row.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// A group, only if it is that account's when one is given.
pub(crate) async fn find(
    conn: &mut PgConnection,
    id: GroupId,
    account: Option<AccountId>,
) -> Result<Option<Group>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT group_id, account_id, name, version, state, created_at, ended_at FROM cutover_group
          WHERE group_id = $1 AND ($2::uuid IS NULL OR account_id = $2)",
    )
    .bind(id.as_uuid())
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    row.map(Group::try_from).transpose()
}

/// Locks groups until the transaction ends, by id, before any order is locked. Returns those that are there.
pub(crate) async fn lock(conn: &mut PgConnection, ids: &[GroupId]) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT group_id, account_id, name, version, state, created_at, ended_at FROM cutover_group
          WHERE group_id = ANY($1) ORDER BY group_id FOR UPDATE",
    )
    .bind(uuids(ids))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// Where a page of a list begins: after this group.
pub(crate) type After = (Timestamp, GroupId);

/// A page of groups, newest first.
pub(crate) async fn list(
    conn: &mut PgConnection,
    account: Option<AccountId>,
    open_only: bool,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT group_id, account_id, name, version, state, created_at, ended_at FROM cutover_group
          WHERE ($1::uuid IS NULL OR account_id = $1) AND (NOT $2 OR state = 'OPEN')
            AND ($3::timestamptz IS NULL OR (created_at, group_id) < ($3, $4))
          ORDER BY created_at DESC, group_id DESC LIMIT $5",
    )
    .bind(account.map(AccountId::as_uuid))
    .bind(open_only)
    .bind(after.map(|(at, _)| at.to_sqlx()))
    .bind(after.map(|(_, id)| id.as_uuid()))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// Writes a new group.
pub(crate) async fn insert(conn: &mut PgConnection, group: &Group) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cutover_group (group_id, account_id, name, version, state, created_at)
         VALUES ($1, $2, $3, $4, 'OPEN', $5)",
    )
    .bind(group.id.as_uuid())
    .bind(group.account.as_uuid())
    .bind(&group.name)
    .bind(group.version)
    .bind(group.created_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a group that this transaction has locked another name.
pub(crate) async fn rename(conn: &mut PgConnection, id: GroupId, name: &str) -> Result<(), StoreError> {
    let updated =
        sqlx::query("UPDATE cutover_group SET name = $2, version = version + 1 WHERE group_id = $1")
            .bind(id.as_uuid())
            .bind(name)
            .execute(conn)
            .await?;
    require(updated.rows_affected())
}

/// Ends groups that this transaction has locked. Their numbers can be in another group from then on.
pub(crate) async fn end(
    conn: &mut PgConnection,
    ids: &[GroupId],
    state: GroupState,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE cutover_group SET state = $2, ended_at = $3, version = version + 1
          WHERE group_id = ANY($1) AND state = 'OPEN'",
    )
    .bind(uuids(ids))
    .bind(state.code())
    .bind(now.to_sqlx())
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE cutover_group_member SET is_open = false WHERE group_id = ANY($1)")
        .bind(uuids(ids))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a group that this transaction has locked away, with its members.
pub(crate) async fn delete(conn: &mut PgConnection, id: GroupId) -> Result<(), StoreError> {
    let deleted = sqlx::query("DELETE FROM cutover_group WHERE group_id = $1")
        .bind(id.as_uuid())
        .execute(conn)
        .await?;
    require(deleted.rows_affected())
}

/// The members of groups, each group's by order.
pub(crate) async fn members(
    conn: &mut PgConnection,
    ids: &[GroupId],
) -> Result<BTreeMap<GroupId, Members>, StoreError> {
    let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
        "SELECT group_id, order_id, tn FROM cutover_group_member WHERE group_id = ANY($1) ORDER BY order_id, tn",
    )
    .bind(uuids(ids))
    .fetch_all(conn)
    .await?;
    let mut members: BTreeMap<GroupId, Members> = BTreeMap::new();
    for (group, order, tn) in rows {
        let tns = members
            .entry(GroupId::from_uuid(group))
            .or_default()
            .entry(OrderId::from_uuid(order))
            .or_default();
        if !tn.is_empty() {
            let corrupt = |error| StoreError::corrupt("cutover_group_member", &group, &error);
            tns.insert(tn.parse().map_err(corrupt)?);
        }
    }
    Ok(members)
}

/// Replaces the members of an open group that this transaction has locked.
pub(crate) async fn replace_members(
    conn: &mut PgConnection,
    id: GroupId,
    members: &Members,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM cutover_group_member WHERE group_id = $1")
        .bind(id.as_uuid())
        .execute(&mut *conn)
        .await?;
    let (mut orders, mut tns) = (Vec::new(), Vec::new());
    for (order, named) in members {
        if named.is_empty() {
            orders.push(order.as_uuid());
            tns.push(String::new());
        }
        for tn in named {
            orders.push(order.as_uuid());
            tns.push(tn.to_string());
        }
    }
    sqlx::query(
        "INSERT INTO cutover_group_member (group_id, order_id, tn, is_open)
         SELECT $1, given.order_id, given.tn, true FROM UNNEST($2::uuid[], $3::text[]) AS given (order_id, tn)",
    )
    .bind(id.as_uuid())
    .bind(orders)
    .bind(tns)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes an order a member of the groups that another is in as a whole.
pub(super) async fn join_like(
    conn: &mut PgConnection,
    whole: OrderId,
    joining: OrderId,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cutover_group_member (group_id, order_id, tn, is_open)
         SELECT group_id, $2, '', true FROM cutover_group_member WHERE order_id = $1 AND tn = '' AND is_open",
    )
    .bind(whole.as_uuid())
    .bind(joining.as_uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an order as a whole out of its open groups: its numbers are in others.
pub(crate) async fn leave(conn: &mut PgConnection, order: OrderId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM cutover_group_member WHERE order_id = $1 AND tn = '' AND is_open")
        .bind(order.as_uuid())
        .execute(conn)
        .await?;
    Ok(())
}

/// What of these orders is in open groups: group, order, and the number or nothing for the whole order.
pub(crate) async fn open_of_orders(
    conn: &mut PgConnection,
    orders: &[OrderId],
) -> Result<Vec<(GroupId, OrderId, Option<Tn>)>, StoreError> {
    let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
        "SELECT group_id, order_id, tn FROM cutover_group_member
          WHERE order_id = ANY($1) AND is_open ORDER BY group_id, order_id, tn",
    )
    .bind(orders.iter().map(|order| order.as_uuid()).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(group, order, tn)| {
            let corrupt = |error| StoreError::corrupt("cutover_group_member", &group, &error);
            let tn = Some(tn).filter(|tn| !tn.is_empty());
            let tn = tn.map(|tn| tn.parse()).transpose().map_err(corrupt)?;
            Ok((GroupId::from_uuid(group), OrderId::from_uuid(order), tn))
        })
        .collect()
}

fn uuids(ids: &[GroupId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.as_uuid()).collect()
}

fn require(written: u64) -> Result<(), StoreError> {
    if written == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the group"))
    }
}
