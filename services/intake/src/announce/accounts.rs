//! Facts about accounts as events. Their subject is the account, so that they are heard in order.

use events::NewEvent;
use intake_domain::account::Account;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use sqlx::PgConnection;

/// Announces an account as it is now.
pub(crate) async fn account_changed(
    conn: &mut PgConnection,
    account: &Account,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = v1::AccountChanged {
        account: Some(to_proto(account)),
    };
    let event = NewEvent::new(account.id, account.id.as_uuid(), now, &changed);
    events::append(conn, &event).await?;
    Ok(())
}

/// An account as callers and listeners see it.
pub(crate) fn to_proto(account: &Account) -> v1::Account {
    v1::Account {
        account_id: account.id.to_string(),
        name: account.name.to_string(),
        owner: account.owner.to_string(),
        owner_email: account.owner_email.to_string(),
        time_zone: account.time_zone.to_string(),
        currency: account.currency.to_string(),
        country: account.country.to_string(),
    }
}
