//! What people say in a dispute.

use intake_domain::dispute::IllegalAction;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;

use super::read::{Seen, seen};
use crate::app::Intake;
use crate::ops::port_in::Requester;
use crate::store;
use crate::store::dispute::{DisputeName, Statement};

/// How many statements a dispute takes, the first one included.
const STATEMENTS_MAX: i64 = 200;

/// Why a statement was not taken.
#[derive(Debug, Error)]
pub(crate) enum StatementError {
    /// There is no such dispute, or it is somebody else's.
    #[error("there is no such dispute")]
    NotFound,
    /// Not now.
    #[error(transparent)]
    Illegal(#[from] IllegalAction),
    /// Enough was said.
    #[error("a dispute takes {STATEMENTS_MAX} statements")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts on record what somebody says, which may answer the dispute.
pub(crate) async fn add_statement(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: DisputeName,
    text: String,
    is_answer: bool,
) -> Result<Seen, StatementError> {
    let found = store::dispute::find_for_update(conn, requester.scope(), name).await?;
    let mut dispute = found.ok_or(StatementError::NotFound)?;
    dispute.hear(is_answer)?;
    if store::dispute::count_statements(conn, dispute.id).await? >= STATEMENTS_MAX {
        return Err(StatementError::TooMany);
    }
    let statement = Statement {
        author: requester.name.clone(),
        by_platform: requester.is_platform,
        stated_at: intake.base.clock.now(),
        text,
        is_answer,
    };
    store::dispute::add_statement(conn, dispute.id, &statement).await?;
    store::dispute::save(conn, &mut dispute).await?;
    Ok(seen(conn, dispute).await?)
}
