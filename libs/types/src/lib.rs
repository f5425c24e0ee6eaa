//! Values that mean the same in every service: ids, telephone numbers, money, names of parties.
//!
//! Each type is parsed once, at the edge, and cannot be built wrong; inside, nobody checks again. What belongs
//! here is shared by at least two services and has no behaviour of one of them: whether a number may be ported
//! is `numbering`, when it may be is `calendar`.
//!
//! **Architecture invariant:** this crate knows no database, no network and no clock.
//! Start at [`Tn`] and [`OrderId`]; every other type is built the same way.
#![warn(missing_docs)]

mod as_text;
mod id;
mod money;
mod place;
mod request_number;
mod secret;
mod text;
mod tn;
mod ver;

pub use as_text::InvalidValue;
pub use id::{
    AccountId, ChargeId, CommandId, CommentId, ConflictId, ConsentId, ContactId, DeliveryId, DisputeId,
    DocumentId, EndpointId, EventId, GroupId, InboundId, InvoiceId, LetterId, LinkId, OrderId,
    PermissionSetId, PortOutId, SigningId, SnapbackId, UserGroupId,
};
pub use money::{Currency, Money, MoneyError};
pub use place::Country;
pub use request_number::{RequestKind, RequestNumber};
pub use secret::Secret;
pub use text::{CarrierId, IdempotencyKey, Pon, ServiceName, Spid, Subject};
pub use tn::Tn;
pub use ver::Ver;
