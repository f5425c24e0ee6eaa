//! One entry of the trail, as it is kept.

use jiff::Timestamp;
use pg::StoreError;
use portway_proto::events::v1::AuditEntry;
use types::AccountId;
use uuid::Uuid;

use super::chain::Link;

/// What a hash is made of.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) account: AccountId,
    pub(super) number: i64,
    pub(super) event: Uuid,
    pub(super) subject: Uuid,
    pub(super) type_name: String,
    pub(super) occurred_at: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) actor: String,
    pub(super) payload: Vec<u8>,
}

/// An entry that is kept, with its hash.
#[derive(sqlx::FromRow)]
pub(super) struct EntryRow {
    account_id: Uuid,
    number: i64,
    event_id: Uuid,
    subject_id: Uuid,
    r#type: String,
    occurred_at: jiff_sqlx::Timestamp,
    recorded_at: jiff_sqlx::Timestamp,
    actor: String,
    payload: Vec<u8>,
    hash: Vec<u8>,
}

impl From<EntryRow> for AuditEntry {
    fn from(row: EntryRow) -> Self {
        Self {
            number: row.number,
            account_id: row.account_id.to_string(),
            event_id: row.event_id.to_string(),
            subject_id: row.subject_id.to_string(),
            r#type: row.r#type,
            occurred_at: Some(stamp(row.occurred_at.to_jiff())),
            recorded_at: Some(stamp(row.recorded_at.to_jiff())),
            actor: row.actor,
            payload: row.payload,
            hash: row.hash,
        }
    }
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) number: i64,
    pub(super) link: Link,
}

impl Head {
    pub(super) const START: Self = Self {
        number: 0,
        link: Link::START,
    };

    pub(super) fn read(account: Uuid, number: i64, hash: &[u8]) -> Result<Self, StoreError> {
        let link = Link::read(hash).ok_or_else(|| StoreError::corrupt("audit_head", &account, &"hash"))?;
        Ok(Self { number, link })
    }
}

fn stamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}
