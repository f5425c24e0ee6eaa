//! Table `number_holder`: who has which numbers, by their first digits.

use carrier_gateway_domain::NumberPrefix;
use pg::StoreError;
use sqlx::PgConnection;
use types::{CarrierId, Tn};

use super::parsed;

/// Sets the holders of prefixes, each named once; `None`: nobody, so that a shorter prefix holds.
pub(crate) async fn put(
    conn: &mut PgConnection,
    holders: &[(NumberPrefix, Option<CarrierId>)],
) -> Result<(), StoreError> {
    let prefixes: Vec<&str> = holders.iter().map(|(prefix, _)| prefix.as_str()).collect();
    let carriers: Vec<Option<&str>> = holders
        .iter()
        .map(|(_, carrier)| carrier.as_ref().map(CarrierId::as_str))
        .collect();
    // In order, so that two calls about the same prefixes wait for each other in one direction.
    sqlx::query(
        "WITH entry AS (
             SELECT prefix, carrier_id FROM unnest($1::text[], $2::text[]) AS entry (prefix, carrier_id)
         ), gone AS (
             DELETE FROM number_holder USING entry
              WHERE number_holder.prefix = entry.prefix AND entry.carrier_id IS NULL
         )
         INSERT INTO number_holder (prefix, carrier_id)
         SELECT prefix, carrier_id FROM entry WHERE carrier_id IS NOT NULL ORDER BY prefix
         ON CONFLICT (prefix) DO UPDATE SET carrier_id = excluded.carrier_id
          WHERE number_holder.carrier_id <> excluded.carrier_id",
    )
    .bind(prefixes)
    .bind(carriers)
    .execute(conn)
    .await?;
    Ok(())
}

/// The look-up as one statement, shown so that its plan can be checked: for each number four probes of the primary key, the longest prefix that is there wins.
pub const LOOK_UP: &str = "SELECT asked.digits, held.carrier_id
   FROM unnest($1::text[]) WITH ORDINALITY AS asked (digits, nth)
   LEFT JOIN LATERAL (
       SELECT carrier_id FROM number_holder
        WHERE prefix IN (asked.digits, left(asked.digits, 7), left(asked.digits, 6), left(asked.digits, 3))
        ORDER BY length(prefix) DESC LIMIT 1) AS held ON true
  ORDER BY asked.nth";

/// The carrier that has each of these numbers, in their order.
pub(crate) async fn look_up(
    conn: &mut PgConnection,
    tns: &[Tn],
) -> Result<Vec<Option<CarrierId>>, StoreError> {
    let digits: Vec<String> = tns.iter().map(|tn| tn.digits()).collect();
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(LOOK_UP).bind(digits).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(digits, carrier)| {
            carrier
                .map(|carrier| parsed("number_holder", &digits, &carrier))
                .transpose()
        })
        .collect()
}
