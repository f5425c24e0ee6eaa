//! Tests of numbers, made and to come.

use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Pon, Tn};

use super::parsed;
use crate::script::tests_after::PlannedTest;
use crate::script::{Capability, Test};

#[derive(sqlx::FromRow)]
struct TestRow {
    test_id: String,
    pon: String,
    tn: String,
    capability: String,
    passed: bool,
    detail: String,
    tested_at: jiff_sqlx::Timestamp,
}

/// Schedules tests, each for its instant. What they are called begins with `key`. `answer_id`: the activation that they
/// follow. One statement, because a request has many numbers.
pub(crate) async fn schedule(
    conn: &mut PgConnection,
    pon: &Pon,
    key: &str,
    answer_id: Option<&str>,
    tests: &[PlannedTest],
) -> Result<(), StoreError> {
    let ids: Vec<String> = tests
        .iter()
        .enumerate()
        .map(|(index, test)| {
            format!(
                "{key}.{}.{}.{}",
                test.tn.digits(),
                test.capability.name(),
                index + 1
            )
        })
        .collect();
    let tns: Vec<String> = tests.iter().map(|test| test.tn.to_string()).collect();
    let capabilities: Vec<&str> = tests.iter().map(|test| test.capability.name()).collect();
    let passed: Vec<bool> = tests.iter().map(|test| test.passed).collect();
    let details: Vec<&str> = tests.iter().map(|test| test.detail.as_str()).collect();
    let times: Vec<jiff_sqlx::Timestamp> = tests.iter().map(|test| test.due_at.to_sqlx()).collect();
    sqlx::query(
        "WITH test AS (
             INSERT INTO scheduled_test (test_id, pon, answer_id, tn, capability, passed, detail, tested_at)
             SELECT line.test_id, $1, $2, line.tn, line.capability, line.passed, line.detail, line.tested_at
               FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::timestamptz[])
                    AS line (test_id, tn, capability, passed, detail, tested_at)
             RETURNING test_id, tested_at
         )
         INSERT INTO change (due_at, test_id) SELECT tested_at, test_id FROM test ORDER BY tested_at, test_id",
    )
    .bind(pon.as_str())
    .bind(answer_id)
    .bind(ids)
    .bind(tns)
    .bind(capabilities)
    .bind(passed)
    .bind(details)
    .bind(times)
    .execute(conn)
    .await?;
    Ok(())
}

/// These tests, in no order.
pub(crate) async fn list_by_id(conn: &mut PgConnection, ids: &[String]) -> Result<Vec<Test>, StoreError> {
    let rows: Vec<TestRow> = sqlx::query_as(
        "SELECT test_id, pon, tn, capability, passed, detail, tested_at
           FROM scheduled_test WHERE test_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Test::try_from).collect()
}

impl TryFrom<TestRow> for Test {
    type Error = StoreError;

    fn try_from(row: TestRow) -> Result<Self, Self::Error> {
        let id = row.test_id;
        let capability = Capability::ALL
            .into_iter()
            .find(|capability| capability.name() == row.capability)
            .ok_or_else(|| StoreError::corrupt("scheduled_test", &id, &row.capability))?;
        Ok(Self {
            pon: parsed("scheduled_test", &id, &row.pon)?,
            tn: parsed::<Tn>("scheduled_test", &id, &row.tn)?,
            capability,
            passed: row.passed,
            detail: row.detail,
            tested_at: row.tested_at.to_jiff(),
            id,
        })
    }
}
