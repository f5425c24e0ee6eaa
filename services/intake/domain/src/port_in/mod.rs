//! Port-in orders: the states, what may become of each, and what must be there before submission.
//!
//! Start at [`Order`]. A transition takes the order and `now`, and returns a [`Transition`]: the new order, what
//! others hear, what changes in the inventory and the line of its history. Nothing else changes an order.
//!
//! **Architecture invariant:** no secret is compared or shown here but in `fix`, which must not resend a wrong PIN.

mod activation;
mod answer;
mod cancel;
mod details;
mod draft;
mod fix;
mod number;
mod order;
mod postal;
mod reason;
pub mod requirements;
mod state;
mod submit;
mod text;
mod timers;

pub use answer::Says;
pub use cancel::{AtCarrier, CancelRefusal};
pub use details::{Address, Detail, Details, KeptSecret, SubscriberKind};
pub use draft::{AddRefusal, RemoveRefusal};
pub use fix::{Correction, FixFault, FixRefusal, SentSecrets};
pub use number::{NumberState, OrderNumber};
pub use order::{
    Entry, IllegalTransition, InventoryChange, NUMBERS_MAX, Order, OrderFact, OrderRecord, Transition,
};
pub use reason::OrderReason;
pub use state::{BeforeCancel, Commitment, Court, OrderState, Rejection, StateName};
pub use submit::{CommandKind, CommandState, SubmitRefusal};
pub use text::{Email, PostalCode, Reference, ShortText, State, read_secret};
