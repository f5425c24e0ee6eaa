//! Adds an address that is written to besides the owner's.

use notification_domain::Contact;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::AccountId;

use super::RECEIVERS_MAX;
use crate::store;

/// Why a contact was not added.
#[derive(Debug, Error)]
pub(crate) enum CreateContactError {
    /// The account has not been announced here yet.
    #[error("the account is not known here yet")]
    UnknownAccount,
    /// The account has as many as it may.
    #[error("an account has at most 50 contacts")]
    TooMany,
    /// There is one with this address.
    #[error("the account has a contact with this address")]
    EmailTaken,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateContactError {
    fn from(error: StoreError) -> Self {
        if error.constraint() == Some(store::contact::EMAIL_ONCE) {
            Self::EmailTaken
        } else {
            Self::Store(error)
        }
    }
}

/// Adds it to the account.
pub(crate) async fn create_contact(
    conn: &mut PgConnection,
    account: AccountId,
    contact: &Contact,
) -> Result<(), CreateContactError> {
    if !store::account::lock(conn, account).await? {
        return Err(CreateContactError::UnknownAccount);
    }
    if store::contact::count(conn, account).await? >= RECEIVERS_MAX {
        return Err(CreateContactError::TooMany);
    }
    store::contact::insert(conn, account, contact).await?;
    Ok(())
}
