//! What an account sees of its port-outs.

use intake_domain::port_out::{LawfulReason, PortOut, ReasonFacts};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::AccountId;

use crate::store;
use crate::store::port_out::{Filter, PortOutName};

/// Why a port-out was not shown.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// The account has no such port-out.
    #[error("there is no such port-out")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// One port-out of an account.
pub(crate) async fn get(pool: &PgPool, account: AccountId, name: PortOutName) -> Result<PortOut, ReadError> {
    let mut conn = pool.acquire().await?;
    store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)
}

/// A page of an account's port-outs, newest first: those numbered below `before`.
pub(crate) async fn list(
    pool: &PgPool,
    account: AccountId,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<PortOut>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::port_out::list(&mut conn, account, filter, before, limit).await
}

/// The lawful reasons that can be true of a port-out.
pub(crate) async fn rejection_reasons(
    pool: &PgPool,
    account: AccountId,
    name: PortOutName,
) -> Result<Vec<LawfulReason>, ReadError> {
    let mut conn = pool.acquire().await?;
    let case = store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)?;
    let facts = reason_facts(&mut conn, &case).await?;
    Ok(LawfulReason::ALL
        .into_iter()
        .filter(|reason| reason.can_apply(facts))
        .collect())
}

pub(super) async fn reason_facts(conn: &mut PgConnection, case: &PortOut) -> Result<ReasonFacts, StoreError> {
    Ok(ReasonFacts {
        // No number has a port-out PIN so far.
        has_pin: false,
        is_locked: store::inventory::is_any_locked(conn, case.account, &case.tns()).await?,
        has_other_port: store::port_out::has_other_open(conn, case).await?,
    })
}
