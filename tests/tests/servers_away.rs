//! Redis or Postgres goes away in the middle and comes back.

use std::time::Duration;

use portway_proto::intake::v1::OrderState;
use system_tests::checks::assert_ported_once;
use system_tests::{System, SystemOptions};
use testkit::PrivateServers;
use tonic::Code;

const DAY: Duration = Duration::from_hours(24);

async fn system_on(servers: &PrivateServers, name: &str) -> System {
    let options = SystemOptions {
        replicas: 1,
        database_url: Some(servers.postgres.url().to_owned()),
        redis_url: Some(servers.redis.url().to_owned()),
        ..SystemOptions::default()
    };
    System::start_with(name, options).await
}

#[tokio::test]
async fn without_redis_repeats_are_answered_from_postgres() {
    let servers = PrivateServers::start();
    let system = system_on(&servers, "redis_away").await;
    let customer = system.customer();
    let draft = customer.ready_draft(&["+12018675501"]).await;
    let with_redis = customer.try_submit(&draft, "the-submit").await.unwrap();
    servers.redis.kill().unwrap();
    let without_redis = customer.try_submit(&draft, "the-submit").await.unwrap();
    assert_eq!(with_redis, without_redis);
    let other = customer.submitted(&["+12018675502"]).await;
    customer.advance(DAY).await;
    servers.redis.start().unwrap();
    // Redis came back empty of what happened meanwhile.
    assert_eq!(
        customer.try_submit(&draft, "the-submit").await.unwrap(),
        with_redis
    );
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &with_redis).await;
    assert_ported_once(&system, &customer, &other).await;
}

#[tokio::test]
async fn without_postgres_calls_are_refused_and_work_goes_on_when_it_is_back() {
    let servers = PrivateServers::start();
    let system = system_on(&servers, "postgres_away").await;
    let customer = system.customer();
    let order = customer.submitted(&["+12018675503"]).await;
    let draft = customer.ready_draft(&["+12018675504"]).await;
    servers.postgres.kill().unwrap();
    let refused = customer.try_submit(&draft, "while-away").await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert!(
        !refused.message().to_lowercase().contains("sql"),
        "no database talk reaches a caller"
    );
    servers.postgres.start().unwrap();
    let second =
        testkit::eventually_some(
            Duration::from_mins(1),
            "the same submit to succeed",
            async || match customer.try_submit(&draft, "while-away").await {
                Ok(order) => Some(order),
                Err(refused) => {
                    assert_eq!(
                        refused.code(),
                        Code::Unavailable,
                        "nothing but trying again is asked for: {refused:?}"
                    );
                    None
                }
            },
        )
        .await;
    assert_eq!(second.state(), OrderState::Submitted);
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;
    assert_ported_once(&system, &customer, &second).await;
}
