//! What a server takes, and how it says no.

use std::time::{Duration, Instant};

use grpc::{NoDeadline, PeerSettings, ServerSettings};
use portway_proto::events::v1::event_feed_service_client::EventFeedServiceClient;
use portway_proto::events::v1::{ConfirmEventsRequest, Position, StreamEventsRequest};
use tonic::{Code, Request};

use crate::stub::{Running, SOON, ask, reason};

/// A position takes a few bytes each.
fn of_bytes(bytes: usize) -> ConfirmEventsRequest {
    let position = Position {
        partition: 15,
        offset: i64::MAX,
    };
    let size = 2 + prost::Message::encoded_len(&position);
    ConfirmEventsRequest {
        reader: String::new(),
        positions: vec![position; bytes / size],
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_and_the_connection_goes_on() {
    let server = Running::start().await;
    let mut client = server.client();
    client.confirm_events(of_bytes(3 << 20)).await.unwrap();
    let refused = client.confirm_events(of_bytes(5 << 20)).await.unwrap_err();
    assert!(
        matches!(refused.code(), Code::OutOfRange | Code::ResourceExhausted),
        "{refused:?}"
    );
    client.confirm_events(ask("again")).await.unwrap();
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_a_place() {
    let server = Running::start_with(ServerSettings {
        connections_max: 1,
        ..ServerSettings::new("stub")
    })
    .await;
    let mut first = server.client();
    first.confirm_events(ask("hello")).await.unwrap();
    let mut second = server.client();
    let mut waiting = Box::pin(second.confirm_events(ask("hello")));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "there was no place");
    drop(first);
    tokio::time::timeout(SOON, waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_that_says_nothing_gives_its_place_back() {
    let server = Running::start_with(ServerSettings {
        connections_max: 1,
        ..ServerSettings::new("stub")
    })
    .await;
    let _silent = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let patient = PeerSettings {
        deadline: SOON,
        ..PeerSettings::new(server.endpoint())
    };
    let mut client = EventFeedServiceClient::new(server.peer(&patient));
    client.confirm_events(ask("hello")).await.unwrap();
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends_and_a_stream_does_not() {
    let server = Running::start_with(ServerSettings {
        deadline: Duration::from_millis(200),
        ..ServerSettings::new("stub")
    })
    .await;
    let mut client = server.client();
    client.confirm_events(ask("wait-10")).await.unwrap();
    let refused = client.confirm_events(ask("wait-20000")).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    let mut request = Request::new(StreamEventsRequest::default());
    request.extensions_mut().insert(NoDeadline);
    let started = Instant::now();
    let mut stream = client.stream_events(request).await.unwrap().into_inner();
    while started.elapsed() < Duration::from_millis(600) {
        stream.message().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_caller_s_shorter_deadline_counts() {
    let server = Running::start().await;
    let hurried = PeerSettings {
        deadline: Duration::from_millis(200),
        ..PeerSettings::new(server.endpoint())
    };
    let mut client = EventFeedServiceClient::new(server.peer(&hurried));
    let started = Instant::now();
    let refused = client.confirm_events(ask("wait-20000")).await.unwrap_err();
    // Either side may notice first; ours says DEADLINE_EXCEEDED, the transport CANCELLED.
    assert!(
        matches!(refused.code(), Code::DeadlineExceeded | Code::Cancelled),
        "{refused:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_panic_is_an_internal_error_without_a_word_about_it() {
    let server = Running::start().await;
    let mut client = server.client();
    let refused = client.confirm_events(ask("panic")).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Internal, "INTERNAL")
    );
    assert_eq!(refused.message(), "internal error");
    client.confirm_events(ask("hello")).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_grows_old_is_changed_without_losing_a_call() {
    let server = Running::start_with(ServerSettings {
        connection_age_max: Duration::from_millis(150),
        grace: Duration::from_millis(100),
        ..ServerSettings::new("stub")
    })
    .await;
    let mut client = server.client();
    // Each of these is in flight when its connection's time is over.
    for _ in 0..4 {
        client.confirm_events(ask("wait-400")).await.unwrap();
    }
}
