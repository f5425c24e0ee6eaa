//! The chain: what a hash is made of, and whether entries hang together.

use std::fmt;

use jiff::Timestamp;
use portway_proto::events::v1::AuditEntry;
use sha2::{Digest, Sha256};
use types::AccountId;
use uuid::Uuid;

use super::entry::Entry;

/// What an entry is chained to: the hash of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link([u8; 32]);

impl Link {
    /// What the first entry is chained to.
    pub const START: Self = Self([0; 32]);

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a hash; `None` unless it has 32 bytes.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The hash of `entry` after this one. docs: `AuditEntry.hash`.
    pub(super) fn then(&self, entry: &Entry) -> Self {
        let mut sha = Sha256::new();
        sha.update(self.0);
        sha.update(entry.number.to_be_bytes());
        for id in [entry.account.as_uuid(), entry.event, entry.subject] {
            sha.update(id.as_bytes());
        }
        for text in [&entry.type_name, &entry.actor] {
            // A length in front keeps two texts from being read as two others.
            sha.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            sha.update(text.as_bytes());
        }
        for at in [entry.occurred_at, entry.recorded_at] {
            sha.update(at.as_microsecond().to_be_bytes());
        }
        sha.update(Sha256::digest(&entry.payload));
        Self(sha.finalize().into())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The first link that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {number} {why}")]
pub struct Broken {
    /// The number that was to come next.
    pub number: i64,
    /// What is wrong with it.
    pub why: String,
}

/// Follows a chain, entry by entry.
#[derive(Debug, Clone)]
pub struct Verifier {
    account: Option<AccountId>,
    number: i64,
    link: Link,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::after(0, Link::START)
    }
}

impl Verifier {
    /// Goes on after an entry that is known to be good.
    pub const fn after(number: i64, link: Link) -> Self {
        Self {
            account: None,
            number,
            link,
        }
    }

    /// The last good entry's number and hash.
    pub const fn head(&self) -> (i64, Link) {
        (self.number, self.link)
    }

    /// Checks the next entry.
    pub fn check(&mut self, entry: &AuditEntry) -> Result<(), Broken> {
        let number = self.number.saturating_add(1);
        let broken = |why: String| Broken { number, why };
        if entry.number != number {
            return Err(broken(format!("is missing: {} comes instead", entry.number)));
        }
        let read = Entry::read(entry).map_err(|why| broken(format!("cannot be read: {why}")))?;
        if self.account.is_some_and(|account| account != read.account) {
            return Err(broken("is of another account".to_owned()));
        }
        let link = self.link.then(&read);
        if link.0.as_slice() != entry.hash.as_slice() {
            return Err(broken(
                "does not have the hash that its content and the entry before it give".to_owned(),
            ));
        }
        self.account = Some(read.account);
        self.number = number;
        self.link = link;
        Ok(())
    }
}

impl Entry {
    /// Takes an entry over from where it was kept.
    fn read(entry: &AuditEntry) -> Result<Self, String> {
        let id = |name: &str, text: &str| text.parse::<Uuid>().map_err(|error| format!("{name}: {error}"));
        let at = |name: &str, at: Option<&prost_types::Timestamp>| {
            let at = at.ok_or_else(|| format!("{name} is missing"))?;
            Timestamp::new(at.seconds, at.nanos).map_err(|error| format!("{name}: {error}"))
        };
        Ok(Self {
            account: AccountId::from_uuid(id("account_id", &entry.account_id)?),
            number: entry.number,
            event: id("event_id", &entry.event_id)?,
            subject: id("subject_id", &entry.subject_id)?,
            type_name: entry.r#type.clone(),
            occurred_at: at("occurred_at", entry.occurred_at.as_ref())?,
            recorded_at: at("recorded_at", entry.recorded_at.as_ref())?,
            actor: entry.actor.clone(),
            payload: entry.payload.clone(),
        })
    }
}
