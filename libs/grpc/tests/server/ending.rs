//! The end: what is in flight is finished, what never ends is cut, and what says nothing holds nothing up.

use std::time::{Duration, Instant};

use grpc::{Lifecycle, NoDeadline, ServerSettings};
use portway_proto::events::v1::StreamEventsRequest;
use tonic::Request;

use crate::stub::{Running, SOON, ask};

/// Far less than the grace period, far more than an end takes.
const AT_ONCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_silent_connection_does_not_hold_the_end_up() {
    let server = Running::start().await;
    let _silent = tokio::net::TcpStream::connect(server.address).await.unwrap();
    // Accepted in order, so the silent one is in.
    server.client().confirm_events(ask("hello")).await.unwrap();
    let started = Instant::now();
    assert!(server.lifecycle.shut_down(SOON).await);
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    tokio::net::TcpStream::connect(server.address).await.unwrap_err();
}

#[tokio::test]
async fn a_call_in_flight_is_finished() {
    let server = Running::start().await;
    let mut client = server.client();
    client.confirm_events(ask("hello")).await.unwrap();
    let mut call = Box::pin(client.confirm_events(ask("wait-700")));
    // Long enough for the request to arrive.
    assert!(
        tokio::time::timeout(Duration::from_millis(200), &mut call)
            .await
            .is_err()
    );
    let (answered, all_ended) = tokio::join!(call, server.lifecycle.shut_down(SOON));
    answered.unwrap();
    assert!(all_ended);
}

#[tokio::test]
async fn what_never_ends_is_cut_after_the_grace_period() {
    let server = Running::start_with(ServerSettings {
        grace: Duration::from_millis(300),
        ..ServerSettings::new("stub")
    })
    .await;
    let mut client = server.client();
    let mut request = Request::new(StreamEventsRequest::default());
    request.extensions_mut().insert(NoDeadline);
    let mut stream = client.stream_events(request).await.unwrap().into_inner();
    stream.message().await.unwrap().unwrap();
    let started = Instant::now();
    assert!(server.lifecycle.shut_down(SOON).await);
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_task_that_panics_ends_the_process_in_order() {
    let lifecycle = Lifecycle::new();
    let token = lifecycle.token();
    let (sender, ended) = tokio::sync::oneshot::channel();
    lifecycle.spawn("other", async move {
        token.cancelled().await;
        sender.send(()).unwrap();
    });
    lifecycle.spawn("broken", async { panic!("on purpose") });
    tokio::time::timeout(SOON, ended).await.unwrap().unwrap();
    assert!(lifecycle.shut_down(SOON).await);
}

#[tokio::test]
async fn a_task_that_does_not_end_is_told() {
    let lifecycle = Lifecycle::new();
    lifecycle.spawn("stubborn", std::future::pending());
    assert!(!lifecycle.shut_down(Duration::from_millis(50)).await);
}
