//! What tools and operators see of a server: health, reflection, metrics.

use grpc::PeerSettings;
use portway_proto::events::v1::{ConfirmEventsRequest, ConfirmEventsResponse};
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::stub::{Running, SOON, ask};

async fn channel(server: &Running) -> Channel {
    Channel::from_shared(server.endpoint())
        .unwrap()
        .connect()
        .await
        .unwrap()
}

async fn health(client: &HealthClient<Channel>, service: &str) -> ServingStatus {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    client.clone().check(request).await.unwrap().into_inner().status()
}

#[tokio::test]
async fn health_follows_readiness() {
    let server = Running::start().await;
    let client = HealthClient::new(channel(&server).await);
    for (is_ready, expected) in [
        (true, ServingStatus::Serving),
        (false, ServingStatus::NotServing),
        (true, ServingStatus::Serving),
    ] {
        server.ready.send_replace(is_ready);
        for service in ["", "stub"] {
            testkit::eventually(SOON, "the health", async || {
                health(&client, service).await == expected
            })
            .await;
        }
    }
    let unknown = client
        .clone()
        .check(HealthCheckRequest {
            service: "unknown".to_owned(),
        })
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn a_server_that_drains_is_not_serving() {
    let server = Running::start().await;
    let client = HealthClient::new(channel(&server).await);
    testkit::eventually(SOON, "a start", async || {
        health(&client, "").await == ServingStatus::Serving
    })
    .await;
    let mut watched = client
        .clone()
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        watched.message().await.unwrap().unwrap().status(),
        ServingStatus::Serving
    );
    server.lifecycle.token().cancel();
    let last = tokio::time::timeout(SOON, watched.message()).await.unwrap();
    assert_eq!(last.unwrap().unwrap().status(), ServingStatus::NotServing);
}

/// Asks for the list of services in one of the two versions of reflection.
macro_rules! list_services {
    ($version:ident, $channel:expr) => {{
        use tonic_reflection::pb::$version::ServerReflectionRequest;
        use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
        let request = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let mut replies = ServerReflectionClient::new($channel)
            .server_reflection_info(futures::stream::iter([request]))
            .await
            .unwrap()
            .into_inner();
        match replies.message().await.unwrap().unwrap().message_response {
            Some(MessageResponse::ListServicesResponse(list)) => list
                .service
                .into_iter()
                .map(|service| service.name)
                .collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    }};
}

#[tokio::test]
async fn reflection_lists_the_services_in_both_versions_without_a_token() {
    let server = Running::start().await;
    let channel = channel(&server).await;
    for services in [
        list_services!(v1, channel.clone()),
        list_services!(v1alpha, channel.clone()),
    ] {
        for expected in ["portway.events.v1.EventFeedService", "grpc.health.v1.Health"] {
            assert!(services.iter().any(|service| service == expected), "{services:?}");
        }
    }
}

#[tokio::test]
async fn metrics_know_every_method_by_name_and_all_that_there_is_not_by_one() {
    let metrics = telemetry::metrics::install().unwrap();
    let server = Running::start().await;
    server.client().confirm_events(ask("hello")).await.unwrap();
    server.client().confirm_events(ask("panic")).await.unwrap_err();
    for path in ["/made.up/One", "/made.up/Two", "/grpc.health.v1.Health/MadeUp"] {
        let peer = server.peer(&PeerSettings::new(server.endpoint()));
        let mut raw = tonic::client::Grpc::new(peer);
        raw.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<ConfirmEventsRequest, ConfirmEventsResponse>::default();
        let request = Request::new(ConfirmEventsRequest::default());
        let refused = raw
            .unary(request, path.parse().unwrap(), codec)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Unimplemented, "{path}");
    }
    let told = metrics.render();
    let line = |method: &str, code: &str, count: u32| {
        format!("portway_rpc_requests_total{{service=\"stub\",method=\"{method}\",code=\"{code}\"}} {count}")
    };
    let confirm = "portway.events.v1.EventFeedService/ConfirmEvents";
    for expected in [
        line(confirm, "OK", 1),
        line(confirm, "INTERNAL", 1),
        line("unknown", "UNIMPLEMENTED", 3),
    ] {
        assert!(told.contains(&expected), "{expected} is not in\n{told}");
    }
    assert!(!told.contains("made.up") && !told.contains("MadeUp"), "{told}");
}
