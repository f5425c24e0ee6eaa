//! A whole run leaves no secret in clear: not in any table of any service, not in the log, not in a mail.

#![expect(
    clippy::unwrap_used,
    reason = "what a test is made of may panic as the test does"
)]

use std::fmt::Write as _;
use std::time::Duration;

use portway_proto::carrier::v1::AnswerKind;
use portway_proto::sim::v1::ScriptStep;
use sqlx::AssertSqlSafe;
use system_tests::checks::{assert_ported_once, mails};
use system_tests::{ACCOUNT_NUMBER, PIN, System, TAX_ID, raw_reason, script_step};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const NEW_PIN: &str = "55014873";

#[tokio::test]
async fn no_secret_is_left_in_clear() {
    let system = System::start("secrecy").await;
    let customer = system.customer();
    let tn = "+12018675701";
    let rejected = ScriptStep {
        reasons: vec![raw_reason(tn, "8C", "PIN incorrect")],
        ..script_step(HOUR, AnswerKind::Rejected)
    };
    customer
        .script(
            tn,
            vec![
                rejected,
                script_step(HOUR, AnswerKind::Foc),
                script_step(HOUR, AnswerKind::Activated),
            ],
        )
        .await;
    let order = customer.submitted(&[tn]).await;
    customer.advance(HOUR * 3).await;
    customer.fix(&order, "pin", tn, NEW_PIN).await.unwrap();
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;

    let mut everything = rows_of_all_tables(&system).await;
    assert!(everything.len() > 50, "the tables were read");
    everything.push(("log".to_owned(), system.log()));
    everything.extend(mails(&system).into_iter().map(|mail| ("mail".to_owned(), mail)));
    for secret in [ACCOUNT_NUMBER, PIN, NEW_PIN, TAX_ID] {
        for (place, text) in &everything {
            assert!(!text.contains(secret), "a secret stands in {place}");
            assert!(
                !text.contains(&hex_of(secret)),
                "a secret stands in bytes of {place}"
            );
        }
    }
}

#[tokio::test]
async fn no_service_can_read_anothers_tables() {
    let system = System::start("isolation").await;
    let mut admin = system.database().await;
    let schemas = ["intake", "gateway", "notification", "billing", "sim"];
    for owner in schemas {
        let tables: Vec<String> = sqlx::query_scalar("SELECT tablename FROM pg_tables WHERE schemaname = $1")
            .bind(owner)
            .fetch_all(&mut admin)
            .await
            .unwrap();
        assert!(!tables.is_empty(), "{owner} has tables");
        for other in schemas.iter().filter(|other| **other != owner) {
            let readable: Vec<bool> = sqlx::query_scalar(
                "SELECT has_table_privilege(current_database() || '_' || $1, $2 || '.' || quote_ident(t), 'SELECT, INSERT, UPDATE, DELETE')
                     OR has_schema_privilege(current_database() || '_' || $1, $2, 'USAGE')
                   FROM unnest($3::text[]) AS t",
            )
            .bind(other)
            .bind(owner)
            .bind(&tables)
            .fetch_all(&mut admin)
            .await
            .unwrap();
            assert!(
                readable.iter().all(|is_readable| !is_readable),
                "{other} can reach {owner}"
            );
        }
    }
}

async fn rows_of_all_tables(system: &System) -> Vec<(String, String)> {
    let mut admin = system.database().await;
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT schemaname::text, tablename::text FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    let mut rows = Vec::new();
    for (schema, table) in tables {
        let sql = format!("SELECT t::text FROM \"{schema}\".\"{table}\" AS t");
        let texts: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut admin)
            .await
            .unwrap();
        rows.extend(texts.into_iter().map(|text| (format!("{schema}.{table}"), text)));
    }
    rows
}

fn hex_of(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
