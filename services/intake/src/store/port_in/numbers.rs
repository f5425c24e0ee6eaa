//! The numbers of an order: up to 20,000, each statement for all of them.

use std::collections::{BTreeMap, HashMap};

use intake_domain::port_in::{NumberState, Order, OrderNumber};
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Secret, Tn};
use vault::Vault;

use super::secrets::{Place, kept};

const TABLE: &str = "port_number";

#[derive(sqlx::FromRow)]
struct Row {
    tn: String,
    state: String,
    pin_masked: Option<String>,
    agent_name: Option<String>,
    agent_email: Option<String>,
    country: Option<String>,
    area: Option<String>,
}

/// The numbers of an order, as they were given.
pub(super) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<OrderNumber>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tn, state, pin_masked, agent_name, agent_email, country, area
           FROM port_number WHERE order_id = $1 ORDER BY position",
    )
    .bind(order.as_uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| read(order, row)).collect()
}

fn read(order: OrderId, row: Row) -> Result<OrderNumber, StoreError> {
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &order, why);
    let state = NumberState::ALL
        .into_iter()
        .find(|state| state.code() == row.state);
    Ok(OrderNumber {
        tn: row.tn.parse().map_err(|error| corrupt(&error))?,
        state: state.ok_or_else(|| corrupt(&"unknown state"))?,
        pin: kept(row.pin_masked),
        agent_name: row
            .agent_name
            .map(|name| name.parse())
            .transpose()
            .map_err(|error| corrupt(&error))?,
        agent_email: row
            .agent_email
            .map(|email| email.parse())
            .transpose()
            .map_err(|error| corrupt(&error))?,
        country: row
            .country
            .map(|country| country.parse())
            .transpose()
            .map_err(|error| corrupt(&error))?,
        area: row
            .area
            .map(|area| area.parse())
            .transpose()
            .map_err(|error| corrupt(&error))?,
    })
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
    let (mut added, mut moved, mut with_new_pin) = (Vec::new(), Vec::new(), Vec::new());
    for (position, number) in order.record().numbers.iter().enumerate() {
        match gone.remove(&number.tn) {
            None => added.push((position, number)),
            Some(known) => {
                if known.state != number.state {
                    moved.push(number);
                }
                if known.pin != number.pin {
                    with_new_pin.push(number);
                }
            }
        }
    }
    let gone: Vec<Tn> = gone.into_keys().collect();
    delete(conn, id, &gone).await?;
    insert(conn, vault, id, &added).await?;
    save_states(conn, id, &moved).await?;
    for number in with_new_pin {
        save_pin(conn, vault, id, number).await?;
    }
    Ok(())
}

async fn insert(
    conn: &mut PgConnection,
    vault: &Vault,
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
    let (mut sealed, mut masked) = (Vec::new(), Vec::new());
    for (_, number) in numbers {
        let columns = Place::Pin(order, number.tn).columns(vault, number.pin.as_ref())?;
        sealed.push(columns.sealed);
        masked.push(columns.masked);
    }
    let written = sqlx::query(
        "INSERT INTO port_number (order_id, tn, position, state, pin_sealed, pin_masked, agent_name, agent_email,
                                  country, area)
         SELECT $1, given.*
           FROM UNNEST($2::text[], $3::integer[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::text[]) AS given",
    )
    .bind(order.as_uuid())
    .bind(texts(|number| Some(number.tn.to_string())))
    .bind(positions)
    .bind(texts(|number| Some(number.state.code().to_owned())))
    .bind(sealed)
    .bind(masked)
    .bind(texts(|number| number.agent_name.as_ref().map(ToString::to_string)))
    .bind(texts(|number| number.agent_email.as_ref().map(ToString::to_string)))
    .bind(texts(|number| number.country.map(|country| country.to_string())))
    .bind(texts(|number| number.area.as_ref().map(ToString::to_string)))
    .execute(conn)
    .await?
    .rows_affected();
    require(written, numbers.len())
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

async fn save_pin(
    conn: &mut PgConnection,
    vault: &Vault,
    order: OrderId,
    number: &OrderNumber,
) -> Result<(), StoreError> {
    let columns = Place::Pin(order, number.tn).columns(vault, number.pin.as_ref())?;
    let updated = sqlx::query(
        "UPDATE port_number SET pin_sealed = $3, pin_masked = $4 WHERE order_id = $1 AND tn = $2",
    )
    .bind(order.as_uuid())
    .bind(number.tn.to_string())
    .bind(columns.sealed)
    .bind(columns.masked)
    .execute(conn)
    .await?
    .rows_affected();
    require(updated, 1)
}

/// The PINs of those of these numbers that have one, opened.
pub(crate) async fn open_pins(
    conn: &mut PgConnection,
    vault: &Vault,
    order: OrderId,
    tns: &[Tn],
) -> Result<BTreeMap<Tn, Secret>, StoreError> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT tn, pin_sealed FROM port_number
          WHERE order_id = $1 AND tn = ANY($2) AND pin_sealed IS NOT NULL",
    )
    .bind(order.as_uuid())
    .bind(tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let mut pins = BTreeMap::new();
    for (tn, sealed) in rows {
        let tn: Tn = tn
            .parse()
            .map_err(|error| StoreError::corrupt(TABLE, &order, &error))?;
        if let Some(pin) = Place::Pin(order, tn).open(vault, Some(sealed))? {
            pins.insert(tn, pin);
        }
    }
    Ok(pins)
}

fn require(written: u64, expected: usize) -> Result<(), StoreError> {
    if u64::try_from(expected).is_ok_and(|expected| written == expected) {
        Ok(())
    } else {
        Err(StoreError::Stale("the numbers of the order"))
    }
}
