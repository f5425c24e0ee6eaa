//! The inventory: the numbers of all accounts, from two days before their cut-over until they leave.
//!
//! Port-in puts numbers in ([`insert_incoming`], [`put_in_service`]) and takes back those that did not come
//! ([`remove_incoming`]); port-out takes them away ([`remove_ported_out`]), and a dispute brings them back (`departed`).
//! Nothing else changes who holds a number. What their account sees and sets of them is in `account_numbers`.

use std::collections::BTreeSet;

use intake_domain::port_in::NumberConfig;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId, PortOutId, RequestKind, RequestNumber, Tn};
use uuid::Uuid;

use super::port_in::number_row::{ConfigColumns, ConfigRow};

const TABLE: &str = "inventory_number";

/// The columns of [`Row`], for every statement that reads one.
macro_rules! columns {
    () => {
        "tn, account_id, state, since, origin_order_id, locked, arrived_at, capabilities,
         EXISTS (SELECT FROM port_out_pin AS pin
                  WHERE pin.account_id = inventory_number.account_id AND pin.tn IN ('', inventory_number.tn))
             AS has_port_out_pin,
         alias, subaccount, caller_name, application, emergency_address, agent_name, agent_email,
         (SELECT request_number FROM port_order WHERE order_id = origin_order_id) AS origin_request_number"
    };
}
pub(super) use columns;

/// A number that is about to arrive, with the subscriber record that a later port-out is matched against.
#[derive(Debug, Clone)]
pub(crate) struct IncomingNumber {
    pub(crate) tn: Tn,
    pub(crate) account: AccountId,
    /// The port-in order that brings it.
    pub(crate) origin: OrderId,
    pub(crate) config: NumberConfig,
    pub(crate) account_number: String,
    pub(crate) postal_code: String,
    pub(crate) end_user_name: String,
    pub(crate) since: Timestamp,
}

/// Where a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InventoryState {
    /// Can be configured, is not routed yet.
    Incoming,
    /// Routed to us.
    InService,
}

impl InventoryState {
    /// As the table spells it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Incoming => "INCOMING",
            Self::InService => "IN_SERVICE",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Incoming, Self::InService]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// A number of the inventory.
#[derive(Debug, Clone)]
pub(crate) struct InventoryNumber {
    pub(crate) tn: Tn,
    pub(crate) account: AccountId,
    pub(crate) state: InventoryState,
    pub(crate) since: Timestamp,
    pub(crate) origin: OrderId,
    /// The order's number for people; none where the order is not kept here.
    pub(crate) origin_number: Option<RequestNumber>,
    pub(crate) config: NumberConfig,
    pub(crate) arrived_at: Option<Timestamp>,
    pub(crate) locked: bool,
    /// Whether a PIN of its own or of its account is set.
    pub(crate) has_port_out_pin: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    tn: String,
    account_id: Uuid,
    state: String,
    since: jiff_sqlx::Timestamp,
    origin_order_id: Uuid,
    origin_request_number: Option<i64>,
    arrived_at: Option<jiff_sqlx::Timestamp>,
    #[sqlx(flatten)]
    config: ConfigRow,
    locked: bool,
    has_port_out_pin: bool,
}

impl TryFrom<Row> for InventoryNumber {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &row.tn, why);
        let state = InventoryState::from_code(&row.state).ok_or_else(|| corrupt(&"unknown state"))?;
        let origin_number = row.origin_request_number.map(|number| {
            let number = u64::try_from(number).map_err(|error| corrupt(&error))?;
            Ok::<_, StoreError>(RequestNumber::new(RequestKind::PortIn, number))
        });
        Ok(Self {
            tn: row.tn.parse().map_err(|error| corrupt(&error))?,
            account: AccountId::from_uuid(row.account_id),
            state,
            since: row.since.to_jiff(),
            origin: OrderId::from_uuid(row.origin_order_id),
            origin_number: origin_number.transpose()?,
            config: row.config.read().map_err(|error| corrupt(&error))?,
            arrived_at: row.arrived_at.map(jiff_sqlx::Timestamp::to_jiff),
            locked: row.locked,
            has_port_out_pin: row.has_port_out_pin,
        })
    }
}

/// Puts numbers in as INCOMING. Those that the same order put in before stay as they are; a number that stands there
/// through another order is a broken inventory, and nothing is put in.
pub(crate) async fn insert_incoming(
    conn: &mut PgConnection,
    numbers: &[IncomingNumber],
) -> Result<(), StoreError> {
    let texts = |field: fn(&IncomingNumber) -> String| numbers.iter().map(field).collect::<Vec<_>>();
    let uuids = |field: fn(&IncomingNumber) -> Uuid| numbers.iter().map(field).collect::<Vec<_>>();
    let config: ConfigColumns = numbers.iter().map(|number| &number.config).collect();
    let since: Vec<_> = numbers.iter().map(|number| number.since.to_sqlx()).collect();
    // The update that changes nothing makes a number of our own count, and one of another order not count.
    let written = sqlx::query(
        "INSERT INTO inventory_number (tn, account_id, state, since, arrived_at, origin_order_id, account_number,
                                       postal_code, end_user_name, capabilities, alias, subaccount, caller_name,
                                       application, emergency_address, agent_name, agent_email)
         SELECT given.tn, given.account_id, 'INCOMING', given.since, given.since, given.origin_order_id,
                given.account_number, given.postal_code, given.end_user_name, given.capabilities, given.alias,
                given.subaccount, given.caller_name, given.application, given.emergency_address, given.agent_name,
                given.agent_email
           FROM UNNEST($1::text[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                       $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                       $15::text[])
                AS given (tn, account_id, since, origin_order_id, account_number, postal_code, end_user_name,
                          capabilities, alias, subaccount, caller_name, application, emergency_address, agent_name,
                          agent_email)
          ORDER BY given.tn
         ON CONFLICT (tn) DO UPDATE SET since = inventory_number.since
          WHERE inventory_number.origin_order_id = excluded.origin_order_id",
    )
    .bind(texts(|number| number.tn.to_string()))
    .bind(uuids(|number| number.account.as_uuid()))
    .bind(since)
    .bind(uuids(|number| number.origin.as_uuid()))
    .bind(texts(|number| number.account_number.clone()))
    .bind(texts(|number| number.postal_code.clone()))
    .bind(texts(|number| number.end_user_name.clone()))
    .bind(config.capabilities)
    .bind(config.alias)
    .bind(config.subaccount)
    .bind(config.caller_name)
    .bind(config.application)
    .bind(config.emergency_address)
    .bind(config.agent_name)
    .bind(config.agent_email)
    .execute(conn)
    .await?
    .rows_affected();
    let order = numbers
        .first()
        .map(|number| number.origin.to_string())
        .unwrap_or_default();
    require(
        written,
        numbers.len(),
        &order,
        "a number is held through another order",
    )
}

/// Puts numbers of `order` in service. Those that were in service already keep their time.
pub(crate) async fn put_in_service(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
    since: Timestamp,
) -> Result<(), StoreError> {
    let written = sqlx::query(
        "UPDATE inventory_number
            SET since = CASE state WHEN 'INCOMING' THEN $3 ELSE since END, state = 'IN_SERVICE'
          WHERE origin_order_id = $1 AND tn = ANY($2)",
    )
    .bind(order.as_uuid())
    .bind(text_of(tns))
    .bind(since.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    require(
        written,
        tns.len(),
        &order.to_string(),
        "a number of the order is not in the inventory",
    )
}

/// Takes back the numbers of `order` that are still INCOMING, these or all: they did not come. Returns how many.
pub(crate) async fn remove_incoming(
    conn: &mut PgConnection,
    order: OrderId,
    tns: Option<&[Tn]>,
) -> Result<u64, StoreError> {
    let removed = sqlx::query(
        "DELETE FROM inventory_number
          WHERE origin_order_id = $1 AND state = 'INCOMING' AND ($2::text[] IS NULL OR tn = ANY($2))",
    )
    .bind(order.as_uuid())
    .bind(tns.map(text_of))
    .execute(conn)
    .await?;
    Ok(removed.rows_affected())
}

/// Those of `tns` that are in the inventory, by number; locked until the transaction ends.
pub(crate) async fn find_for_update(
    conn: &mut PgConnection,
    tns: &[Tn],
) -> Result<Vec<InventoryNumber>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM inventory_number WHERE tn = ANY($1) ORDER BY tn FOR UPDATE"
    ))
    .bind(text_of(tns))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(InventoryNumber::try_from).collect()
}

/// Those of these numbers that are in the inventory, whosever they are.
pub(crate) async fn among(conn: &mut PgConnection, tns: &[Tn]) -> Result<BTreeSet<Tn>, StoreError> {
    let held: Vec<String> = sqlx::query_scalar("SELECT tn FROM inventory_number WHERE tn = ANY($1)")
        .bind(text_of(tns))
        .fetch_all(conn)
        .await?;
    let read = |tn: String| {
        tn.parse()
            .map_err(|error| StoreError::corrupt(TABLE, &tn, &error))
    };
    held.into_iter().map(read).collect()
}

/// Takes numbers that have left by `port_out` out of the account's inventory, and keeps what it said of them. Returns those
/// that were there.
pub(crate) async fn remove_ported_out(
    conn: &mut PgConnection,
    account: AccountId,
    port_out: PortOutId,
    tns: &[Tn],
) -> Result<Vec<Tn>, StoreError> {
    let removed: Vec<String> = sqlx::query_scalar(
        "WITH gone AS (
            DELETE FROM inventory_number WHERE account_id = $1 AND tn = ANY($2) AND state = 'IN_SERVICE' RETURNING *)
         INSERT INTO departed_number (port_out_id, tn, account_id, record)
         SELECT $3, tn, account_id, to_jsonb(gone) FROM gone
         RETURNING tn",
    )
    .bind(account.as_uuid())
    .bind(text_of(tns))
    .bind(port_out.as_uuid())
    .fetch_all(conn)
    .await?;
    Ok(tns
        .iter()
        .filter(|tn| removed.contains(&tn.to_string()))
        .copied()
        .collect())
}

/// Takes numbers of `order` out that were in service and are back with the losing carrier. Those that left before stay
/// gone. Returns how many went.
pub(crate) async fn remove_given_back(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<u64, StoreError> {
    let removed = sqlx::query(
        "DELETE FROM inventory_number WHERE origin_order_id = $1 AND tn = ANY($2) AND state = 'IN_SERVICE'",
    )
    .bind(order.as_uuid())
    .bind(text_of(tns))
    .execute(conn)
    .await?;
    Ok(removed.rows_affected())
}

/// What became of a number that stood in for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandIn {
    /// It was lent by the platform, and left the account.
    Left,
    /// It is the account's own, and stays.
    Stays,
}

/// Gives the configuration and assignment of `temporary`, where it has any, to `tn`; what a number can do stays its own,
/// for that is tested. A stand-in that was lent leaves the inventory; the account's own number stays as it is. `None`, and
/// nothing is changed: the account does not have it in service any more.
pub(crate) async fn take_over(
    conn: &mut PgConnection,
    account: AccountId,
    tn: Tn,
    temporary: Tn,
) -> Result<Option<StandIn>, StoreError> {
    let is_lent: Option<bool> = sqlx::query_scalar(
        "UPDATE inventory_number AS ported
            SET agent_name = coalesce(nullif(stand_in.agent_name, ''), ported.agent_name),
                agent_email = coalesce(nullif(stand_in.agent_email, ''), ported.agent_email),
                alias = coalesce(stand_in.alias, ported.alias),
                subaccount = coalesce(stand_in.subaccount, ported.subaccount),
                caller_name = coalesce(stand_in.caller_name, ported.caller_name),
                application = coalesce(stand_in.application, ported.application),
                emergency_address = coalesce(stand_in.emergency_address, ported.emergency_address)
           FROM inventory_number AS stand_in
          WHERE ported.tn = $1 AND ported.account_id = $3
            AND stand_in.tn = $2 AND stand_in.account_id = $3 AND stand_in.state = 'IN_SERVICE'
         RETURNING stand_in.is_lent",
    )
    .bind(tn.to_string())
    .bind(temporary.to_string())
    .bind(account.as_uuid())
    .fetch_optional(&mut *conn)
    .await?;
    match is_lent {
        None => Ok(None),
        Some(false) => Ok(Some(StandIn::Stays)),
        Some(true) => {
            take_back(conn, account, temporary).await?;
            Ok(Some(StandIn::Left))
        }
    }
}

/// Lends a number of the platform's to an account until an order of it has ported. The number stands in no inventory.
pub(crate) async fn lend(
    conn: &mut PgConnection,
    account: AccountId,
    order: OrderId,
    tn: Tn,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO inventory_number (tn, account_id, state, since, arrived_at, origin_order_id, account_number,
                                       postal_code, end_user_name, is_lent)
         VALUES ($1, $2, 'IN_SERVICE', $3, $3, $4, '', '', '', true)",
    )
    .bind(tn.to_string())
    .bind(account.as_uuid())
    .bind(now.to_sqlx())
    .bind(order.as_uuid())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a number back that was lent; one of the account's own stays.
pub(crate) async fn take_back(conn: &mut PgConnection, account: AccountId, tn: Tn) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM inventory_number WHERE tn = $1 AND account_id = $2 AND is_lent")
        .bind(tn.to_string())
        .bind(account.as_uuid())
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) fn text_of(tns: &[Tn]) -> Vec<String> {
    tns.iter().map(Tn::to_string).collect()
}

pub(super) fn require(written: u64, expected: usize, id: &str, why: &'static str) -> Result<(), StoreError> {
    if u64::try_from(expected).is_ok_and(|expected| written == expected) {
        Ok(())
    } else {
        Err(StoreError::corrupt(TABLE, &id, &why))
    }
}
