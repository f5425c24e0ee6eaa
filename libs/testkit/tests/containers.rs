//! The front door to servers in containers.

use backing::Origin;
use sqlx::Connection;
use testkit::TestDatabase;

#[tokio::test]
async fn container_servers_are_servers_like_any_other() {
    let Some(servers) = testkit::container_servers() else {
        return;
    };
    assert!(matches!(servers.postgres.origin(), Origin::Container { .. }));
    let database = TestDatabase::create_at(servers.postgres.url(), "containers").await;
    database.connect().await.ping().await.unwrap();
}
