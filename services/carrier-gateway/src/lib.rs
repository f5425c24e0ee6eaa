//! The carrier gateway: sends our requests to carriers, asks for their answers, and takes in other carriers' requests.
//!
//! Intake decides; the gateway carries. An event becomes a command (`ops`), a worker sends it (`due`), and what
//! the carrier says comes back by the change feed or by reference and is announced once. Start at [`start`] for how
//! it is wired, at `due::commands` for the way of a command, and at `ops::record_answer` for the way of an answer.
//!
//! **Architecture invariant:** a PIN or an account number is in memory for one call, or sealed until intake has it;
//! it is in no event, no log and no other column. No transaction is open during a call.

mod announce;
mod app;
mod config;
mod due;
mod grpc;
mod listen;
mod ops;
mod peers;
mod store;

pub use app::start;
pub use config::Settings;
pub use listen::IntakeListener;
pub use store::number_holders::LOOK_UP as LOOK_UP_NUMBERS;

/// The service's name, for its peers and its metrics.
pub const SERVICE: &str = "carrier-gateway";
/// The schema it owns.
pub const SCHEMA: &str = "gateway";
/// The one connection to a carrier partner that there is so far.
const CONNECTION: &str = "partner";
