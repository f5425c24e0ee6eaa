//! Disputes: a port that nobody allowed, or that was a mistake, in either direction.
//!
//! Start at [`Dispute`]: what is disputed, where it stands, and what may be done. [`CLOCKS`] are the times that run from
//! the report on; [`Dispute::settle`] ends it with an outcome for each number, and [`owes_fee`] says who bears the cost.
//!
//! **Architecture invariant:** a number is back only when a carrier said so; no person can say it here.

mod clocks;
mod fee;
mod settle;
mod snapback;
mod state;
mod terms;

pub use clocks::{CLOCKS, Clock, ClockKind, ClockRule, Missed};
pub use fee::owes_fee;
pub use settle::{Outcomes, Settlement, SettlementFault};
pub use snapback::{AskedBack, SnapbackRefusal};
pub use state::{Action, Dispute, DisputedNumber, IllegalAction, State};
pub use terms::{About, Direction, Kind, Outcome, Reporter, StateName};
