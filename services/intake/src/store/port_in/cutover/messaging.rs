//! Messaging of numbers: a leg of its own.

use std::collections::BTreeMap;

use intake_domain::port_in::cutover::MessagingState;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};

use super::texts;

const TABLE: &str = "messaging_leg";

/// How far a number's messaging is, and under which registration.
#[derive(Debug, Clone)]
pub(crate) struct MessagingLeg {
    pub(crate) state: MessagingState,
    pub(crate) campaign_id: String,
}

/// The numbers of an order that are to text, these or all.
pub(crate) async fn wanted(
    conn: &mut PgConnection,
    order: OrderId,
    tns: Option<&[Tn]>,
) -> Result<Vec<Tn>, StoreError> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT tn FROM port_number
          WHERE order_id = $1 AND ($2::text[] IS NULL OR tn = ANY($2)) AND capabilities = 'VOICE_AND_SMS'
            AND state NOT IN ('FAILED', 'RELEASED', 'RETURNED')
          ORDER BY tn",
    )
    .bind(order.as_uuid())
    .bind(tns.map(texts))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|tn| read(order, &tn)).collect()
}

/// Says under which registration numbers text. A leg that is under way or active goes on as it is.
pub(crate) async fn register(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
    campaign_id: &str,
    is_verified: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO messaging_leg AS known (order_id, tn, state, campaign_id, is_verified, since)
         SELECT $1, given.tn, 'WAITING_FOR_REGISTRATION', $3, $4, $5 FROM UNNEST($2::text[]) AS given (tn)
         ON CONFLICT (order_id, tn) DO UPDATE
            SET state = 'WAITING_FOR_REGISTRATION', campaign_id = excluded.campaign_id,
                is_verified = excluded.is_verified, since = excluded.since
          WHERE known.state IN ('WAITING_FOR_REGISTRATION', 'FAILED')",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .bind(campaign_id)
    .bind(is_verified)
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens legs for numbers that have ported and are to text. Those with a registration already keep it.
pub(crate) async fn open(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO messaging_leg (order_id, tn, state, since)
         SELECT order_id, tn, 'WAITING_FOR_REGISTRATION', $3 FROM port_number
          WHERE order_id = $1 AND tn = ANY($2) AND capabilities = 'VOICE_AND_SMS'
         ON CONFLICT (order_id, tn) DO NOTHING",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Starts the legs that wait for nothing any more: ported, and their registration verified. Returns them by campaign.
pub(crate) async fn start(
    conn: &mut PgConnection,
    order: OrderId,
    now: Timestamp,
) -> Result<BTreeMap<String, Vec<Tn>>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "UPDATE messaging_leg AS leg SET state = 'REQUESTED', since = $2
           FROM port_number AS number
          WHERE leg.order_id = $1 AND number.order_id = leg.order_id AND number.tn = leg.tn
            AND leg.state = 'WAITING_FOR_REGISTRATION' AND leg.is_verified AND number.state = 'PORTED'
         RETURNING leg.campaign_id, leg.tn",
    )
    .bind(order.as_uuid())
    .bind(now.to_sqlx())
    .fetch_all(conn)
    .await?;
    let mut started: BTreeMap<String, Vec<Tn>> = BTreeMap::new();
    for (campaign, tn) in rows {
        started.entry(campaign).or_default().push(read(order, &tn)?);
    }
    for tns in started.values_mut() {
        tns.sort_unstable();
    }
    Ok(started)
}

/// Ends legs that were asked for, active or failed; a later test can turn one into the other.
pub(crate) async fn settle(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
    state: MessagingState,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE messaging_leg SET state = $3, since = $4
          WHERE order_id = $1 AND tn = ANY($2) AND state <> $3 AND state <> 'WAITING_FOR_REGISTRATION'",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .bind(state.code())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The legs of some numbers of an order.
pub(crate) async fn list(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<BTreeMap<Tn, MessagingLeg>, StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT tn, state, campaign_id FROM messaging_leg WHERE order_id = $1 AND tn = ANY($2)",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(tn, state, campaign_id)| {
            let known = MessagingState::ALL
                .into_iter()
                .find(|known| known.code() == state);
            let state = known.ok_or_else(|| StoreError::corrupt(TABLE, &order, &"unknown state"))?;
            Ok((read(order, &tn)?, MessagingLeg { state, campaign_id }))
        })
        .collect()
}

fn read(order: OrderId, tn: &str) -> Result<Tn, StoreError> {
    tn.parse()
        .map_err(|error| StoreError::corrupt(TABLE, &order, &error))
}
