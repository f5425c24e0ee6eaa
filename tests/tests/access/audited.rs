//! Every change leaves an entry in the audit trail: an event of its own, or the record of the call.
//!
//! The record is made where changes are finished (`idempotency::Work::finish`), so an RPC is audited when it goes that
//! way. That each does is read from the sources; that the way leads to entries is tried.

use std::fs;
use std::path::Path;
use std::time::Duration;

use auth::{Repeat, Rules};
use portway::client::{Service, ask};
use portway_proto::events::v1::{AuditEntry, CallMade, ListAuditEntriesRequest};
use portway_proto::intake::v1::letter_service_client::LetterServiceClient;
use portway_proto::intake::v1::{LetterBrand, SetGrantRequest, SetLetterBrandRequest};
use portway_proto::notification::v1::CreateContactRequest;
use prost_reflect::prost::{Message as _, Name as _};
use serde_json::Value;
use system_tests::System;

use crate::{account_of, keyed};

const SOON: Duration = Duration::from_secs(20);

/// Changes that carry their own natural key, and why their success is on record, or need not be.
const NATURAL: [(&str, &str); 19] = [
    (
        "ConfirmEvents",
        "moves the caller's own place in the feed and nothing else",
    ),
    (
        "ReceivePortOut",
        "the case and its verdicts are announced as PortOutReceived",
    ),
    (
        "PushChanges",
        "what a carrier says: announced by what becomes of it, as when it is read from the feed",
    ),
    (
        "ReportPortOutProgress",
        "announced as PortOutFocChanged, PortedOut or PortOutCancelled",
    ),
    (
        "TakeConsentLink",
        "makes a link and decides nothing; the question is announced as PortOutConsentAsked",
    ),
    (
        "RecordTextReply",
        "what it answers is announced as PortOutConsentAnswered",
    ),
    (
        "ReplayParkedEvents",
        "acts on events that are in the trail of the service that announced them",
    ),
    ("SubmitPort", "the carrier's side of the wire"),
    ("CancelPort", "the carrier's side of the wire"),
    ("ActivatePort", "the carrier's side of the wire"),
    ("SnapbackPort", "the carrier's side of the wire"),
    ("EnableMessaging", "the carrier's side of the wire"),
    ("AnswerPortOut", "the carrier's side of the wire"),
    ("RaisePortOutConflict", "the carrier's side of the wire"),
    ("SnapbackPortOut", "the carrier's side of the wire"),
    ("PutScript", "the simulator, which production has not"),
    ("RequestPortOut", "the simulator, which production has not"),
    ("ReportPortOut", "the simulator, which production has not"),
    ("AdvanceClock", "the simulator, which production has not"),
];

/// Changes that are begun by what their handler hands on to.
const HANDED_ON: [(&str, &str); 2] = [
    (
        "SetDocumentPolicy",
        "services/intake/src/grpc/port_in/document_policies.rs",
    ),
    ("ImportNumbers", "services/intake/src/grpc/port_in/imports.rs"),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Whether a text begins a change: only what was begun can be finished, and what is finished is on record.
fn begins(text: &str) -> bool {
    [
        "begin!(self, request)",
        ".begin(&request)",
        ".begin(request)",
        ".begin_key(key",
    ]
    .iter()
    .any(|call| text.contains(call))
}

/// The handlers of this method in all services, each with its body.
fn handlers(method: &str, folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            handlers(method, &path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let after = text.split(&format!("\n    async fn {method}(")).nth(1);
        let body = after.and_then(|after| after.split("\n    }\n").next());
        found.extend(body.map(str::to_owned));
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[test]
fn every_change_goes_the_way_that_leaves_an_entry_or_says_why_it_need_not() {
    let services = root().join("services");
    let mut faults = Vec::new();
    let mut natural = Vec::new();
    for (path, rule) in Rules::portway().unwrap().iter() {
        let name = path.rsplit('/').next().unwrap();
        match rule.repeat {
            Repeat::Read => continue,
            Repeat::Natural => {
                natural.push(name.to_owned());
                continue;
            }
            Repeat::Key => {}
        }
        if let Some((_, file)) = HANDED_ON.iter().find(|(handed, _)| *handed == name) {
            assert!(begins(&fs::read_to_string(root().join(file)).unwrap()), "{file}");
            continue;
        }
        let mut found = Vec::new();
        for service in fs::read_dir(&services).unwrap() {
            handlers(
                &snake(name),
                &service.unwrap().path().join("src/grpc"),
                &mut found,
            );
        }
        if !found.iter().any(|body| begins(body)) {
            faults.push(path.to_owned());
        }
    }
    assert!(
        faults.is_empty(),
        "these change something without idempotency:\n{}",
        faults.join("\n")
    );
    natural.sort();
    let mut listed = NATURAL.map(|(name, _)| name.to_owned());
    listed.sort();
    assert_eq!(natural, listed, "say why such a change is on record");
}

/// The trail of the customer's account in one service.
async fn trail(system: &System, service: Service) -> Vec<AuditEntry> {
    let request = ListAuditEntriesRequest {
        page_size: 500,
        ..ListAuditEntriesRequest::default()
    };
    let mut audit = system.customer().owner.audit(service).unwrap();
    let page = audit.list_audit_entries(ask(request)).await.unwrap();
    page.into_inner().entries
}

/// Who made the call, once it is on record.
async fn maker_of(system: &System, service: Service, request_type: &str) -> String {
    testkit::eventually_some(SOON, request_type, async || {
        let entries = trail(system, service).await;
        let call = entries.into_iter().find(|entry| {
            entry.r#type == CallMade::full_name()
                && CallMade::decode(entry.payload.as_slice()).unwrap().request_type == request_type
        });
        call.map(|entry| entry.actor)
    })
    .await
}

#[tokio::test]
async fn a_setting_that_no_event_tells_of_is_on_record_and_the_chain_holds() {
    let system = System::start("access_audit").await;
    let owner = system.customer().owner;
    let brand = SetLetterBrandRequest {
        brand: Some(LetterBrand {
            name: "Harbor Realty".to_owned(),
            ..LetterBrand::default()
        }),
    };
    let mut letters = LetterServiceClient::new(owner.wire(Service::Intake).unwrap());
    letters.set_letter_brand(keyed(brand)).await.unwrap();
    let contact = CreateContactRequest {
        email: "desk@harbor.example".to_owned(),
        steps: Vec::new(),
    };
    owner
        .preferences()
        .unwrap()
        .create_contact(keyed(contact))
        .await
        .unwrap();
    let grant = SetGrantRequest {
        grant: Some(portway_proto::intake::v1::Grant {
            subject: "user:bob".to_owned(),
            permissions: vec!["port_out.view".to_owned()],
        }),
        account_id: account_of(&owner).await.to_string(),
    };
    owner.accounts().unwrap().set_grant(keyed(grant)).await.unwrap();

    for (service, request_type) in [
        (Service::Intake, SetLetterBrandRequest::full_name()),
        (Service::Notification, CreateContactRequest::full_name()),
    ] {
        assert_eq!(maker_of(&system, service, &request_type).await, "owner");
    }
    // What is announced by itself is not recorded a second time.
    let entries = trail(&system, Service::Intake).await;
    let calls = entries
        .iter()
        .filter(|entry| entry.r#type == CallMade::full_name());
    assert_eq!(calls.count(), 1, "the brand alone");

    let ran = system.portway(&["audit", "verify", "-o", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut database = system.database().await;
    sqlx::query("UPDATE intake.audit_entry SET actor = 'nobody' WHERE type = $1")
        .bind(CallMade::full_name())
        .execute(&mut database)
        .await
        .unwrap();
    let broken = entries
        .iter()
        .find(|entry| entry.r#type == CallMade::full_name())
        .unwrap()
        .number;
    let ran = system.portway(&["audit", "verify", "-o", "json"]);
    let verdict: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (ran.code, &verdict["broken_at"]),
        (Some(1), &Value::from(broken)),
        "{ran:?}"
    );
}
