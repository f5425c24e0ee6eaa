//! Schemas are brought up to date once, whoever starts at the same time and whatever version they are of.

use pg::MigrationSet;
use sqlx::migrate::Migrator;

use crate::{pool_of, provisioned};

static MIGRATOR: Migrator = sqlx::migrate!("tests/database/migrations");
static NEWER: Migrator = sqlx::migrate!("tests/database/newer_migrations");

fn set(migrator: &'static Migrator) -> [MigrationSet; 1] {
    [MigrationSet {
        owner: "thing",
        migrator,
    }]
}

#[tokio::test]
async fn replicas_that_start_at_once_migrate_once_and_without_the_limit_of_statements() {
    let (_database, [pool]) = provisioned(["intake"]).await;
    let replicas = (0..3).map(|_| async { pg::migrate(&pool, &set(&MIGRATOR)).await });
    for outcome in futures::future::join_all(replicas).await {
        outcome.unwrap();
    }
    let timeouts: Vec<String> = sqlx::query_scalar("SELECT statement_timeout FROM thing")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(timeouts, ["0"]);
    let own: String = sqlx::query_scalar("SHOW statement_timeout")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(own, "15s", "services keep theirs");
}

#[tokio::test]
async fn services_in_one_database_migrate_side_by_side() {
    let (_database, [intake, billing]) = provisioned(["intake", "billing"]).await;
    let sets = [set(&MIGRATOR), set(&MIGRATOR)];
    let (one, other) = tokio::join!(pg::migrate(&intake, &sets[0]), pg::migrate(&billing, &sets[1]));
    one.unwrap();
    other.unwrap();
}

#[tokio::test]
async fn an_old_replica_starts_beside_a_newer_schema() {
    let (_database, [pool]) = provisioned(["intake"]).await;
    pg::migrate(&pool, &set(&NEWER)).await.unwrap();
    pg::migrate(&pool, &set(&MIGRATOR)).await.unwrap();
    sqlx::query("SELECT more FROM thing")
        .fetch_all(&pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_passes_by_itself_is_told_from_what_does_not() {
    let nobody = format!("postgres://nobody@127.0.0.1:{}/none", 1);
    let away = pg::migrate(&pool_of(nobody, "intake"), &set(&MIGRATOR))
        .await
        .unwrap_err();
    assert!(away.is_transient(), "{away:?}");

    let (_database, [pool]) = provisioned(["intake"]).await;
    pg::migrate(&pool, &set(&MIGRATOR)).await.unwrap();
    sqlx::query("UPDATE _migrations_thing SET checksum = '\\x00'")
        .execute(&pool)
        .await
        .unwrap();
    let changed = pg::migrate(&pool, &set(&MIGRATOR)).await.unwrap_err();
    assert!(!changed.is_transient(), "{changed:?}");
}
