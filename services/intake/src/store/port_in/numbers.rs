//! The numbers of an order: up to 20,000, each statement for all of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use intake_domain::port_in::{NumberState, Order, OrderNumber};
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Secret, Tn};
use vault::Vault;

use super::number_row::{ConfigColumns, NumberRow, TABLE, text};
use super::secrets::Place;

/// The numbers of an order, as they were given.
pub(super) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<OrderNumber>, StoreError> {
    let rows: Vec<NumberRow> = sqlx::query_as(
        "SELECT tn, state, pin_masked, country, area, own_losing_carrier, own_account_masked, own_btn,
                own_authorized_by, own_resp_org, own_part, capabilities, alias, subaccount, caller_name, application,
                emergency_address, agent_name, agent_email
           FROM port_number WHERE order_id = $1 ORDER BY position",
    )
    .bind(order.as_uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.into_number(order)).collect()
}

/// The numbers of a parent that are in its children, each with its child, in the order of children.
pub(crate) async fn list_of_children(
    conn: &mut PgConnection,
    parent: OrderId,
) -> Result<Vec<(OrderId, OrderNumber)>, StoreError> {
    let rows: Vec<ChildNumberRow> = sqlx::query_as(
        "SELECT port_number.order_id, tn, port_number.state, pin_masked, country, area, own_losing_carrier,
                own_account_masked, own_btn, own_authorized_by, own_resp_org, own_part, capabilities, alias, subaccount,
                caller_name, application, emergency_address, agent_name, agent_email
           FROM port_order JOIN port_number ON port_number.order_id = port_order.order_id
          WHERE parent_order_id = $1 ORDER BY request_number, position",
    )
    .bind(parent.as_uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let child = OrderId::from_uuid(row.order_id);
            Ok((child, row.number.into_number(child)?))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct ChildNumberRow {
    order_id: uuid::Uuid,
    #[sqlx(flatten)]
    number: NumberRow,
}

/// Those of these numbers that an order has.
pub(crate) async fn which_are_in(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<HashSet<Tn>, StoreError> {
    let found: Vec<String> =
        sqlx::query_scalar("SELECT tn FROM port_number WHERE order_id = $1 AND tn = ANY($2)")
            .bind(order.as_uuid())
            .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
            .fetch_all(conn)
            .await?;
    let parsed = found.iter().map(|tn| tn.parse());
    let parsed: Result<HashSet<Tn>, _> = parsed.collect();
    parsed.map_err(|error: types::InvalidValue| StoreError::corrupt(TABLE, &order, &error))
}

/// Writes what is different between two versions of an order, which this transaction has locked.
pub(super) async fn save(
    conn: &mut PgConnection,
    vault: &Vault,
    before: &Order,
    order: &Order,
) -> Result<(), StoreError> {
    let id = order.record().id;
    let mut gone: HashMap<Tn, &OrderNumber> = before
        .record()
        .numbers
        .iter()
        .map(|number| (number.tn, number))
        .collect();
    let (mut added, mut moved, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    for (position, number) in order.record().numbers.iter().enumerate() {
        match gone.remove(&number.tn) {
            None => added.push((position, number)),
            Some(known) => {
                if known.state != number.state {
                    moved.push(number);
                }
                let is_same = known.pin == number.pin
                    && known.config == number.config
                    && known.overrides == number.overrides;
                if !is_same {
                    changed.push(number);
                }
            }
        }
    }
    let gone: Vec<Tn> = gone.into_keys().collect();
    delete(conn, id, &gone).await?;
    insert(conn, id, &added).await?;
    save_states(conn, id, &moved).await?;
    changed.extend(added.iter().map(|(_, number)| *number));
    save_values(conn, vault, id, &changed).await
}

/// Rows with what a number is; what is said of it follows.
async fn insert(
    conn: &mut PgConnection,
    order: OrderId,
    numbers: &[(usize, &OrderNumber)],
) -> Result<(), StoreError> {
    if numbers.is_empty() {
        return Ok(());
    }
    let texts = |field: fn(&OrderNumber) -> Option<String>| {
        numbers
            .iter()
            .map(|(_, number)| field(number))
            .collect::<Vec<_>>()
    };
    let positions: Vec<i32> = numbers
        .iter()
        .map(|(position, _)| i32::try_from(*position).unwrap_or(i32::MAX))
        .collect();
    let written = sqlx::query(
        "INSERT INTO port_number (order_id, tn, position, state, country, area)
         SELECT $1, given.*
           FROM UNNEST($2::text[], $3::integer[], $4::text[], $5::text[], $6::text[]) AS given",
    )
    .bind(order.as_uuid())
    .bind(texts(|number| Some(number.tn.to_string())))
    .bind(positions)
    .bind(texts(|number| Some(number.state.code().to_owned())))
    .bind(texts(|number| text(number.country.as_ref())))
    .bind(texts(|number| text(number.area.as_ref())))
    .execute(conn)
    .await?
    .rows_affected();
    require(written, numbers.len())
}

/// PIN, configuration and overrides. A secret that is stored stays as it is.
async fn save_values(
    conn: &mut PgConnection,
    vault: &Vault,
    order: OrderId,
    numbers: &[&OrderNumber],
) -> Result<(), StoreError> {
    if numbers.is_empty() {
        return Ok(());
    }
    let texts = |field: fn(&OrderNumber) -> Option<String>| {
        numbers.iter().map(|number| field(number)).collect::<Vec<_>>()
    };
    let (mut pins, mut accounts) = (SecretColumns::default(), SecretColumns::default());
    for number in numbers {
        pins.push(Place::Pin(order, number.tn).columns(vault, number.pin.as_ref())?);
        let account = number.overrides.account_number.as_ref();
        accounts.push(Place::OwnAccountNumber(order, number.tn).columns(vault, account)?);
    }
    let config: ConfigColumns = numbers.iter().map(|number| &number.config).collect();
    let written = sqlx::query(
        "UPDATE port_number AS known
            SET pin_sealed = CASE WHEN given.keeps_pin THEN known.pin_sealed ELSE given.pin_sealed END,
                pin_masked = CASE WHEN given.keeps_pin THEN known.pin_masked ELSE given.pin_masked END,
                own_account_sealed = CASE WHEN given.keeps_account THEN known.own_account_sealed
                                          ELSE given.account_sealed END,
                own_account_masked = CASE WHEN given.keeps_account THEN known.own_account_masked
                                          ELSE given.account_masked END,
                own_losing_carrier = given.own_losing_carrier, own_btn = given.own_btn,
                own_authorized_by = given.own_authorized_by, own_resp_org = given.own_resp_org,
                own_part = given.own_part, capabilities = given.capabilities, alias = given.alias,
                subaccount = given.subaccount, caller_name = given.caller_name, application = given.application,
                emergency_address = given.emergency_address, agent_name = given.agent_name,
                agent_email = given.agent_email
           FROM UNNEST($2::text[], $3::boolean[], $4::bytea[], $5::text[], $6::boolean[], $7::bytea[], $8::text[],
                       $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                       $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])
                AS given (tn, keeps_pin, pin_sealed, pin_masked, keeps_account, account_sealed, account_masked,
                          own_losing_carrier, own_btn, own_authorized_by, own_resp_org, own_part, capabilities, alias,
                          subaccount, caller_name, application, emergency_address, agent_name, agent_email)
          WHERE known.order_id = $1 AND known.tn = given.tn",
    )
    .bind(order.as_uuid())
    .bind(texts(|number| Some(number.tn.to_string())))
    .bind(pins.is_stored)
    .bind(pins.sealed)
    .bind(pins.masked)
    .bind(accounts.is_stored)
    .bind(accounts.sealed)
    .bind(accounts.masked)
    .bind(texts(|number| text(number.overrides.losing_carrier.as_ref())))
    .bind(texts(|number| text(number.overrides.btn.as_ref())))
    .bind(texts(|number| text(number.overrides.authorized_by.as_ref())))
    .bind(texts(|number| text(number.overrides.resp_org.as_ref())))
    .bind(texts(|number| text(number.overrides.part.as_ref())))
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
    require(written, numbers.len())
}

/// Secrets of several numbers, a column each.
#[derive(Default)]
struct SecretColumns {
    is_stored: Vec<bool>,
    sealed: Vec<Option<Vec<u8>>>,
    masked: Vec<Option<String>>,
}

impl SecretColumns {
    fn push(&mut self, one: super::secrets::Columns) {
        self.is_stored.push(one.is_stored);
        self.sealed.push(one.sealed);
        self.masked.push(one.masked);
    }
}

async fn delete(conn: &mut PgConnection, order: OrderId, tns: &[Tn]) -> Result<(), StoreError> {
    if tns.is_empty() {
        return Ok(());
    }
    let deleted = sqlx::query("DELETE FROM port_number WHERE order_id = $1 AND tn = ANY($2)")
        .bind(order.as_uuid())
        .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    require(deleted, tns.len())
}

async fn save_states(
    conn: &mut PgConnection,
    order: OrderId,
    numbers: &[&OrderNumber],
) -> Result<(), StoreError> {
    let mut by_state: BTreeMap<NumberState, Vec<String>> = BTreeMap::new();
    for number in numbers {
        by_state
            .entry(number.state)
            .or_default()
            .push(number.tn.to_string());
    }
    for (state, tns) in by_state {
        let count = tns.len();
        let updated = sqlx::query("UPDATE port_number SET state = $3 WHERE order_id = $1 AND tn = ANY($2)")
            .bind(order.as_uuid())
            .bind(tns)
            .bind(state.code())
            .execute(&mut *conn)
            .await?
            .rows_affected();
        require(updated, count)?;
    }
    Ok(())
}

/// The PINs of those of these numbers that have one, opened.
pub(crate) async fn open_pins(
    conn: &mut PgConnection,
    vault: &Vault,
    order: OrderId,
    tns: &[Tn],
) -> Result<BTreeMap<Tn, Secret>, StoreError> {
    const PINS: &str = "SELECT tn, pin_sealed FROM port_number
          WHERE order_id = $1 AND tn = ANY($2) AND pin_sealed IS NOT NULL";
    open(conn, vault, order, (PINS, tns), Place::Pin).await
}

/// The account numbers of those of these numbers that have one of their own, opened.
pub(crate) async fn open_own_account_numbers(
    conn: &mut PgConnection,
    vault: &Vault,
    order: OrderId,
    tns: &[Tn],
) -> Result<BTreeMap<Tn, Secret>, StoreError> {
    const ACCOUNTS: &str = "SELECT tn, own_account_sealed FROM port_number
          WHERE order_id = $1 AND tn = ANY($2) AND own_account_sealed IS NOT NULL";
    open(conn, vault, order, (ACCOUNTS, tns), Place::OwnAccountNumber).await
}

async fn open(
    conn: &mut PgConnection,
    vault: &Vault,
    order: OrderId,
    (select, tns): (&'static str, &[Tn]),
    place: fn(OrderId, Tn) -> Place,
) -> Result<BTreeMap<Tn, Secret>, StoreError> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(select)
        .bind(order.as_uuid())
        .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    let mut secrets = BTreeMap::new();
    for (tn, sealed) in rows {
        let tn: Tn = tn
            .parse()
            .map_err(|error| StoreError::corrupt(TABLE, &order, &error))?;
        if let Some(secret) = place(order, tn).open(vault, Some(sealed))? {
            secrets.insert(tn, secret);
        }
    }
    Ok(secrets)
}

fn require(written: u64, expected: usize) -> Result<(), StoreError> {
    if u64::try_from(expected).is_ok_and(|expected| written == expected) {
        Ok(())
    } else {
        Err(StoreError::Stale("the numbers of the order"))
    }
}
