//! Which partition an account's events are in.

use types::AccountId;

/// How many partitions every log has. Fixed: changing it would change the order in which events are read.
pub const PARTITIONS: i16 = 16;

/// All events of an account are in one partition. The low bits of a UUIDv7 are random, so accounts spread evenly.
pub fn partition_of(account: AccountId) -> i16 {
    let [.., last] = *account.as_uuid().as_bytes();
    i16::from(last) % PARTITIONS
}

/// All partitions.
pub(crate) fn all() -> impl Iterator<Item = i16> {
    0..PARTITIONS
}
