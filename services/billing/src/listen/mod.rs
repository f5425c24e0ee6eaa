//! What intake announces, as accounts, grants and charges.

mod decode;
mod intake;

pub use intake::FromIntake;
