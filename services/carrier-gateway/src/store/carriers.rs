//! Table `carrier`.

use std::num::NonZeroU16;

use calendar::{BusinessHours, DayOverride};
use carrier_gateway_domain::{Activation, AsksFor, Carrier, Network};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::{FromRow, PgConnection, Row};
use types::{CarrierId, Spid};
use uuid::Uuid;

use super::parsed;

/// Every column of a carrier that the domain knows.
macro_rules! carrier_columns {
    () => {
        "carrier_id, name, spid, network, code_list, pin_required, account_number_required, loa_required, \
         interval_days, closed_on, works_on, answers_per_number, bill_age_max_days, activates_on_demand, \
         activation_opens, activation_closes, resp_org"
    };
}

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "columns")]
pub(super) struct CarrierRow {
    carrier_id: String,
    name: String,
    spid: String,
    network: String,
    code_list: String,
    pin_required: bool,
    account_number_required: bool,
    loa_required: bool,
    interval_days: Option<i16>,
    closed_on: Vec<jiff_sqlx::Date>,
    works_on: Vec<jiff_sqlx::Date>,
    answers_per_number: bool,
    bill_age_max_days: Option<i16>,
    activates_on_demand: bool,
    activation_opens: jiff_sqlx::Time,
    activation_closes: jiff_sqlx::Time,
    resp_org: Option<String>,
}

impl TryFrom<CarrierRow> for Carrier {
    type Error = StoreError;

    fn try_from(row: CarrierRow) -> Result<Self, StoreError> {
        let corrupt = |why: &str| StoreError::corrupt("carrier", &row.carrier_id, &why);
        let days_max = |days: Option<i16>| days.and_then(|days| NonZeroU16::new(days.unsigned_abs()));
        let closed = row
            .closed_on
            .iter()
            .map(|day| (day.to_jiff(), DayOverride::Closed));
        let open = row.works_on.iter().map(|day| (day.to_jiff(), DayOverride::Open));
        let hours = BusinessHours::new(row.activation_opens.to_jiff(), row.activation_closes.to_jiff());
        Ok(Self {
            id: parsed("carrier", &row.carrier_id, &row.carrier_id)?,
            spid: parsed("carrier", &row.carrier_id, &row.spid)?,
            network: Network::ALL
                .into_iter()
                .find(|network| network.code() == row.network)
                .ok_or_else(|| corrupt("no such network"))?,
            code_list: parsed("carrier", &row.carrier_id, &row.code_list)?,
            asks_for: AsksFor {
                pin: row.pin_required,
                account_number: row.account_number_required,
                loa: row.loa_required,
            },
            interval_days: days_max(row.interval_days),
            days: closed.chain(open).collect(),
            answers_per_number: row.answers_per_number,
            bill_age_max_days: days_max(row.bill_age_max_days),
            activation: Activation {
                hours: hours.ok_or_else(|| corrupt("it closes before it opens"))?,
                is_on_demand: row.activates_on_demand,
            },
            name: row.name,
            resp_org: row.resp_org,
        })
    }
}

/// A carrier as it is kept, with what its events are about.
#[derive(Debug)]
pub(crate) struct KnownCarrier {
    pub(crate) carrier: Carrier,
    pub(crate) subject: Uuid,
    pub(crate) is_announced: bool,
}

/// Adds a carrier unless there is one of its id; then nothing happens to that one.
pub(crate) async fn insert(conn: &mut PgConnection, carrier: &Carrier) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO carrier (carrier_id, name, spid, network, code_list, pin_required, account_number_required,
                resp_org)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (carrier_id) DO NOTHING",
    )
    .bind(carrier.id.as_str())
    .bind(&carrier.name)
    .bind(carrier.spid.as_str())
    .bind(carrier.network.code())
    .bind(carrier.code_list.as_str())
    .bind(carrier.asks_for.pin)
    .bind(carrier.asks_for.account_number)
    .bind(&carrier.resp_org)
    .execute(conn)
    .await?;
    Ok(())
}

/// The carrier, locked.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    id: &CarrierId,
) -> Result<Option<KnownCarrier>, StoreError> {
    sqlx::query(concat!(
        "SELECT subject_id, is_announced, ",
        carrier_columns!(),
        " FROM carrier WHERE carrier_id = $1 FOR UPDATE"
    ))
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?
    .map(|row| known(&row))
    .transpose()
}

/// Carriers that were never announced, locked; those that another replica is at are left to it.
pub(crate) async fn lock_not_announced(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<KnownCarrier>, StoreError> {
    sqlx::query(concat!(
        "SELECT subject_id, is_announced, ",
        carrier_columns!(),
        " FROM carrier WHERE NOT is_announced ORDER BY carrier_id LIMIT $1 FOR UPDATE SKIP LOCKED"
    ))
    .bind(limit)
    .fetch_all(conn)
    .await?
    .iter()
    .map(known)
    .collect()
}

fn known(row: &sqlx::postgres::PgRow) -> Result<KnownCarrier, StoreError> {
    Ok(KnownCarrier {
        carrier: CarrierRow::from_row(row)?.try_into()?,
        subject: row.try_get("subject_id")?,
        is_announced: row.try_get("is_announced")?,
    })
}

/// Writes what is known of a locked carrier, except whose code list it uses, and that it was announced so.
pub(crate) async fn save(conn: &mut PgConnection, carrier: &Carrier) -> Result<(), StoreError> {
    let days = |kind| carrier.days_of(kind).map(ToSqlx::to_sqlx).collect::<Vec<_>>();
    let days_max = |days: Option<NonZeroU16>| days.map(|days| i32::from(days.get()));
    let updated = sqlx::query(
        "UPDATE carrier
            SET name = $2, spid = $3, network = $4, pin_required = $5, account_number_required = $6,
                loa_required = $7, interval_days = $8, closed_on = $9, works_on = $10, answers_per_number = $11,
                bill_age_max_days = $12, activates_on_demand = $13, activation_opens = $14,
                activation_closes = $15, resp_org = $16, is_announced = true
          WHERE carrier_id = $1",
    )
    .bind(carrier.id.as_str())
    .bind(&carrier.name)
    .bind(carrier.spid.as_str())
    .bind(carrier.network.code())
    .bind(carrier.asks_for.pin)
    .bind(carrier.asks_for.account_number)
    .bind(carrier.asks_for.loa)
    .bind(days_max(carrier.interval_days))
    .bind(days(DayOverride::Closed))
    .bind(days(DayOverride::Open))
    .bind(carrier.answers_per_number)
    .bind(days_max(carrier.bill_age_max_days))
    .bind(carrier.activation.is_on_demand)
    .bind(carrier.activation.hours.opens().to_sqlx())
    .bind(carrier.activation.hours.closes().to_sqlx())
    .bind(&carrier.resp_org)
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the carrier"))
    }
}

/// A page of carriers by id, after the carrier `after`.
pub(crate) async fn list(
    conn: &mut PgConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<Carrier>, StoreError> {
    sqlx::query_as::<_, CarrierRow>(concat!(
        "SELECT ",
        carrier_columns!(),
        " FROM carrier WHERE carrier_id COLLATE \"C\" > $1 ORDER BY carrier_id COLLATE \"C\" LIMIT $2"
    ))
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Carrier::try_from)
    .collect()
}

/// Those of these carriers that are known, in no order.
pub(crate) async fn list_by_id(conn: &mut PgConnection, ids: &[&str]) -> Result<Vec<Carrier>, StoreError> {
    sqlx::query_as::<_, CarrierRow>(concat!(
        "SELECT ",
        carrier_columns!(),
        " FROM carrier WHERE carrier_id = ANY($1)"
    ))
    .bind(ids)
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Carrier::try_from)
    .collect()
}

/// The carrier, if it is known.
pub(crate) async fn find(conn: &mut PgConnection, id: &CarrierId) -> Result<Option<Carrier>, StoreError> {
    sqlx::query_as::<_, CarrierRow>(concat!(
        "SELECT ",
        carrier_columns!(),
        " FROM carrier WHERE carrier_id = $1"
    ))
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?
    .map(Carrier::try_from)
    .transpose()
}

/// The carrier of a SPID, if it is known.
pub(crate) async fn find_by_spid(
    conn: &mut PgConnection,
    spid: &Spid,
) -> Result<Option<Carrier>, StoreError> {
    sqlx::query_as::<_, CarrierRow>(concat!(
        "SELECT ",
        carrier_columns!(),
        " FROM carrier WHERE spid = $1"
    ))
    .bind(spid.as_str())
    .fetch_optional(conn)
    .await?
    .map(Carrier::try_from)
    .transpose()
}
