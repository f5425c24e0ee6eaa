//! A wire between a client and a server that a test can cut, freeze and mend.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Bytes that are forwarded at a time.
const CHUNK_BYTES: usize = 16 << 10;

/// A free port may be taken by another test before it is used.
const PORT_ATTEMPTS_MAX: usize = 20;

/// A TCP proxy in front of one server. Its port stays the same whatever happens to the wire; everything ends when
/// it is dropped.
pub struct TcpProxy {
    address: SocketAddr,
    upstream: String,
    /// Whether bytes move.
    flows: watch::Sender<bool>,
    /// What a cut ends: the listener and every connection; `None` while it is cut.
    wire: Mutex<Option<Wire>>,
}

struct Wire {
    ended: CancellationToken,
    tasks: TaskTracker,
}

impl TcpProxy {
    /// A proxy for `upstream`, as `host:port` or as a URL of which only host and port matter. It need not be there
    /// yet.
    pub async fn start(upstream: &str) -> Self {
        let upstream = authority(upstream).to_owned();
        let listener = bind_anywhere().await;
        let (flows, _) = watch::channel(true);
        let address = listener.local_addr().unwrap();
        let wire = Wire::lay(listener, &upstream, &flows);
        Self {
            address,
            upstream,
            flows,
            wire: Mutex::new(Some(wire)),
        }
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `url`, through this proxy.
    pub fn url_for(&self, url: &str) -> String {
        url.replacen(authority(url), &self.address.to_string(), 1)
    }

    /// Closes every connection and refuses new ones, as a server that is gone does. Returns when that is so.
    pub async fn cut(&self) {
        let wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(wire) = wire {
            wire.ended.cancel();
            wire.tasks.close();
            wire.tasks.wait().await;
        }
    }

    /// Stops forwarding but keeps every connection open and accepts new ones, as a server that hangs does. Bytes
    /// that are under way are kept.
    pub fn hang(&self) {
        self.flows.send_replace(false);
    }

    /// Mends the wire: connections that hung go on, and new ones are accepted after a cut.
    pub async fn restore(&self) {
        self.flows.send_replace(true);
        let is_cut = self.wire.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        if is_cut {
            let listener = TcpListener::bind(self.address).await.unwrap();
            let wire = Wire::lay(listener, &self.upstream, &self.flows);
            *self.wire.lock().unwrap_or_else(PoisonError::into_inner) = Some(wire);
        }
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        if let Some(wire) = self.wire.lock().unwrap_or_else(PoisonError::into_inner).take() {
            wire.ended.cancel();
        }
    }
}

impl Wire {
    fn lay(listener: TcpListener, upstream: &str, flows: &watch::Sender<bool>) -> Self {
        let (ended, tasks) = (CancellationToken::new(), TaskTracker::new());
        let connections = tasks.clone();
        let (token, flows, upstream) = (ended.clone(), flows.subscribe(), Arc::<str>::from(upstream));
        tasks.spawn(ended.clone().run_until_cancelled_owned(async move {
            // An error concerns one client that is gone already.
            loop {
                if let Ok((client, _)) = listener.accept().await {
                    let connection = connect(client, Arc::clone(&upstream), flows.clone());
                    connections.spawn(token.clone().run_until_cancelled_owned(connection));
                }
            }
        }));
        Self { ended, tasks }
    }
}

async fn connect(client: TcpStream, upstream: Arc<str>, mut flows: watch::Receiver<bool>) {
    if flows.wait_for(|flows| *flows).await.is_err() {
        return;
    }
    let Ok(server) = TcpStream::connect(&*upstream).await else {
        return;
    };
    // Requests of a few bytes must not wait for more, as they would not without a proxy.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
    tokio::join!(
        forward(client_in, server_out, flows.clone()),
        forward(server_in, client_out, flows)
    );
}

/// Forwards until one side ends, and hands the end on.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut flows: watch::Receiver<bool>) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        if flows.wait_for(|flows| *flows).await.is_err() {
            return;
        }
        let bytes = chunk.get(..length).unwrap_or_default();
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
    // The other side may have closed already.
    let _ = to.shutdown().await;
}

async fn bind_anywhere() -> TcpListener {
    for _ in 0..PORT_ATTEMPTS_MAX {
        let port = backing::free_port().unwrap();
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            return listener;
        }
    }
    panic!("no port for a proxy");
}

/// `host:port` of a URL, or what is that already.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_is_found_in_urls_and_alone() {
        for url in [
            "redis://:p@h:1/0",
            "http://h:1",
            "h:1",
            "postgres://u:p@h:1?a=b",
            "https://h:1/a/b",
        ] {
            assert_eq!(authority(url), "h:1", "{url}");
        }
    }
}
