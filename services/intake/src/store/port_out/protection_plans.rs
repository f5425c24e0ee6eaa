//! What protected a number is found by the number, however many others are protected: read from the plans of the very
//! statements that are run.

use sqlx::{AssertSqlSafe, PgConnection};

use super::locks::REFERENCES;
use super::pins::FORGET;
use crate::store::plan::{Plan, run};
use crate::store::tests::database;

const EXPLAIN: &str = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ";

/// Of 200 accounts.
async fn fill(conn: &mut PgConnection) {
    let numbers = "SELECT lpad(to_hex(i % 200), 32, '0')::uuid, '+1201' || (2000000 + i)";
    let many = "FROM generate_series(1, 20000) AS i";
    for statement in [
        format!(
            "INSERT INTO port_out_pin (account_id, tn, hash, set_by, set_at)
             {numbers}, decode(repeat('00', 32), 'hex'), 'user:ann', now() {many}"
        ),
        format!(
            "INSERT INTO transfer_pin (account_id, tn, hash, issued_by, issued_at, expires_at)
             {numbers}, decode(repeat('00', 32), 'hex'), 'user:ann', now(), now() {many}"
        ),
        format!(
            "INSERT INTO line_separation (account_id, tn, reference, recorded_by, recorded_at)
             {numbers}, 'LSR-1', 'user:ann', now() {many}"
        ),
        "ANALYZE".to_owned(),
    ] {
        run(conn, &statement).await;
    }
}

async fn plan_of(conn: &mut PgConnection, statement: &str) -> Plan {
    let explained = sqlx::query_scalar(AssertSqlSafe(format!("{EXPLAIN}{statement}")))
        .bind(["+12012000300".to_owned(), "+12012000301".to_owned()])
        .fetch_one(conn)
        .await
        .unwrap();
    Plan::read(&explained)
}

#[tokio::test]
async fn what_protected_a_number_is_found_by_the_number() {
    let (_database, pool) = database("protection_plans").await;
    let mut conn = pool.acquire().await.unwrap();
    fill(&mut conn).await;
    plan_of(&mut conn, REFERENCES).await.check("references");
    plan_of(&mut conn, FORGET).await.check("protection");
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM port_out_pin")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(left, 19_998);
}
