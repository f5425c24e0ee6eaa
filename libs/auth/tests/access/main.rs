//! The access layer with real tokens and real grants: whoever may not call an RPC does not reach its handler.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

mod door;
mod grants;
mod key_files;
mod key_urls;
mod tokens;
