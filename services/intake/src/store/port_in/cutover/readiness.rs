//! What accounts demand of numbers before the cut-over, and what is known of the numbers.

use std::collections::BTreeMap;

use intake_domain::port_in::cutover::{Demand, NumberReadiness, Policy};
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, OrderId, Tn};

use super::texts;

const TABLE: &str = "readiness_policy";

type Row = (String, String, String, String);

fn policy(account: AccountId, row: &Row) -> Result<Policy, StoreError> {
    let demand = |code: &str| {
        let found = Demand::ALL.into_iter().find(|demand| demand.code() == code);
        found.ok_or_else(|| StoreError::corrupt(TABLE, &account, &"unknown demand"))
    };
    Ok(Policy {
        routing: demand(&row.0)?,
        emergency: demand(&row.1)?,
        caller_name: demand(&row.2)?,
        messaging: demand(&row.3)?,
    })
}

/// What an account demands.
pub(crate) async fn find_policy(conn: &mut PgConnection, account: AccountId) -> Result<Policy, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT routing, emergency, caller_name, messaging FROM readiness_policy WHERE account_id = $1",
    )
    .bind(account.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map_or_else(|| Ok(Policy::default()), |row| policy(account, &row))
}

/// The same for a decision: nobody changes it until the transaction ends, so that whoever does sees who was held back
/// by it.
pub(crate) async fn hold_policy(conn: &mut PgConnection, account: AccountId) -> Result<Policy, StoreError> {
    sqlx::query("INSERT INTO readiness_policy (account_id) VALUES ($1) ON CONFLICT (account_id) DO NOTHING")
        .bind(account.as_uuid())
        .execute(&mut *conn)
        .await?;
    let row: Row = sqlx::query_as(
        "SELECT routing, emergency, caller_name, messaging FROM readiness_policy WHERE account_id = $1 FOR SHARE",
    )
    .bind(account.as_uuid())
    .fetch_one(conn)
    .await?;
    policy(account, &row)
}

/// Sets what an account demands. Waits for decisions that are being made by what it demanded before.
pub(crate) async fn put_policy(
    conn: &mut PgConnection,
    account: AccountId,
    policy: &Policy,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO readiness_policy (account_id, routing, emergency, caller_name, messaging)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id) DO UPDATE SET routing = excluded.routing, emergency = excluded.emergency,
             caller_name = excluded.caller_name, messaging = excluded.messaging",
    )
    .bind(account.as_uuid())
    .bind(policy.routing.code())
    .bind(policy.emergency.code())
    .bind(policy.caller_name.code())
    .bind(policy.messaging.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// What is known of the numbers of an order, these or all.
pub(crate) async fn list(
    conn: &mut PgConnection,
    order: OrderId,
    tns: Option<&[Tn]>,
) -> Result<BTreeMap<Tn, NumberReadiness>, StoreError> {
    let rows: Vec<(String, bool, bool, bool, bool)> = sqlx::query_as(
        "SELECT number.tn,
                number.application IS NOT NULL,
                number.emergency_address IS NOT NULL
                    AND number.emergency_address IS NOT DISTINCT FROM prepared.emergency_confirmed,
                number.caller_name IS NOT NULL OR coalesce(prepared.caller_name_declined, false),
                number.capabilities = 'VOICE_AND_SMS' OR coalesce(prepared.texts_declined, false)
           FROM port_number AS number LEFT JOIN number_preparation AS prepared USING (order_id, tn)
          WHERE number.order_id = $1 AND ($2::text[] IS NULL OR number.tn = ANY($2))",
    )
    .bind(order.as_uuid())
    .bind(tns.map(texts))
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(
            |(tn, is_routed, has_emergency_address, has_caller_name, has_capabilities)| {
                let corrupt = |error| StoreError::corrupt("port_number", &order, &error);
                let known = NumberReadiness {
                    is_routed,
                    has_emergency_address,
                    has_caller_name,
                    has_capabilities,
                };
                Ok((tn.parse().map_err(corrupt)?, known))
            },
        )
        .collect()
}

/// What is said of numbers; `None` leaves a thing as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    /// The emergency address that each of them has is confirmed.
    pub(crate) is_address_confirmed: Option<bool>,
    /// No caller name is wanted.
    pub(crate) is_caller_name_declined: Option<bool>,
    /// No texts are wanted.
    pub(crate) are_texts_declined: Option<bool>,
}

/// Keeps what was said of numbers of an order that this transaction has locked.
pub(crate) async fn prepare(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
    said: Said,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO number_preparation AS known (order_id, tn, emergency_confirmed, caller_name_declined, texts_declined)
         SELECT order_id, tn, CASE WHEN $3 THEN emergency_address END, coalesce($4, false), coalesce($5, false)
           FROM port_number WHERE order_id = $1 AND tn = ANY($2)
         ON CONFLICT (order_id, tn) DO UPDATE
            SET emergency_confirmed = CASE WHEN $3 IS NULL THEN known.emergency_confirmed
                                           ELSE excluded.emergency_confirmed END,
                caller_name_declined = coalesce($4, known.caller_name_declined),
                texts_declined = coalesce($5, known.texts_declined)",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .bind(said.is_address_confirmed)
    .bind(said.is_caller_name_declined)
    .bind(said.are_texts_declined)
    .execute(conn)
    .await?;
    Ok(())
}
