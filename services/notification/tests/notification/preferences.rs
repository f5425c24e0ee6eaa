//! Who is told what: endpoints, contacts and what their account sees of its deliveries.

use std::collections::BTreeSet;

use portway_proto::notification::v1 as proto;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::harness::{World, reason};
use crate::intake_events::Order;
use crate::receiver::Receiver;

/// Field and code of every fault.
fn faults(status: &Status) -> Vec<(String, String)> {
    let violations = status.get_details_bad_request().unwrap().field_violations;
    violations
        .into_iter()
        .map(|violation| (violation.field, violation.reason))
        .collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_secret_is_shown_to_its_creator_again_and_to_nobody_else() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let message = proto::CreateWebhookEndpointRequest {
        url: "https://hooks.harbor.test/ports".to_owned(),
        steps: vec!["port_in.ported".to_owned()],
    };
    let create = async || {
        let request = service.request_with_key(account, "key-1", message.clone());
        service
            .preferences()
            .create_webhook_endpoint(request)
            .await
            .unwrap()
            .into_inner()
    };
    let created = create().await;
    assert!(created.secret.starts_with("whsec_") && created.secret.len() > 40);
    assert_eq!(create().await, created, "a repeat gets the same reply");
    let list = service.request(account, proto::ListWebhookEndpointsRequest {});
    let listed = service
        .preferences()
        .list_webhook_endpoints(list)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.endpoints, [created.endpoint.clone().unwrap()]);

    let bare = created.secret.strip_prefix("whsec_").unwrap();
    let stored = world.everything_stored().await;
    assert!(stored.contains("https://hooks.harbor.test/ports"));
    assert!(!stored.contains(bare), "a secret lies in a table");

    let endpoint_id = created.endpoint.as_ref().unwrap().endpoint_id.clone();
    let delete = proto::DeleteWebhookEndpointRequest { endpoint_id };
    service
        .preferences()
        .delete_webhook_endpoint(service.request(account, delete))
        .await
        .unwrap();
    assert_eq!(
        create().await,
        created,
        "the reply to a repeat outlives the endpoint"
    );
    service.stop().await;
}

#[tokio::test]
async fn everything_wrong_with_a_receiver_is_said_at_once() {
    let world = World::create().await;
    let strict = notification::Settings {
        allow_private_webhooks: false,
        ..world.settings()
    };
    let service = world.start_with(strict).await;
    let account = service.given_account("owner@harbor.test").await;
    let steps = ["port_in.ported", "", "port_in.nonsense"]
        .map(str::to_owned)
        .to_vec();
    let bad_steps = [("steps[1]", "MISSING"), ("steps[2]", "INVALID")];
    for (url, code) in [
        ("", "MISSING"),
        ("hooks.harbor.test", "INVALID"),
        ("ftp://hooks.harbor.test", "URL_SCHEME"),
        ("https://ada:pass@hooks.harbor.test", "URL_CREDENTIALS"),
        ("http://127.0.0.1:8080", "URL_PRIVATE"),
        ("http://169.254.169.254/latest/meta-data", "URL_PRIVATE"),
        ("http://localhost/", "URL_PRIVATE"),
    ] {
        let message = proto::CreateWebhookEndpointRequest {
            url: url.to_owned(),
            steps: steps.clone(),
        };
        let refused = service
            .preferences()
            .create_webhook_endpoint(service.request(account, message))
            .await;
        let status = refused.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        let expected = [&[("url", code)], bad_steps.as_slice()].concat();
        assert_eq!(faults(&status), owned(&expected), "{url}");
        assert!(!status.message().contains("pass@"), "{}", status.message());
    }
    let message = proto::CreateContactRequest {
        email: "ada at harbor".to_owned(),
        steps: vec!["port_in.pending".to_owned(), "nonsense".to_owned()],
    };
    let refused = service
        .preferences()
        .create_contact(service.request(account, message))
        .await;
    assert_eq!(
        faults(&refused.unwrap_err()),
        owned(&[
            ("email", "INVALID"),
            ("steps[1]", "INVALID"),
            ("steps[0]", "STEP_NOT_MAILED")
        ])
    );
    let message = proto::ListDeliveriesRequest {
        page_size: -1,
        page_token: "nonsense".to_owned(),
        subject_id: "PI_100001".to_owned(),
    };
    let refused = service
        .deliveries()
        .list_deliveries(service.request(account, message))
        .await;
    assert_eq!(
        faults(&refused.unwrap_err()),
        owned(&[
            ("page_size", "OUT_OF_RANGE"),
            ("subject_id", "INVALID"),
            ("page_token", "PAGE_TOKEN")
        ])
    );
    service.stop().await;
}

#[tokio::test]
async fn receivers_are_unique_and_limited() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let add_endpoint = async |url: String| {
        let message = proto::CreateWebhookEndpointRequest {
            url,
            steps: Vec::new(),
        };
        service
            .preferences()
            .create_webhook_endpoint(service.request(account, message))
            .await
    };
    let add_contact = async |email: String| {
        let message = proto::CreateContactRequest {
            email,
            steps: Vec::new(),
        };
        service
            .preferences()
            .create_contact(service.request(account, message))
            .await
    };
    for number in 1..=50 {
        add_endpoint(format!("https://hooks.harbor.test/{number}"))
            .await
            .unwrap();
        add_contact(format!("{number}@harbor.test")).await.unwrap();
        if number == 1 {
            let taken = add_endpoint("https://hooks.HARBOR.test/1".to_owned())
                .await
                .unwrap_err();
            assert_eq!(
                reason(&taken),
                (Code::AlreadyExists, "ENDPOINT_EXISTS".to_owned())
            );
            let taken = add_contact("1@HARBOR.test".to_owned()).await.unwrap_err();
            assert_eq!(reason(&taken), (Code::AlreadyExists, "CONTACT_EXISTS".to_owned()));
        }
    }
    let one_more = add_endpoint("https://hooks.harbor.test/51".to_owned())
        .await
        .unwrap_err();
    assert_eq!(
        reason(&one_more),
        (Code::FailedPrecondition, "ENDPOINT_LIMIT".to_owned())
    );
    let one_more = add_contact("51@harbor.test".to_owned()).await.unwrap_err();
    assert_eq!(
        reason(&one_more),
        (Code::FailedPrecondition, "CONTACT_LIMIT".to_owned())
    );
    service.stop().await;
}

#[tokio::test]
async fn what_is_queued_for_a_removed_receiver_is_dropped() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let endpoint = service
        .add_endpoint(account, &hooks.url(), &[])
        .await
        .endpoint
        .unwrap();
    let contact = service.add_contact(account, "ada@harbor.test", &[]).await;
    // Nothing is taken before the receivers are removed.
    hooks.answer_next([axum::http::StatusCode::INTERNAL_SERVER_ERROR; 100]);
    world.sink.trouble_next(1_000, mail_sink::Trouble::Temporary);
    let order = Order::new(account, "PI_100001");
    for event in [
        order.submitted(),
        order.pending(),
        order.foc_confirmed(),
        order.ported(),
    ] {
        service.hear(&event).await;
    }
    let delete = proto::DeleteWebhookEndpointRequest {
        endpoint_id: endpoint.endpoint_id,
    };
    service
        .preferences()
        .delete_webhook_endpoint(service.request(account, delete))
        .await
        .unwrap();
    let delete = proto::DeleteContactRequest {
        contact_id: contact.contact_id,
    };
    service
        .preferences()
        .delete_contact(service.request(account, delete))
        .await
        .unwrap();
    world.sink.trouble_next(0, mail_sink::Trouble::Temporary);
    // Nobody waits for the pauses between tries.
    sqlx::query("UPDATE delivery SET retry_at = now()")
        .execute(&mut world.superuser().await)
        .await
        .unwrap();
    let left = service.settled(account).await;
    let left: Vec<_> = left
        .iter()
        .map(|delivery| (delivery.receiver.as_str(), delivery.step.as_str()))
        .collect();
    let owner = "owner@harbor.test";
    assert_eq!(
        left,
        [
            (owner, "port_in.submitted"),
            (owner, "port_in.foc_confirmed"),
            (owner, "port_in.ported")
        ]
    );
    let told: BTreeSet<String> = hooks.calls().into_iter().map(|call| call.id).collect();
    assert!(told.len() <= 1, "only the first step was ever tried");
    service.stop().await;
}
