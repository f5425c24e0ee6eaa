//! Disputes: a port that nobody allowed, or that was a mistake, in either direction.
//!
//! Start at [`Dispute`]: what is disputed, where it stands, and what may be done. [`CLOCKS`] are the times that run from
//! the report on; [`Dispute::settle`] ends it with an outcome for each number, and [`owes_fee`] says who bears the cost.
//!
//! **Architecture invariant:** a number is back only when a carrier said so, or when operations put on record that it is;
//! nobody settles a dispute with a number RETURNED that neither of them spoke of.

mod clocks;
mod fee;
mod recorded;
mod settle;
mod snapback;
mod state;
mod terms;

pub use clocks::{CLOCKS, Clock, ClockKind, ClockRule, Missed};
pub use fee::owes_fee;
pub use recorded::Recorded;
pub use settle::{Outcomes, Settlement, SettlementFault};
pub use snapback::{AskedBack, SnapbackRefusal};
pub use state::{Action, Dispute, DisputedNumber, IllegalAction, State};
pub use terms::{About, Direction, Kind, Outcome, Reporter, StateName};
