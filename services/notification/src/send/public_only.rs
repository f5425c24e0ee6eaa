//! Resolves names to public addresses alone. The connection goes to an address that was checked here, so a name that
//! resolves differently a moment later changes nothing.

use std::net::SocketAddr;

use notification_domain::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

/// A customer's URL leads into a private network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the host is not on the public internet")]
pub(super) struct NotPublic;

/// The resolver of webhook calls.
#[derive(Debug)]
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is put in by the caller.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}
