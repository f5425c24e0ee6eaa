//! Typed identifiers: one type per kind of thing, so that an order's id cannot be passed for a document's.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::as_text::{InvalidValue, serde_as_text};

/// Declares id types that wrap a UUID and can do exactly the same things.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Draws a new id. Later ids sort after earlier ones, to the millisecond.
            #[expect(clippy::disallowed_methods, reason = "the one place that draws ids")]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// Takes over an id that was drawn before.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for the database.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match Uuid::try_parse(text) {
                    Ok(uuid) => Ok(Self(uuid)),
                    Err(_) => Err(InvalidValue { what: $what, expected: "a UUID" }),
                }
            }
        }

        serde_as_text!($name);
    )+};
}

ids! {
    /// A customer of the platform, or the platform's operator ([`AccountId::PLATFORM`]).
    AccountId = "account id";
    /// A named set of permissions of an account.
    PermissionSetId = "permission set id";
    /// A group of an account's users.
    UserGroupId = "user group id";
    /// A port-in order, parent or child.
    OrderId = "order id";
    /// Orders, or numbers of them, that cut over together.
    GroupId = "group id";
    /// A wish to undo the port of some numbers.
    SnapbackId = "snapback id";
    /// A port-out case: one carrier's request as one account sees it.
    PortOutId = "port-out id";
    /// A dispute over a port that nobody allowed, or that was a mistake.
    DisputeId = "dispute id";
    /// A question to an end user, whether numbers may go.
    ConsentId = "consent id";
    /// A conflict over numbers that were locked after a winning carrier had been told that they may go.
    ConflictId = "conflict id";
    /// A stored document: a letter of authorization, a bill, a customer service record.
    DocumentId = "document id";
    /// A comment on an order.
    CommentId = "comment id";
    /// A letter of authorization that was made to be signed.
    LetterId = "letter id";
    /// One letter given to one person to sign.
    SigningId = "signing id";
    /// A link that opens a page to somebody without an account.
    LinkId = "link id";
    /// An event of some service's log.
    EventId = "event id";
    /// One attempt-until-done delivery of an email or a webhook call.
    DeliveryId = "delivery id";
    /// One amount that an account owes.
    ChargeId = "charge id";
    /// One account's bill for one month.
    InvoiceId = "invoice id";
    /// A command that was given to a carrier.
    CommandId = "command id";
    /// What another carrier sent, on its way to intake.
    InboundId = "inbound id";
    /// A person or mailbox that is told about an account's orders.
    ContactId = "contact id";
    /// A webhook endpoint of an account.
    EndpointId = "endpoint id";
}

impl AccountId {
    /// The platform operator's own account, which owns no orders and sees every account's.
    pub const PLATFORM: Self = Self(Uuid::nil());

    /// Whether this is the platform operator's own account.
    pub fn is_platform(self) -> bool {
        self == Self::PLATFORM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_json() {
        let id = OrderId::generate();
        assert_eq!(id.to_string().parse(), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<OrderId>(&json).unwrap(), id);
    }

    #[test]
    fn generated_ids_are_time_ordered_uuids() {
        let id = EventId::generate();
        assert_eq!(id.as_uuid().get_version_num(), 7);
        assert_ne!(id, EventId::generate());
        assert_eq!(EventId::from_uuid(id.as_uuid()), id);
    }

    #[test]
    fn a_refusal_names_the_kind_of_id_and_not_the_input() {
        let error = "4158675309".parse::<DocumentId>().unwrap_err();
        assert_eq!(error.to_string(), "document id must be a UUID");
        assert!("".parse::<AccountId>().is_err());
    }

    #[test]
    fn only_the_nil_account_is_the_platform() {
        assert!(AccountId::PLATFORM.is_platform());
        assert!(!AccountId::generate().is_platform());
    }
}
