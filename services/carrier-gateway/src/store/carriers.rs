//! Table `carrier`.

use carrier_gateway_domain::Carrier;
use pg::StoreError;
use reasons::Network;
use sqlx::PgConnection;
use types::CarrierId;

use super::parsed;

#[derive(sqlx::FromRow)]
struct CarrierRow {
    carrier_id: String,
    name: String,
    spid: String,
    network: String,
    code_list: String,
    pin_required: bool,
    account_number_required: bool,
}

impl TryFrom<CarrierRow> for Carrier {
    type Error = StoreError;

    fn try_from(row: CarrierRow) -> Result<Self, StoreError> {
        let network = [Network::Wireless, Network::Wireline]
            .into_iter()
            .find(|network| network.code() == row.network)
            .ok_or_else(|| StoreError::corrupt("carrier", &row.carrier_id, &"no such network"))?;
        Ok(Self {
            id: parsed("carrier", &row.carrier_id, &row.carrier_id)?,
            spid: parsed("carrier", &row.carrier_id, &row.spid)?,
            network,
            code_list: parsed("carrier", &row.carrier_id, &row.code_list)?,
            name: row.name,
            pin_required: row.pin_required,
            account_number_required: row.account_number_required,
        })
    }
}

/// Adds a carrier, or replaces what is known of it except whose code list it uses. Returns it as it is now.
pub(crate) async fn put(conn: &mut PgConnection, carrier: &Carrier) -> Result<Carrier, StoreError> {
    sqlx::query_as::<_, CarrierRow>(
        "INSERT INTO carrier (carrier_id, name, spid, network, code_list, pin_required, account_number_required)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (carrier_id) DO UPDATE
            SET name = excluded.name, spid = excluded.spid, network = excluded.network,
                pin_required = excluded.pin_required,
                account_number_required = excluded.account_number_required
         RETURNING carrier_id, name, spid, network, code_list, pin_required, account_number_required",
    )
    .bind(carrier.id.as_str())
    .bind(&carrier.name)
    .bind(carrier.spid.as_str())
    .bind(carrier.network.code())
    .bind(carrier.code_list.as_str())
    .bind(carrier.pin_required)
    .bind(carrier.account_number_required)
    .fetch_one(conn)
    .await?
    .try_into()
}

/// A page of carriers by id, after the carrier `after`.
pub(crate) async fn list(
    conn: &mut PgConnection,
    after: &str,
    limit: i64,
) -> Result<Vec<Carrier>, StoreError> {
    sqlx::query_as::<_, CarrierRow>(
        "SELECT carrier_id, name, spid, network, code_list, pin_required, account_number_required
           FROM carrier WHERE carrier_id COLLATE \"C\" > $1 ORDER BY carrier_id COLLATE \"C\" LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Carrier::try_from)
    .collect()
}

/// The carrier, if it is known.
pub(crate) async fn find(conn: &mut PgConnection, id: &CarrierId) -> Result<Option<Carrier>, StoreError> {
    sqlx::query_as::<_, CarrierRow>(
        "SELECT carrier_id, name, spid, network, code_list, pin_required, account_number_required
           FROM carrier WHERE carrier_id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?
    .map(Carrier::try_from)
    .transpose()
}
