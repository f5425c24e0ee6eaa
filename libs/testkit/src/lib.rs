//! What tests run on: real servers, a database for each test, waits with a bound, a wire that can be cut.
//!
//! A dev-dependency only: what is here panics when something is wrong, as a test does. Nothing here is a stand-in
//! for Postgres or Redis; both are found or started by the code that `portway up` uses ([`backing`]).
//!
//! Servers start once per run when the run is begun with `testkit-servers -- COMMAND`, as `make test` does; a test
//! that is run by itself starts its own, which end with its process. Start at [`TestDatabase`] and [`redis_url`].

#![expect(
    clippy::unwrap_used,
    reason = "only tests use this crate, and what a test is made of may panic as the test does"
)]

mod database;
mod proxy;
mod redis_database;
mod servers;
mod wait;

pub use database::TestDatabase;
pub use proxy::TcpProxy;
pub use redis_database::redis_url;
pub use servers::{PrivateServers, container_servers, servers};
pub use wait::{eventually, eventually_some};

/// Makes ring the one provider of cryptography of this process, which every TLS client and server needs first. May
/// be called any number of times.
pub fn install_crypto() {
    // An error says that it has been done.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_cryptography_provider_is_installed_as_often_as_anyone_likes() {
        super::install_crypto();
        super::install_crypto();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }
}
