//! The audit trail: everything a service announced and who caused it, for good, one chain of hashes an account.
//!
//! [`Chainer`] writes it behind the sequencer; [`AuditTrail`] serves it; [`Verifier`] checks what was served, wherever it
//! was kept meanwhile.
//!
//! **Architecture invariant:** no business transaction waits for the trail, and no event is dropped before it is in it.

mod chain;
mod chainer;
mod entry;
mod excerpt;
mod trail;

pub use chain::{Broken, Link, Verifier};
pub use chainer::Chainer;
pub use excerpt::{Excerpt, excerpt};
pub use trail::AuditTrail;
