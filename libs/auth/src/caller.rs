//! Who is calling, once the token has been verified.

use tonic::{Request, Status};
use types::{AccountId, ServiceName, Subject};

/// A verified caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's subject.
    pub subject: Subject,
    /// The tenant.
    pub account: AccountId,
    /// A person or program of an account, or one of our own services.
    pub kind: CallerKind,
}

/// What stands behind a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerKind {
    /// A user or a program of an account.
    User,
    /// One of our services.
    Service(ServiceName),
}

impl Caller {
    /// The caller that the access layer left in a request.
    pub fn of<T>(request: &Request<T>) -> Result<Self, Status> {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Status::unauthenticated("no verified caller"))
    }

    /// Whether the caller acts for the platform itself, and so for any account.
    pub fn is_platform(&self) -> bool {
        match self.kind {
            CallerKind::Service(_) => true,
            CallerKind::User => self.account.is_platform(),
        }
    }
}
