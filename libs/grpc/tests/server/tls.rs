//! A peer behind TLS is called only if somebody vouches for it.

use auth::{ServiceIdentity, SigningKey};
use grpc::{Peer, PeerSettings};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const AUTHORITY: &str = include_str!("tls/authority.pem");
const CERTIFICATE: &str = include_str!("tls/server.pem");
const KEY: &str = include_str!("tls/server.key");

async fn answers(peer: Peer) -> bool {
    let asked = HealthClient::new(peer).check(HealthCheckRequest::default()).await;
    asked.is_ok()
}

#[tokio::test]
async fn a_peer_behind_tls_is_called_only_if_it_is_vouched_for_under_its_name() {
    testkit::install_crypto();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (_reporter, health) = tonic_health::server::health_reporter();
    let router = Server::builder()
        .tls_config(ServerTlsConfig::new().identity(Identity::from_pem(CERTIFICATE, KEY)))
        .unwrap()
        .add_service(health);
    // Ends with the test.
    let mut serving = JoinSet::new();
    serving.spawn(router.serve_with_incoming(TcpListenerStream::new(listener)));

    let (pem, _public) = SigningKey::generate("service:billing").unwrap();
    let identity = ServiceIdentity::new("billing".parse().unwrap(), &pem).unwrap();
    let test_authority = Some(AUTHORITY.to_owned());
    for (endpoint, authorities, expected) in [
        (format!("https://localhost:{port}"), test_authority.clone(), true),
        // Another name than the certificate's.
        (format!("https://127.0.0.1:{port}"), test_authority.clone(), false),
        // The system does not know the authority.
        (format!("https://localhost:{port}"), None, false),
        // It does not speak plainly.
        (format!("http://localhost:{port}"), test_authority, false),
    ] {
        let settings = PeerSettings {
            authorities,
            ..PeerSettings::new(endpoint.clone())
        };
        let peer = grpc::peer(&settings, identity.clone()).unwrap();
        assert_eq!(answers(peer).await, expected, "{endpoint}");
    }
}
