//! What an account sees of its port-outs.

use std::collections::HashMap;

use intake_domain::port_out::{Consent, LawfulReason, PortOut, ReasonFacts};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::{AccountId, PortOutId};

use crate::store;
use crate::store::port_out::{Filter, PortOutName};

/// A case as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) case: PortOut,
    /// The questions to end users about it.
    pub(crate) consents: Vec<Consent>,
}

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
pub(crate) async fn get(pool: &PgPool, account: AccountId, name: PortOutName) -> Result<Seen, ReadError> {
    let mut conn = pool.acquire().await?;
    let case = store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)?;
    Ok(seen(&mut conn, case).await?)
}

/// A page of an account's port-outs, newest first: those numbered below `before`.
pub(crate) async fn list(
    pool: &PgPool,
    account: AccountId,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Seen>, StoreError> {
    let mut conn = pool.acquire().await?;
    let cases = store::port_out::list(&mut conn, account, filter, before, limit).await?;
    seen_all(&mut conn, cases).await
}

/// The lawful reasons that can be true of a port-out.
pub(crate) async fn rejection_reasons(
    pool: &PgPool,
    account: AccountId,
    name: PortOutName,
    now: Timestamp,
) -> Result<Vec<LawfulReason>, ReadError> {
    let mut conn = pool.acquire().await?;
    let case = store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)?;
    let facts = reason_facts(&mut conn, &case, now).await?;
    Ok(LawfulReason::ALL
        .into_iter()
        .filter(|reason| reason.can_apply(facts))
        .collect())
}

/// Adds to cases the questions to end users about them.
async fn seen_all(conn: &mut PgConnection, cases: Vec<PortOut>) -> Result<Vec<Seen>, StoreError> {
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let mut by_case: HashMap<PortOutId, Vec<Consent>> = HashMap::new();
    for consent in store::port_out::consents_of(conn, &ids).await? {
        by_case.entry(consent.port_out).or_default().push(consent);
    }
    let seen = |case: PortOut| Seen {
        consents: by_case.remove(&case.id).unwrap_or_default(),
        case,
    };
    Ok(cases.into_iter().map(seen).collect())
}

/// Adds to a case the questions to end users about it.
pub(super) async fn seen(conn: &mut PgConnection, case: PortOut) -> Result<Seen, StoreError> {
    let consents = store::port_out::consents_of(conn, &[case.id]).await?;
    Ok(Seen { case, consents })
}

pub(super) async fn reason_facts(
    conn: &mut PgConnection,
    case: &PortOut,
    now: Timestamp,
) -> Result<ReasonFacts, StoreError> {
    let tns = case.undenied();
    let with_pin = store::port_out::numbers_with_pin(conn, case.account, &tns, now).await?;
    let locked = store::port_out::locked_of(conn, case.account, &tns).await?;
    Ok(ReasonFacts {
        has_pin: !with_pin.is_empty(),
        is_locked: !locked.is_empty(),
        has_other_port: store::port_out::has_other_open(conn, case).await?,
    })
}
