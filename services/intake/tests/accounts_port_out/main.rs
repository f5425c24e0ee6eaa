//! Accounts, the inventory and port-outs by the front door: real Postgres, real gRPC, a clock that is moved.

mod accounts;
mod bootstrap;
mod decisions;
mod harness;
mod lists;
mod progress;
mod receive;
mod silence;
