//! PINs and locks: what an account sets to protect its numbers.

use std::sync::Arc;

use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::{AccountId, Secret, Subject, Tn};
use vault::{Context, DigestKey, PinHash, Sealed, Vault, VaultError};

use super::conflict;
use super::tried_pin::stored_hash;
use crate::announce;
use crate::announce::protection::PinChange;
use crate::store;
use crate::store::port_out::{Attempt, By, LockChange, PinPlace};

/// A PIN could not be hashed.
#[derive(Debug, Error)]
pub(crate) enum PinError {
    /// The service is ending.
    #[error("the service is shutting down")]
    Interrupted,
    /// It could not be hashed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Why protection was not changed.
#[derive(Debug, Error)]
pub(crate) enum ProtectError {
    /// Numbers are not the account's.
    #[error("not numbers of the account: {}", .0.iter().map(Tn::to_string).collect::<Vec<_>>().join(", "))]
    NotHeld(Vec<Tn>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A PIN for these numbers of an account; none: for the account.
pub(crate) struct PinFor {
    pub(crate) account: AccountId,
    pub(crate) tns: Vec<Tn>,
    pub(crate) hash: PinHash,
    pub(crate) by: Subject,
}

impl PinFor {
    fn hashes(&self, key: &DigestKey) -> Vec<(PinPlace, [u8; 32])> {
        let places = places(self.account, &self.tns).into_iter();
        places
            .map(|place| (place, stored_hash(key, &self.hash, place)))
            .collect()
    }
}

/// A new PIN: for the one reply that shows it, and sealed for the one that is kept for repeats.
pub(crate) struct MadePin {
    pub(crate) pin: Secret,
    /// In hex.
    pub(crate) sealed: String,
}

/// Makes a PIN for an account.
pub(crate) fn make_pin(vault: &Vault, account: AccountId) -> Result<MadePin, PinError> {
    let pin = vault::generate_pin()?;
    let sealed = vault.seal(&pin, &reply_context(account))?;
    Ok(MadePin {
        pin,
        sealed: hex::encode(sealed.as_bytes()),
    })
}

/// The PIN of a reply that was kept.
pub(crate) fn reveal_pin(vault: &Vault, account: AccountId, sealed: &str) -> Result<Secret, PinError> {
    let bytes = hex::decode(sealed).map_err(|_| VaultError::Refused)?;
    let sealed = Sealed::try_from(bytes).map_err(|_| VaultError::Refused)?;
    Ok(vault.open(&sealed, &reply_context(account))?)
}

fn reply_context(account: AccountId) -> Context {
    Context::new("intake.transfer_pin.reply", account.as_uuid())
}

fn places(account: AccountId, tns: &[Tn]) -> Vec<PinPlace> {
    if tns.is_empty() {
        vec![PinPlace::Account(account)]
    } else {
        tns.iter().map(|tn| PinPlace::Number(account, *tn)).collect()
    }
}

/// Sets a PIN.
pub(crate) async fn set_pin(
    conn: &mut PgConnection,
    key: &Arc<DigestKey>,
    pin: &PinFor,
    now: Timestamp,
) -> Result<(), ProtectError> {
    require_held(conn, pin.account, &pin.tns).await?;
    store::port_out::put_pins(conn, &pin.hashes(key), &pin.by, now).await?;
    announce::protection::pin_changed(conn, pin.account, &pin.tns, PinChange::Set, now).await?;
    Ok(())
}

/// Makes a PIN good for one port-out until `expires_at`.
pub(crate) async fn set_transfer_pin(
    conn: &mut PgConnection,
    key: &Arc<DigestKey>,
    pin: &PinFor,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), ProtectError> {
    require_held(conn, pin.account, &pin.tns).await?;
    store::port_out::put_transfer_pins(conn, &pin.hashes(key), &pin.by, now, expires_at).await?;
    announce::protection::pin_changed(conn, pin.account, &pin.tns, PinChange::TransferPinIssued, now).await?;
    Ok(())
}

/// Takes PINs away, of these numbers or (none) of the account, and the transfer PINs of the same.
pub(crate) async fn clear_pin(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    now: Timestamp,
) -> Result<(), ProtectError> {
    require_held(conn, account, tns).await?;
    let columns: Vec<String> = places(account, tns).into_iter().map(PinPlace::column).collect();
    store::port_out::clear_pins(conn, account, &columns).await?;
    announce::protection::pin_changed(conn, account, tns, PinChange::Cleared, now).await?;
    Ok(())
}

/// A change of locks.
#[derive(Debug)]
pub(crate) struct LockAsked {
    pub(crate) tns: Vec<Tn>,
    pub(crate) locked: bool,
    pub(crate) note: String,
    pub(crate) by: Subject,
}

/// Locks numbers or lifts their locks; returns those that were otherwise before. A lock that comes after an authorization
/// raises a conflict with the winning carrier.
///
/// Whose numbers they are is looked at first, so that nobody holds up the port-outs of others. Then requests and cases are
/// locked before the inventory, as everywhere. A request that came in between is found afterwards; then the call is to be
/// repeated.
pub(crate) async fn set_lock(
    conn: &mut PgConnection,
    account: AccountId,
    asked: &LockAsked,
    now: Timestamp,
) -> Result<Vec<Tn>, ProtectError> {
    let held = store::port_out::list_held(conn, account, &asked.tns).await?;
    require_all(&held, &asked.tns)?;
    let requests = store::port_out::open_requests_of(conn, account, &asked.tns).await?;
    for key in &requests {
        store::port_out::lock_request(conn, key).await?;
    }
    require_held(conn, account, &asked.tns).await?;
    let by = By {
        subject: &asked.by,
        at: now,
        note: &asked.note,
    };
    let changed = store::port_out::set_locked(conn, account, &asked.tns, asked.locked, by).await?;
    announce::protection::locks_changed(conn, account, &changed, asked.locked, by).await?;
    if !asked.locked {
        return Ok(changed);
    }
    if store::port_out::open_requests_of(conn, account, &asked.tns).await? != requests {
        return Err(StoreError::Stale("the port-outs of these numbers").into());
    }
    for key in &requests {
        let mut cases = store::port_out::cases_of_request(conn, key).await?;
        let own = cases.iter().position(|case| case.account == account);
        if let Some(index) = own {
            conflict::raise(conn, &mut cases, index, &changed, now).await?;
        }
    }
    Ok(changed)
}

pub(super) async fn require_held(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<(), ProtectError> {
    let held = store::port_out::lock_held(conn, account, tns).await?;
    require_all(&held, tns)
}

pub(super) fn require_all(held: &[Tn], tns: &[Tn]) -> Result<(), ProtectError> {
    let missing: Vec<Tn> = tns.iter().filter(|tn| !held.contains(tn)).copied().collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(ProtectError::NotHeld(missing))
    }
}

/// A page of the changes of a number's lock, newest first.
pub(crate) async fn list_lock_history(
    pool: &PgPool,
    account: AccountId,
    tn: Tn,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<LockChange>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::port_out::list_lock_changes(&mut conn, account, tn, before, limit).await
}

/// A page of the requests that had to give a PIN, newest first.
pub(crate) async fn list_pin_attempts(
    pool: &PgPool,
    account: AccountId,
    tn: Option<Tn>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::port_out::list_attempts(&mut conn, account, tn, before, limit).await
}
