//! Letters of authorization that are signed by a link: until when, and how far a signing has come.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use types::{AccountId, DocumentId, LetterId, OrderId, SigningId};

/// A link can be signed by for so long when nothing else is asked for.
const SPAN_DEFAULT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// And so long at most: after 30 days carriers take no letter.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far a signing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningState {
    /// The link opens the letter.
    Pending,
    /// Signed.
    Signed,
    /// Taken back.
    Revoked,
    /// Nobody signed in time.
    Expired,
}

/// What is known of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureRecord {
    /// The name as the signer typed it.
    pub signed_as: String,
    /// When, by the business clock.
    pub signed_at: Timestamp,
    /// When, by the machine's clock.
    pub machine_time: Timestamp,
    /// Network address from which it was signed.
    pub remote_address: IpAddr,
    /// The program with which it was signed, as it says.
    pub user_agent: String,
    /// The signed letter.
    pub document: DocumentId,
}

/// What became of a signing. One that expired is open still: only the clock says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningEnd {
    /// Nothing yet.
    Open,
    /// It was signed.
    Signed(SignatureRecord),
    /// It was taken back.
    Revoked,
}

/// A letter that was given to somebody to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// Its id.
    pub id: SigningId,
    /// The letter.
    pub letter: LetterId,
    /// The order.
    pub order: OrderId,
    /// Whose order that is.
    pub account: AccountId,
    /// Who is asked to sign.
    pub signer_name: String,
    /// Where that person is written to.
    pub signer_email: String,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Until when it can be signed.
    pub expires_at: Timestamp,
    /// What became of it.
    pub end: SigningEnd,
}

impl Signing {
    /// How far it has come.
    pub fn state(&self, now: Timestamp) -> SigningState {
        match &self.end {
            SigningEnd::Signed(_) => SigningState::Signed,
            SigningEnd::Revoked => SigningState::Revoked,
            SigningEnd::Open if now < self.expires_at => SigningState::Pending,
            SigningEnd::Open => SigningState::Expired,
        }
    }
}

/// Until when a letter can be signed; none asked for: seven days. `None`: the time asked for is not to come, or more than
/// 30 days away.
pub fn expiry(asked: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let latest = now.checked_add(SPAN_MAX).ok()?;
    match asked {
        None => now.checked_add(SPAN_DEFAULT).ok(),
        Some(asked) => (now < asked && asked <= latest).then_some(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_can_be_signed_for_30_days_at_most() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-23T15:00:00Z");
        let cases = [
            (None, Some("2026-11-30T15:00:00Z")),
            (Some("2026-11-23T15:00:01Z"), Some("2026-11-23T15:00:01Z")),
            (Some("2026-12-23T15:00:00Z"), Some("2026-12-23T15:00:00Z")),
            (Some("2026-12-23T15:00:01Z"), None),
            (Some("2026-11-23T15:00:00Z"), None),
        ];
        for (asked, expected) in cases {
            assert_eq!(expiry(asked.map(at), now), expected.map(at), "{asked:?}");
        }
    }
}
