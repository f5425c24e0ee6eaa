//! What a failed statement means, with the failures that Postgres really gives.

use pg::{Fault, StoreError, fault_of};
use sqlx::{Connection, Executor, PgConnection, PgPool};

use crate::{pool_of, provisioned};

async fn with_tables() -> (testkit::TestDatabase, PgPool) {
    let (database, [pool]) = provisioned(["intake"]).await;
    pool.execute(
        "CREATE TABLE thing (id int CONSTRAINT thing_pkey PRIMARY KEY, amount int NOT NULL,
             CONSTRAINT thing_amount CHECK (amount > 0));
         CREATE TABLE part (thing int CONSTRAINT part_thing REFERENCES thing);
         INSERT INTO thing VALUES (1, 1), (2, 1)",
    )
    .await
    .unwrap();
    (database, pool)
}

#[tokio::test]
async fn a_refused_write_names_its_constraint() {
    let (_database, pool) = with_tables().await;
    let cases = [
        ("INSERT INTO thing VALUES (1, 1)", Fault::Constraint("thing_pkey")),
        (
            "INSERT INTO thing VALUES (3, 0)",
            Fault::Constraint("thing_amount"),
        ),
        ("INSERT INTO part VALUES (9)", Fault::Constraint("part_thing")),
        ("INSERT INTO thing VALUES (3, NULL)", Fault::Other),
        ("SELECT nonsense", Fault::Other),
        ("SELECT 1 / 0", Fault::Other),
    ];
    for (sql, expected) in cases {
        let error = pool.execute(sql).await.unwrap_err();
        assert_eq!(fault_of(&error), expected, "{sql}");
        let name = match expected {
            Fault::Constraint(name) => Some(name),
            Fault::Busy | Fault::Unavailable | Fault::Other => None,
        };
        let error = StoreError::from(error);
        assert_eq!(error.constraint(), name, "{sql}");
        assert!(!error.is_transient(), "{sql}");
    }
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_is_busy() {
    let (_database, pool) = with_tables().await;
    let mut holder = pool.begin().await.unwrap();
    holder
        .execute("SELECT FROM thing WHERE id = 1 FOR UPDATE")
        .await
        .unwrap();
    let error = pool
        .execute("SELECT FROM thing WHERE id = 1 FOR UPDATE NOWAIT")
        .await
        .unwrap_err();
    assert_eq!(fault_of(&error), Fault::Busy);
    let mut impatient = pool.acquire().await.unwrap();
    impatient.execute("SET lock_timeout = 50").await.unwrap();
    let error = impatient
        .execute("DELETE FROM thing WHERE id = 1")
        .await
        .unwrap_err();
    assert_eq!(fault_of(&error), Fault::Busy);
    assert!(StoreError::from(error).is_transient());
}

#[tokio::test]
async fn a_deadlock_and_a_lost_update_are_busy() {
    let (_database, pool) = with_tables().await;
    let (mut one, mut other) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    one.execute("UPDATE thing SET amount = 2 WHERE id = 1")
        .await
        .unwrap();
    other
        .execute("UPDATE thing SET amount = 2 WHERE id = 2")
        .await
        .unwrap();
    let (first, second) = tokio::join!(
        one_step(one, "UPDATE thing SET amount = 3 WHERE id = 2"),
        one_step(other, "UPDATE thing SET amount = 3 WHERE id = 1")
    );
    let victim = first.err().or(second.err()).unwrap();
    assert_eq!(fault_of(&victim), Fault::Busy);

    let serializable = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    let mut late = pool.acquire().await.unwrap();
    late.execute(serializable).await.unwrap();
    late.execute("SELECT FROM thing").await.unwrap();
    pool.execute("UPDATE thing SET amount = 9 WHERE id = 1")
        .await
        .unwrap();
    let error = late
        .execute("UPDATE thing SET amount = 8 WHERE id = 1")
        .await
        .unwrap_err();
    assert_eq!(fault_of(&error), Fault::Busy);
}

/// Takes the transaction along, so that the loser's locks go with it.
async fn one_step(
    mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
    sql: &'static str,
) -> Result<(), sqlx::Error> {
    tx.execute(sql).await?;
    tx.rollback().await
}

#[tokio::test]
async fn a_time_limit_of_the_server_is_unavailable() {
    let (database, pool) = with_tables().await;
    let mut slow = pool.acquire().await.unwrap();
    slow.execute("SET statement_timeout = 20").await.unwrap();
    let error = slow.execute("SELECT pg_sleep(60)").await.unwrap_err();
    assert_eq!(fault_of(&error), Fault::Unavailable, "{error:?}");
    assert!(StoreError::from(error).is_transient());

    let mut idle = pool.acquire().await.unwrap();
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut *idle)
        .await
        .unwrap();
    idle.execute("SET idle_in_transaction_session_timeout = 20")
        .await
        .unwrap();
    idle.execute("BEGIN").await.unwrap();
    let mut watcher = database.connect().await;
    testkit::eventually(
        std::time::Duration::from_secs(30),
        "the idle one is ended",
        async || {
            let alive: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = $1")
                .bind(pid)
                .fetch_one(&mut watcher)
                .await
                .unwrap();
            alive == 0
        },
    )
    .await;
    let error = idle.execute("SELECT 1").await.unwrap_err();
    assert_eq!(fault_of(&error), Fault::Unavailable, "{error:?}");
}

#[tokio::test]
async fn a_connection_that_is_gone_is_unavailable() {
    let (database, pool) = with_tables().await;
    let mut victim = pool.acquire().await.unwrap();
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut *victim)
        .await
        .unwrap();
    sqlx::query("SELECT pg_terminate_backend($1)")
        .bind(pid)
        .execute(&mut database.connect().await)
        .await
        .unwrap();
    let error = victim.execute("SELECT 1").await.unwrap_err();
    assert_eq!(fault_of(&error), Fault::Unavailable, "{error:?}");

    let refused = PgConnection::connect("postgres://nobody@127.0.0.1:1/none")
        .await
        .unwrap_err();
    assert_eq!(fault_of(&refused), Fault::Unavailable, "{refused:?}");

    let closed = pool_of(database.url().to_owned(), "intake");
    closed.close().await;
    let error = closed.acquire().await.err().unwrap();
    assert_eq!(fault_of(&error), Fault::Unavailable, "{error:?}");
    assert!(StoreError::from(error).is_transient());
}

#[tokio::test]
async fn a_pool_with_nobody_home_says_so_within_its_bound() {
    let (_database, pool) = with_tables().await;
    let mut held = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        held.push(pool.acquire().await.unwrap());
    }
    let error = pool.acquire().await.err().unwrap();
    assert_eq!(fault_of(&error), Fault::Unavailable, "{error:?}");
}
