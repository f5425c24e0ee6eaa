//! The audit trail as an auditor has it: exported, kept, and checked by the command line.

use std::time::Duration;

use serde_json::Value;
use sqlx::Executor;
use system_tests::checks::assert_ported_once;
use system_tests::{Ran, System};

const DAY: Duration = Duration::from_hours(24);

fn verdict(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[tokio::test]
async fn a_ports_whole_trail_is_exported_checked_and_what_was_changed_is_named() {
    let system = System::start("audit").await;
    let customer = system.customer();
    let order = customer.submitted(&["+12018675371"]).await;
    customer.advance(DAY * 8).await;
    assert_ported_once(&system, &customer, &order).await;

    for service in ["intake", "carrier-gateway", "billing", "notification"] {
        let ran = system.portway(&["audit", "verify", "--service", service, "-o", "json"]);
        assert_eq!(ran.code, Some(0), "{service}: {ran:?}");
        assert!(
            verdict(&ran)["entries"].as_i64().unwrap() > 0,
            "{service} has entries"
        );
    }
    let exported = system.portway(&["audit", "export"]);
    let lines: Vec<Value> = exported
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let by = |kind: &str| {
        let of_kind = lines
            .iter()
            .find(|line| line["type"] == format!("portway.intake.v1.{kind}"));
        of_kind.unwrap_or_else(|| panic!("no {kind} in {lines:#?}"))["actor"].clone()
    };
    assert_eq!(by("OrderSubmitted"), "owner", "who handed it in");
    assert_eq!(
        by("OrderFocConfirmed"),
        "service:carrier-gateway",
        "who reported it"
    );
    assert_eq!(
        by("OrderActivationRequested"),
        "system",
        "what fell due by itself"
    );

    let file = system.data_dir().join("trail.jsonl");
    let path = file.to_str().unwrap();
    std::fs::write(&file, &exported.stdout).unwrap();
    let ran = system.portway(&["audit", "verify", "--file", path, "-o", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    std::fs::write(&file, exported.stdout.replacen("\"owner\"", "\"nobody\"", 1)).unwrap();
    let ran = system.portway(&["audit", "verify", "--file", path, "-o", "json"]);
    let changed = lines.iter().position(|line| line["actor"] == "owner").unwrap() + 1;
    assert_eq!(
        (ran.code, &verdict(&ran)["broken_at"]),
        (Some(1), &Value::from(changed))
    );
}

#[tokio::test]
async fn a_chain_that_was_cut_short_does_not_lead_to_the_head_that_was_kept() {
    let system = System::start("audit_head").await;
    let customer = system.customer();
    let order = customer.submitted(&["+12018675372"]).await;
    customer.advance(DAY * 8).await;
    let ran = system.portway(&["audit", "verify", "-o", "json"]);
    let head = verdict(&ran)["head"].as_str().unwrap().to_owned();
    let entries = verdict(&ran)["entries"].as_i64().unwrap();

    let statement = "DELETE FROM intake.audit_entry WHERE number = $1 AND account_id = $2";
    let account: uuid::Uuid = order.account_id.parse().unwrap();
    let mut conn = system.database().await;
    sqlx::query(statement)
        .bind(entries)
        .bind(account)
        .execute(&mut conn)
        .await
        .unwrap();
    let ran = system.portway(&["audit", "verify", "-o", "json"]);
    assert_eq!(ran.code, Some(0), "by itself what is left holds: {ran:?}");
    let ran = system.portway(&["audit", "verify", "--expect", &head, "-o", "json"]);
    assert_eq!(
        (ran.code, &verdict(&ran)["broken_at"]),
        (Some(1), &Value::from(entries))
    );
    conn.execute("UPDATE intake.audit_entry SET subject_id = gen_random_uuid() WHERE number = 2")
        .await
        .unwrap();
    let ran = system.portway(&["audit", "verify", "-o", "json"]);
    assert_eq!(
        (ran.code, &verdict(&ran)["broken_at"]),
        (Some(1), &Value::from(2))
    );
}
