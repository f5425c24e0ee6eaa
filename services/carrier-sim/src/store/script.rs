//! Scripts by number, and how many calls each still fails.

use pg::StoreError;
use sqlx::PgConnection;
use sqlx::types::Json;
use types::Tn;

use super::tn_texts;
use crate::script::{Script, ScriptedTest, Step};

/// What the column holds for the script of all other requests.
const DEFAULT: &str = "";

/// The script that a request is answered by.
#[derive(Debug)]
pub(crate) struct ChosenScript {
    /// Its key; `None`: no script was set, and the built-in one holds.
    key: Option<String>,
    /// What it says.
    pub(crate) script: Script,
}

#[derive(sqlx::FromRow)]
struct ScriptRow {
    script_of: String,
    steps: Json<Vec<Step>>,
    tests: Json<Vec<ScriptedTest>>,
    messaging_refusal: Option<String>,
    port_out_snapback_refusal: Option<String>,
}

/// Sets the script of a number, or of all requests without one of their own.
pub(crate) async fn put(
    conn: &mut PgConnection,
    script_of: Option<Tn>,
    script: &Script,
    fail_calls: i32,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO script (script_of, steps, fail_calls_left, tests, messaging_refusal, port_out_snapback_refusal)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (script_of)
         DO UPDATE SET steps = excluded.steps, fail_calls_left = excluded.fail_calls_left,
                       tests = excluded.tests, messaging_refusal = excluded.messaging_refusal,
                       port_out_snapback_refusal = excluded.port_out_snapback_refusal",
    )
    .bind(script_of.map_or_else(|| DEFAULT.to_owned(), |tn| tn.to_string()))
    .bind(Json(&script.steps))
    .bind(fail_calls)
    .bind(Json(&script.tests))
    .bind(&script.messaging_refusal)
    .bind(&script.port_out_snapback_refusal)
    .execute(conn)
    .await?;
    Ok(())
}

/// The script of the first of `tns` that has one, else the one for all other requests, else the built-in one.
pub(crate) async fn find_for(conn: &mut PgConnection, tns: &[Tn]) -> Result<ChosenScript, StoreError> {
    let row: Option<ScriptRow> = sqlx::query_as(
        "SELECT script_of, steps, tests, messaging_refusal, port_out_snapback_refusal FROM script
          WHERE script_of = ANY($1::text[]) OR script_of = ''
          ORDER BY array_position($1::text[], script_of) NULLS LAST LIMIT 1",
    )
    .bind(tn_texts(tns))
    .fetch_optional(conn)
    .await?;
    Ok(match row {
        Some(row) => ChosenScript {
            key: Some(row.script_of),
            script: Script {
                steps: row.steps.0,
                tests: row.tests.0,
                messaging_refusal: row.messaging_refusal,
                port_out_snapback_refusal: row.port_out_snapback_refusal,
            },
        },
        None => ChosenScript {
            key: None,
            script: Script::default(),
        },
    })
}

/// Uses up one of the calls that the script still fails; false when there is none left.
pub(crate) async fn use_failure(conn: &mut PgConnection, chosen: &ChosenScript) -> Result<bool, StoreError> {
    let Some(key) = &chosen.key else {
        return Ok(false);
    };
    let used = sqlx::query(
        "UPDATE script SET fail_calls_left = fail_calls_left - 1 WHERE script_of = $1 AND fail_calls_left > 0",
    )
    .bind(key)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(used == 1)
}
