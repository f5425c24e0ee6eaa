//! The wire that can be cut, in front of a real server.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic, as a test does"
)]

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use testkit::TcpProxy;
use tokio::time::timeout;

/// Long enough for an answer over loopback, on a busy machine too.
const SOON: Duration = Duration::from_secs(10);
/// What does not come in this time does not come.
const NEVER: Duration = Duration::from_millis(300);

async fn proxied() -> (TcpProxy, String, PgConnection) {
    let url = testkit::servers().postgres.url();
    let proxy = TcpProxy::start(url).await;
    let through = proxy.url_for(url);
    let connection = PgConnection::connect(&through).await.unwrap();
    (proxy, through, connection)
}

#[tokio::test]
async fn a_cut_ends_connections_and_refuses_new_ones_until_it_is_mended() {
    let (proxy, url, mut connection) = proxied().await;
    connection.ping().await.unwrap();
    proxy.cut().await;
    timeout(SOON, connection.ping()).await.unwrap().unwrap_err();
    let refused = tokio::net::TcpStream::connect(proxy.address()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    proxy.restore().await;
    PgConnection::connect(&url).await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_hang_answers_nothing_and_loses_nothing() {
    let (proxy, url, mut connection) = proxied().await;
    proxy.hang();
    let mut late = Box::pin(PgConnection::connect(&url));
    let mut ping = Box::pin(connection.ping());
    timeout(NEVER, &mut ping).await.unwrap_err();
    timeout(NEVER, &mut late).await.err().unwrap();
    proxy.restore().await;
    timeout(SOON, ping).await.unwrap().unwrap();
    timeout(SOON, late).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_wire_that_hangs_can_be_cut() {
    let (proxy, _, mut connection) = proxied().await;
    proxy.hang();
    timeout(SOON, proxy.cut()).await.unwrap();
    timeout(SOON, connection.ping()).await.unwrap().unwrap_err();
}

#[tokio::test]
async fn a_proxy_without_its_server_closes_what_connects() {
    let nobody = format!("127.0.0.1:{}", backing::free_port().unwrap());
    let proxy = TcpProxy::start(&nobody).await;
    let mut stream = tokio::net::TcpStream::connect(proxy.address()).await.unwrap();
    let read = timeout(SOON, tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 1]))
        .await
        .unwrap();
    assert_eq!(read.unwrap_or(0), 0);
}
