//! Starting without a database, losing it, getting it back, and ending.

use std::time::Duration;

use grpc::Lifecycle;
use service::{Serving, StartError};
use sqlx::Connection;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::town::{SOON, Town, announce, written};

async fn health(serving: &Serving) -> ServingStatus {
    let endpoint = Channel::from_shared(format!("http://{}", serving.address)).unwrap();
    let mut client = HealthClient::new(endpoint.connect().await.unwrap());
    let request = HealthCheckRequest {
        service: serving.service.to_owned(),
    };
    client.check(request).await.unwrap().into_inner().status()
}

#[tokio::test]
async fn a_service_waits_for_its_database_to_start() {
    let (town, lifecycle) = (Town::new().await, Lifecycle::new());
    town.wire.cut().await;
    let mut starting = Box::pin(town.start_announcer(&lifecycle));
    let early = tokio::time::timeout(Duration::from_millis(500), &mut starting).await;
    assert!(early.is_err(), "there is no database");
    town.wire.restore().await;
    let serving = tokio::time::timeout(SOON, starting).await.unwrap();
    testkit::eventually(SOON, "readiness", async || {
        health(&serving).await == ServingStatus::Serving
    })
    .await;
    assert!(lifecycle.shut_down(SOON).await);
}

#[tokio::test]
async fn a_schema_that_cannot_be_brought_up_to_date_is_told_at_once() {
    let (town, lifecycle) = (Town::new().await, Lifecycle::new());
    let base = town.start_base("intake", &lifecycle).await.unwrap();
    sqlx::query("UPDATE _migrations_events SET checksum = '\\x00'")
        .execute(&base.pool)
        .await
        .unwrap();
    let started = tokio::time::timeout(Duration::from_secs(20), town.start_base("intake", &lifecycle)).await;
    let refused = started.unwrap().unwrap_err();
    assert!(matches!(refused, StartError::Migrate(_)), "{refused:?}");
}

#[tokio::test]
async fn a_service_without_its_database_is_not_ready_and_is_again_when_it_is_back() {
    let (town, lifecycle) = (Town::new().await, Lifecycle::new());
    let serving = town.start_announcer(&lifecycle).await;
    let becomes = async |expected: ServingStatus| {
        testkit::eventually(SOON, "the change of health", async || {
            health(&serving).await == expected
        })
        .await;
    };
    becomes(ServingStatus::Serving).await;
    town.wire.cut().await;
    becomes(ServingStatus::NotServing).await;
    town.wire.restore().await;
    becomes(ServingStatus::Serving).await;
    town.wire.hang();
    becomes(ServingStatus::NotServing).await;
    town.wire.restore().await;
    becomes(ServingStatus::Serving).await;
}

#[tokio::test]
async fn two_replicas_start_at_once_and_end_in_time_while_the_database_hangs() {
    let town = Town::new().await;
    let (one, other) = (Lifecycle::new(), Lifecycle::new());
    tokio::join!(town.start_announcer(&one), town.start_announcer(&other));
    assert!(one.shut_down(SOON).await);
    town.wire.hang();
    let grace = Duration::from_secs(20);
    assert!(
        other.shut_down(grace).await,
        "nothing waits for an answer that does not come"
    );
}

#[tokio::test]
async fn a_listener_survives_its_database_and_acts_once() {
    let (town, lifecycle) = (Town::new().await, Lifecycle::new());
    let announcer = town.start_announcer(&lifecycle).await;
    let listener = town.start_listener(&announcer, &lifecycle).await;
    let account = types::AccountId::generate();
    announce(&announcer.pool, account, 1).await;
    testkit::eventually(SOON, "the first", async || written(&listener.pool).await == [1]).await;
    town.wire.cut().await;
    town.wire.restore().await;
    let announced = async || {
        sqlx::PgConnection::connect_with(&announcer.pool.connect_options())
            .await
            .is_ok()
    };
    testkit::eventually(SOON, "the database", announced).await;
    announce(&announcer.pool, account, 2).await;
    testkit::eventually(SOON, "the second", async || {
        written(&listener.pool).await.len() >= 2
    })
    .await;
    assert_eq!(written(&listener.pool).await, [1, 2]);
}
