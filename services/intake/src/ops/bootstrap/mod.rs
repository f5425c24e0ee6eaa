//! Accounts and grants that an operator writes in a file and the service makes at every start.
//!
//! What the file says is made so; what it does not mention stays. A second start with the same file changes and
//! announces nothing.

mod file;

use std::path::{Path, PathBuf};

use intake_domain::account::Account;
use jiff::Timestamp;
use pg::StoreError;
use service::StartError;
use sqlx::PgConnection;
use thiserror::Error;
use types::AccountId;

use self::file::Bootstrap;
use super::access;
use super::accounts::{Grant, write_grant};
use crate::announce;
use crate::app::Intake;
use crate::store;

/// Why the file could not be followed.
#[derive(Debug, Error)]
pub(crate) enum BootstrapError {
    /// It cannot be read.
    #[error("the bootstrap file {0} cannot be read")]
    Read(PathBuf, #[source] std::io::Error),
    /// It is wrong; everything that is, a line each.
    #[error("the bootstrap file is wrong:\n{}", .0.join("\n"))]
    Faults(Vec<String>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BootstrapError> for StartError {
    fn from(error: BootstrapError) -> Self {
        match error {
            BootstrapError::Store(error) => Self::Store(error),
            BootstrapError::Read(..) | BootstrapError::Faults(_) => {
                Self::Setting(grpc::status::chain(&error))
            }
        }
    }
}

/// Makes what the file says, in one transaction.
pub(crate) async fn run(intake: &Intake, path: &Path) -> Result<(), BootstrapError> {
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|source| BootstrapError::Read(path.to_owned(), source))?;
    let bootstrap: Bootstrap = text.parse().map_err(BootstrapError::Faults)?;
    let now = intake.base.clock.now();
    let mut tx = intake.base.pool.begin().await.map_err(StoreError::from)?;
    // The platform's lock also keeps replicas that start together from doing this at the same time.
    store::accounts::lock(&mut tx, AccountId::PLATFORM).await?;
    for account in &bootstrap.accounts {
        put_account(&mut tx, account, now).await?;
    }
    for (account, grant) in &bootstrap.grants {
        put_grant(&mut tx, *account, grant, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn put_account(
    conn: &mut PgConnection,
    account: &Account,
    now: Timestamp,
) -> Result<(), BootstrapError> {
    if store::accounts::insert(conn, account, now).await? {
        announce::accounts::account_changed(conn, account, now).await?;
        access::give_owner(conn, account.id, &account.owner, now).await?;
        return Ok(());
    }
    store::accounts::lock(conn, account.id).await?;
    let found = store::accounts::find(conn, account.id).await?;
    if found.as_ref() != Some(account) {
        store::accounts::update(conn, account).await?;
        announce::accounts::account_changed(conn, account, now).await?;
    }
    // A new owner holds everything; who was owner before does until somebody takes it back.
    if found.is_none_or(|was| was.owner != account.owner) {
        access::give_owner(conn, account.id, &account.owner, now).await?;
    }
    Ok(())
}

async fn put_grant(
    conn: &mut PgConnection,
    account: AccountId,
    grant: &Grant,
    now: Timestamp,
) -> Result<(), BootstrapError> {
    if !store::accounts::lock(conn, account).await? {
        let fault = format!("grant of {}: there is no account {account}", grant.subject());
        return Err(BootstrapError::Faults(vec![fault]));
    }
    write_grant(conn, account, grant, now).await?;
    Ok(())
}
