//! What an account sees of its port-outs.

use intake_domain::port_out::{Conflict, Consent, LawfulReason, PortOut, ReasonFacts};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::AccountId;

use crate::store;
use crate::store::comments::CommentCounts;
use crate::store::port_out::{Happened, PortOutName};

/// A case as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) case: PortOut,
    /// The questions to end users about it.
    pub(crate) consents: Vec<Consent>,
    /// The conflicts that were raised over it.
    pub(crate) conflicts: Vec<Conflict>,
    /// How much was written on it that the account can see.
    pub(crate) written: CommentCounts,
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

/// One port-out. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn get(
    pool: &PgPool,
    account: Option<AccountId>,
    name: PortOutName,
) -> Result<Seen, ReadError> {
    let mut conn = pool.acquire().await?;
    let case = store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)?;
    Ok(seen(&mut conn, case).await?)
}

/// The lawful reasons that can be true of a port-out.
pub(crate) async fn rejection_reasons(
    pool: &PgPool,
    account: Option<AccountId>,
    name: PortOutName,
) -> Result<Vec<LawfulReason>, ReadError> {
    let mut conn = pool.acquire().await?;
    let case = store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)?;
    let facts = reason_facts(&mut conn, &case).await?;
    Ok(LawfulReason::applying_to(&facts))
}

/// A page of what happened to a port-out, oldest first: what came after `after`.
pub(crate) async fn timeline(
    pool: &PgPool,
    account: Option<AccountId>,
    name: PortOutName,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Happened>, ReadError> {
    let mut conn = pool.acquire().await?;
    let case = store::port_out::find(&mut conn, account, name)
        .await?
        .ok_or(ReadError::NotFound)?;
    Ok(store::port_out::list_entries(&mut conn, case.id, after, limit).await?)
}

/// Adds to a case the questions to end users about it, the conflicts over it, and how much was written on it.
pub(super) async fn seen(conn: &mut PgConnection, case: PortOut) -> Result<Seen, StoreError> {
    let consents = store::port_out::consents_of(conn, &[case.id]).await?;
    let conflicts = store::port_out::conflicts_of(conn, &[case.id]).await?;
    let counted = store::comments::count(conn, &[case.id]).await?;
    Ok(Seen {
        written: counted.first().map(|(_, counts)| *counts).unwrap_or_default(),
        case,
        consents,
        conflicts,
    })
}

/// What is on record about the numbers of a case that may still go.
pub(super) async fn reason_facts(
    conn: &mut PgConnection,
    case: &PortOut,
) -> Result<Vec<ReasonFacts>, StoreError> {
    let undenied = case.undenied();
    let standings = store::port_out::standings(conn, case.account, &undenied).await?;
    let locked = store::port_out::locked_of(conn, case.account, &undenied).await?;
    let elsewhere = store::port_out::in_other_open(conn, case).await?;
    let numbers = case.numbers.iter().filter(|number| number.denial.is_none());
    let facts = numbers.map(|number| ReasonFacts {
        tn: number.tn,
        standing: standings.get(&number.tn).copied(),
        matches: number.matches,
        is_locked: locked.contains(&number.tn),
        has_other_port: elsewhere.contains(&number.tn),
    });
    Ok(facts.collect())
}
