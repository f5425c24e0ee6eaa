//! What is seen of disputes.

use intake_domain::dispute::{AskedBack, Dispute};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;

use crate::ops::port_in::Requester;
use crate::store;
use crate::store::dispute::{DisputeName, Filter, Return, Statement};

/// A dispute with everything that was said and asked.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) dispute: Dispute,
    /// Oldest first.
    pub(crate) statements: Vec<Statement>,
    /// Oldest first.
    pub(crate) snapbacks: Vec<AskedBack>,
    /// Oldest first.
    pub(crate) returns: Vec<Return>,
}

/// Why a dispute was not shown.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// There is no such dispute, or it is somebody else's.
    #[error("there is no such dispute")]
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

/// One dispute.
pub(crate) async fn get(pool: &PgPool, requester: &Requester, name: DisputeName) -> Result<Seen, ReadError> {
    let mut conn = pool.acquire().await?;
    let found = store::dispute::find(&mut conn, requester.scope(), name).await?;
    Ok(seen(&mut conn, found.ok_or(ReadError::NotFound)?).await?)
}

/// A page of disputes, newest first: those numbered below `before`.
pub(crate) async fn list(
    pool: &PgPool,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Dispute>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::dispute::list(&mut conn, filter, before, limit).await
}

/// Adds to a dispute what was said and asked.
pub(super) async fn seen(conn: &mut PgConnection, dispute: Dispute) -> Result<Seen, StoreError> {
    Ok(Seen {
        statements: store::dispute::list_statements(conn, dispute.id).await?,
        snapbacks: store::dispute::list_snapbacks(conn, dispute.id).await?,
        returns: store::dispute::list_returns(conn, dispute.id).await?,
        dispute,
    })
}
