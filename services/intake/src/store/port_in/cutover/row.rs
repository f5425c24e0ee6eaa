//! What an order says and knows of its cut-over, as columns of its row.

use std::collections::BTreeSet;

use intake_domain::port_in::cutover::{ActivationMode, Cutover, HeldBack, Proof};
use intake_domain::port_in::{Court, Order};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::OrderId;
use uuid::Uuid;

use super::holds;

const TABLE: &str = "port_order";

/// The columns, in the row of an order.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::store::port_in) struct CutoverRow {
    activation: String,
    held_since: Option<jiff_sqlx::Timestamp>,
    held_court: Option<String>,
    proof: Option<String>,
}

impl CutoverRow {
    /// Without what holds the order back, which is in lines of its own.
    pub(in crate::store::port_in) fn read(&self, order: Uuid) -> Result<Cutover, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &order, why);
        let activation = [ActivationMode::AtFoc, ActivationMode::OnDemand]
            .into_iter()
            .find(|mode| activation(*mode) == self.activation);
        let court = self.held_court.as_deref().and_then(Court::from_code);
        let held = match (self.held_since, court) {
            (Some(since), Some(court)) => Some(HeldBack {
                since: since.to_jiff(),
                court,
                holds: Vec::new(),
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(corrupt(&"unknown court")),
        };
        let proof = self.proof.as_deref().map(|code| {
            let found = Proof::ALL.into_iter().find(|proof| proof.code() == code);
            found.ok_or_else(|| corrupt(&"unknown proof"))
        });
        Ok(Cutover {
            activation: activation.ok_or_else(|| corrupt(&"unknown way of activation"))?,
            held,
            proof: proof.transpose()?,
        })
    }
}

/// Writes what has changed, of an order that this transaction has just written.
pub(in crate::store::port_in) async fn save(
    conn: &mut PgConnection,
    before: &Order,
    order: &Order,
) -> Result<(), StoreError> {
    let (known, cutover) = (&before.record().cutover, &order.record().cutover);
    if known == cutover {
        return Ok(());
    }
    let id = order.record().id.as_uuid();
    let held = cutover.held.as_ref();
    let updated = sqlx::query(
        "UPDATE port_order SET activation = $2, held_since = $3, held_court = $4, proof = $5 WHERE order_id = $1",
    )
    .bind(id)
    .bind(activation(cutover.activation))
    .bind(held.map(|held| held.since.to_sqlx()))
    .bind(held.map(|held| held.court.code()))
    .bind(cutover.proof.map(Proof::code))
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if updated != 1 {
        return Err(StoreError::Stale("the order"));
    }
    let holds = |cutover: &Cutover| {
        cutover
            .held
            .as_ref()
            .map(|held| held.holds.clone())
            .unwrap_or_default()
    };
    if holds(known) != holds(cutover) {
        holds::replace(conn, id, &holds(cutover)).await?;
    }
    Ok(())
}

const fn activation(mode: ActivationMode) -> &'static str {
    match mode {
        ActivationMode::AtFoc => "AT_FOC",
        ActivationMode::OnDemand => "ON_DEMAND",
    }
}

/// Locks orders until the transaction ends, by id, so that none who locks several waits for another for ever.
pub(crate) async fn lock_all(conn: &mut PgConnection, ids: &BTreeSet<OrderId>) -> Result<(), StoreError> {
    sqlx::query("SELECT order_id FROM port_order WHERE order_id = ANY($1) ORDER BY order_id FOR UPDATE")
        .bind(ids.iter().map(|id| id.as_uuid()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

/// Locks an order until the transaction ends and says how its tests stood; the outer `None`: there is no such order.
pub(crate) async fn lock_proof(
    conn: &mut PgConnection,
    id: OrderId,
) -> Result<Option<Option<Proof>>, StoreError> {
    let row: Option<(Option<String>,)> =
        sqlx::query_as("SELECT proof FROM port_order WHERE order_id = $1 FOR UPDATE")
            .bind(id.as_uuid())
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(code,)| {
        Proof::ALL
            .into_iter()
            .find(|proof| Some(proof.code()) == code.as_deref())
    }))
}
