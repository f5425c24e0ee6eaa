//! Whether the PIN that a winning carrier gave is right.
//!
//! Hashing takes long on purpose, so it is done before the transaction, once an account; inside it hashes are compared.

use std::collections::HashMap;
use std::sync::Arc;

use intake_domain::port_out::FieldMatch;
use pg::StoreError;
use types::{AccountId, Secret, Tn};
use vault::{Context, DigestKey, PinHash};

use super::PinError;
use crate::store::port_out::{PinPlace, StoredPin};

/// The PIN of a request, hashed for each account that has one set.
#[derive(Debug)]
pub(super) struct TriedPin {
    key: Arc<DigestKey>,
    is_given: bool,
    hashes: HashMap<AccountId, PinHash>,
}

/// What the PIN comes to for one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PinFound {
    pub(super) pin: FieldMatch,
    /// The transfer PIN that it is.
    pub(super) transfer: Option<PinPlace>,
}

/// The PINs that are good now, by what they are of.
pub(super) type PinsByPlace = HashMap<PinPlace, Vec<StoredPin>>;

/// Hashes a PIN for an account.
pub(crate) async fn hash_pin(
    key: &Arc<DigestKey>,
    account: AccountId,
    pin: Secret,
) -> Result<PinHash, PinError> {
    let key = Arc::clone(key);
    let hashing = tokio::task::spawn_blocking(move || PinHash::new(&key, account.as_uuid().as_bytes(), &pin));
    Ok(hashing.await.map_err(|_| PinError::Interrupted)??)
}

/// What is stored of a PIN in one place.
pub(super) fn stored_hash(key: &DigestKey, hash: &PinHash, place: PinPlace) -> [u8; 32] {
    let row = [
        place.account().as_uuid().as_bytes().as_slice(),
        place.column().as_bytes(),
    ]
    .concat();
    hash.for_row(key, &Context::new("intake.port_out_pin.hash", row))
}

impl TriedPin {
    /// Hashes what was given for these accounts.
    pub(super) async fn prepare(
        key: &Arc<DigestKey>,
        pin: &Secret,
        accounts: Vec<AccountId>,
    ) -> Result<Self, PinError> {
        let is_given = !pin.expose().is_empty();
        let mut hashes = HashMap::new();
        if is_given {
            for account in accounts {
                hashes.insert(account, hash_pin(key, account, pin.clone()).await?);
            }
        }
        Ok(Self {
            key: Arc::clone(key),
            is_given,
            hashes,
        })
    }

    /// Compares it for one number. A number's own PIN takes the place of its account's; a transfer PIN is good beside
    /// either, and is asked for when it is the only one. An account whose first PIN was set after the hashing is stale: the
    /// request is brought again.
    pub(super) fn check(
        &self,
        account: AccountId,
        tn: Tn,
        pins: &PinsByPlace,
    ) -> Result<PinFound, StoreError> {
        let of = |place: PinPlace| pins.get(&place).map(Vec::as_slice).unwrap_or_default();
        let own = of(PinPlace::Number(account, tn));
        let shared = of(PinPlace::Account(account));
        let has_own = own.iter().any(|pin| !pin.is_transfer);
        let shared = shared.iter().filter(|pin| pin.is_transfer || !has_own);
        let good: Vec<&StoredPin> = own.iter().chain(shared).collect();
        let found = |pin| PinFound { pin, transfer: None };
        if good.is_empty() {
            return Ok(found(FieldMatch::NotCompared));
        }
        if !self.is_given {
            return Ok(found(FieldMatch::NotGiven));
        }
        let hash = self
            .hashes
            .get(&account)
            .ok_or(StoreError::Stale("the PINs of the account"))?;
        let right = good
            .into_iter()
            .find(|pin| stored_hash(&self.key, hash, pin.place).as_slice() == pin.hash);
        Ok(right.map_or(found(FieldMatch::NotMatched), |pin| PinFound {
            pin: FieldMatch::Matched,
            transfer: pin.is_transfer.then_some(pin.place),
        }))
    }
}
