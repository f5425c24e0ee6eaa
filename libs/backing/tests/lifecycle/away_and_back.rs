//! One of the two servers is away and comes back, as failure tests need it.

use backing::Durability;

use crate::{data_root, execute, query, redis, start};

#[tokio::test]
async fn each_server_goes_and_comes_back_at_the_same_url_while_the_other_stays() {
    let root = data_root();
    let servers = start(root.path(), Durability::Kept);
    execute(&servers, "create table kept as select 7::bigint as answer").await;
    redis(&servers, &["SET", "kept", "7"]).await.unwrap();

    servers.postgres.stop().unwrap();
    servers.postgres.stop().unwrap();
    query(&servers, "select 1::bigint").await.unwrap_err();
    redis(&servers, &["PING"]).await.unwrap();
    servers.postgres.start().unwrap();
    servers.postgres.start().unwrap();
    assert_eq!(query(&servers, "select answer from kept").await.unwrap(), 7);

    servers.redis.stop().unwrap();
    redis(&servers, &["PING"]).await.unwrap_err();
    query(&servers, "select 1::bigint").await.unwrap();
    servers.redis.start().unwrap();
    assert_eq!(redis(&servers, &["GET", "kept"]).await.unwrap(), "7");
}

#[tokio::test]
async fn a_crashed_postgres_comes_back_with_what_it_had_acknowledged() {
    let root = data_root();
    let servers = start(root.path(), Durability::Kept);
    execute(&servers, "create table kept as select 9::bigint as answer").await;
    servers.postgres.kill().unwrap();
    servers.postgres.start().unwrap();
    assert_eq!(query(&servers, "select answer from kept").await.unwrap(), 9);
}
