//! Carriers, as the gateway last told of them.

use std::collections::BTreeMap;

use calendar::{BusinessHours, DayOverride};
use intake_domain::carrier::{AsksFor, CarrierProfile, Network};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::CarrierId;

const TABLE: &str = "carrier";

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
struct Row {
    carrier_id: String,
    name: String,
    spid: String,
    network: String,
    pin_required: bool,
    account_number_required: bool,
    loa_required: bool,
    interval_days: i32,
    closed_on: Vec<jiff_sqlx::Date>,
    works_on: Vec<jiff_sqlx::Date>,
    answers_per_number: bool,
    bill_age_max_days: Option<i32>,
    activation_opens: Option<jiff_sqlx::Time>,
    activation_closes: Option<jiff_sqlx::Time>,
    resp_org: Option<String>,
}

impl TryFrom<Row> for CarrierProfile {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &row.carrier_id, why);
        let network = Network::ALL
            .into_iter()
            .find(|network| network.code() == row.network);
        let closed = row
            .closed_on
            .iter()
            .map(|day| (day.to_jiff(), DayOverride::Closed));
        let open = row.works_on.iter().map(|day| (day.to_jiff(), DayOverride::Open));
        let window = row
            .activation_opens
            .zip(row.activation_closes)
            .map(|(opens, closes)| {
                BusinessHours::new(opens.to_jiff(), closes.to_jiff())
                    .ok_or_else(|| corrupt(&"it activates in no hours"))
            });
        let bill_age = row
            .bill_age_max_days
            .map(|days| u16::try_from(days).and_then(TryInto::try_into));
        Ok(Self {
            id: row.carrier_id.parse().map_err(|error| corrupt(&error))?,
            spid: row.spid.parse().map_err(|error| corrupt(&error))?,
            network: network.ok_or_else(|| corrupt(&"unknown network"))?,
            asks_for: AsksFor {
                pin: row.pin_required,
                account_number: row.account_number_required,
                loa: row.loa_required,
            },
            interval_days: u16::try_from(row.interval_days).map_err(|error| corrupt(&error))?,
            days: closed.chain(open).collect(),
            answers_per_number: row.answers_per_number,
            bill_age_max_days: bill_age.transpose().map_err(|error| corrupt(&error))?,
            activates_on_demand: window.transpose()?,
            resp_org: row.resp_org,
            name: row.name,
        })
    }
}

/// Adds a carrier, or replaces all that was known of it.
pub(crate) async fn put(conn: &mut PgConnection, carrier: &CarrierProfile) -> Result<(), StoreError> {
    let window = carrier.activates_on_demand;
    sqlx::query(
        "INSERT INTO carrier (carrier_id, name, spid, network, pin_required, account_number_required, loa_required,
                              interval_days, closed_on, works_on, answers_per_number, bill_age_max_days,
                              activation_opens, activation_closes, resp_org)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (carrier_id) DO UPDATE
            SET name = excluded.name, spid = excluded.spid, network = excluded.network,
                pin_required = excluded.pin_required, account_number_required = excluded.account_number_required,
                loa_required = excluded.loa_required, interval_days = excluded.interval_days,
                closed_on = excluded.closed_on, works_on = excluded.works_on,
                answers_per_number = excluded.answers_per_number, bill_age_max_days = excluded.bill_age_max_days,
                activation_opens = excluded.activation_opens, activation_closes = excluded.activation_closes,
                resp_org = excluded.resp_org",
    )
    .bind(carrier.id.as_str())
    .bind(&carrier.name)
    .bind(carrier.spid.as_str())
    .bind(carrier.network.code())
    .bind(carrier.asks_for.pin)
    .bind(carrier.asks_for.account_number)
    .bind(carrier.asks_for.loa)
    .bind(i32::from(carrier.interval_days))
    .bind(days_of(&carrier.days, DayOverride::Closed))
    .bind(days_of(&carrier.days, DayOverride::Open))
    .bind(carrier.answers_per_number)
    .bind(carrier.bill_age_max_days.map(|days| i32::from(days.get())))
    .bind(window.map(|window| window.opens().to_sqlx()))
    .bind(window.map(|window| window.closes().to_sqlx()))
    .bind(&carrier.resp_org)
    .execute(conn)
    .await?;
    Ok(())
}

fn days_of(days: &BTreeMap<Date, DayOverride>, wanted: DayOverride) -> Vec<jiff_sqlx::Date> {
    let those = days.iter().filter(|(_, day)| **day == wanted);
    those.map(|(date, _)| date.to_sqlx()).collect()
}

/// The carrier, if the gateway has told of it.
pub(crate) async fn find(
    conn: &mut PgConnection,
    id: &CarrierId,
) -> Result<Option<CarrierProfile>, StoreError> {
    Ok(list(conn, std::slice::from_ref(id)).await?.pop())
}

/// Those of these carriers that the gateway has told of.
pub(crate) async fn list(
    conn: &mut PgConnection,
    ids: &[CarrierId],
) -> Result<Vec<CarrierProfile>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT carrier_id, name, spid, network, pin_required, account_number_required, loa_required, interval_days,
                closed_on, works_on, answers_per_number, bill_age_max_days, activation_opens, activation_closes,
                resp_org
           FROM carrier WHERE carrier_id = ANY($1)",
    )
    .bind(ids.iter().map(CarrierId::as_str).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(CarrierProfile::try_from).collect()
}

/// Whether the gateway has told of any carrier.
pub(crate) async fn is_any_known(conn: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM carrier)")
        .fetch_one(conn)
        .await?)
}
