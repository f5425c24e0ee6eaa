//! Tracking links of orders, beside what every link has: their tokens, and when an order took each step.

use intake_domain::port_in::StateName;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{LinkId, OrderId, Secret};
use vault::{Context, Sealed, Vault};

fn context(link: LinkId) -> Context {
    Context::new("intake.tracking_token.token", link.as_uuid().as_bytes())
}

fn corrupt(link: LinkId, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::corrupt("tracking_token", &link, why)
}

/// Keeps the token of a new link.
pub(crate) async fn insert_token(
    conn: &mut PgConnection,
    vault: &Vault,
    link: LinkId,
    token: &Secret,
) -> Result<(), StoreError> {
    let sealed = vault
        .seal(token, &context(link))
        .map_err(|error| corrupt(link, &error))?;
    sqlx::query("INSERT INTO tracking_token (link_id, token_sealed) VALUES ($1, $2)")
        .bind(link.as_uuid())
        .bind(Vec::<u8>::from(sealed))
        .execute(conn)
        .await?;
    Ok(())
}

/// The token of a link, unless it was revoked.
pub(crate) async fn token(
    conn: &mut PgConnection,
    vault: &Vault,
    link: LinkId,
) -> Result<Option<Secret>, StoreError> {
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT token_sealed FROM tracking_token WHERE link_id = $1")
            .bind(link.as_uuid())
            .fetch_optional(conn)
            .await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let sealed = Sealed::try_from(sealed).map_err(|error| corrupt(link, &error))?;
    let token = vault.open(&sealed, &context(link));
    token.map(Some).map_err(|error| corrupt(link, &error))
}

/// Forgets the token of a link that was revoked.
pub(crate) async fn delete_token(conn: &mut PgConnection, link: LinkId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM tracking_token WHERE link_id = $1")
        .bind(link.as_uuid())
        .execute(conn)
        .await?;
    Ok(())
}

/// When an order last came to each state that it came to.
pub(crate) async fn arrivals(
    conn: &mut PgConnection,
    order: OrderId,
) -> Result<Vec<(StateName, Timestamp)>, StoreError> {
    let rows: Vec<(String, jiff_sqlx::Timestamp)> = sqlx::query_as(
        "SELECT to_state, max(at) FROM order_timeline WHERE order_id = $1 AND from_state <> to_state GROUP BY to_state",
    )
    .bind(order.as_uuid())
    .fetch_all(conn)
    .await?;
    let known = |code: &str| StateName::ALL.into_iter().find(|state| state.code() == code);
    rows.into_iter()
        .map(|(code, at)| {
            let state = known(&code);
            let state =
                state.ok_or_else(|| StoreError::corrupt("order_timeline", &order, &"unknown state"))?;
            Ok((state, at.to_jiff()))
        })
        .collect()
}
