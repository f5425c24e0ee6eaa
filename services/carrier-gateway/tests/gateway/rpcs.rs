//! The service's own RPCs, through real clients.

use portway_proto::gateway::v1 as wire;
use portway_proto::gateway::v1::carrier_service_client::CarrierServiceClient;
use portway_proto::gateway::v1::command_service_client::CommandServiceClient;
use portway_proto::intake::v1::{Grant, GrantChanged};
use tonic::{Code, Status};
use types::AccountId;

use crate::callers::{channel, fields, with_key, with_token};
use crate::carriers::{acme, put};
use crate::harness::{ACCOUNT, Order, World, token_for};

#[tokio::test]
async fn bad_requests_name_every_field_at_fault() {
    let world = World::new("rpc_faults").await;
    let gateway = world.start().await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut carriers = CarrierServiceClient::new(channel(&gateway).await);
    let mut commands = CommandServiceClient::new(channel(&gateway).await);
    let error = carriers
        .put_carrier(with_key(&token, "k1", put(wire::Carrier::default())))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    assert_eq!(
        fields(&error),
        [
            "carrier.carrier_id",
            "carrier.name",
            "carrier.spid",
            "carrier.network"
        ]
    );
    let error = carriers
        .put_carrier(with_key(&token, "k1", wire::PutCarrierRequest { carrier: None }))
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["carrier"]);
    let request = wire::ListCarriersRequest {
        page_size: -1,
        page_token: "nonsense".to_owned(),
    };
    let error = carriers
        .list_carriers(with_token(&token, request))
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["page_size", "page_token"]);
    let request = wire::ListCommandsRequest {
        page_size: 501,
        page_token: "nonsense".to_owned(),
        subject_id: "7".to_owned(),
        open_only: false,
    };
    let error = commands
        .list_commands(with_token(&token, request))
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["page_size", "subject_id", "page_token"]);
    let error = carriers
        .put_carrier(with_token(&token, put(acme())))
        .await
        .unwrap_err();
    assert_eq!(
        grpc::status::reason_of(&error).unwrap(),
        "IDEMPOTENCY_KEY_MISSING"
    );
}

#[tokio::test]
async fn commands_are_listed_newest_first_and_by_filter() {
    let world = World::new("rpc_commands").await;
    world.partner.state().refusals = [Status::invalid_argument("no")]
        .into_iter()
        .chain((0..40).map(|_| Status::unavailable("busy")))
        .collect();
    let gateway = world.start().await;
    let (refused, waiting) = (Order::new(1), Order::new(2));
    refused.submit(&gateway, 1).await;
    gateway.settle().await;
    waiting.submit(&gateway, 1).await;
    let token = token_for(&world, &gateway, AccountId::PLATFORM, &["carriers.operate"]).await;
    let mut client = CommandServiceClient::new(channel(&gateway).await);
    let mut list = async |request: wire::ListCommandsRequest| {
        client
            .list_commands(with_token(&token, request))
            .await
            .unwrap()
            .into_inner()
    };
    let all = list(wire::ListCommandsRequest::default()).await.commands;
    let subjects: Vec<&str> = all.iter().map(|command| command.subject_id.as_str()).collect();
    assert_eq!(subjects, [waiting.id.to_string(), refused.id.to_string()]);
    assert_eq!(
        (all[1].progress(), all[1].last_error.as_str()),
        (wire::CommandProgress::Refused, "no")
    );
    assert_eq!(
        (all[1].pon.as_str(), all[1].ver, all[1].kind()),
        ("PI-1", 1, wire::CommandKind::Submit)
    );
    let open = list(wire::ListCommandsRequest {
        open_only: true,
        ..wire::ListCommandsRequest::default()
    })
    .await;
    assert_eq!(open.commands.len(), 1);
    let subject_id = refused.id.to_string();
    let one = list(wire::ListCommandsRequest {
        subject_id,
        ..wire::ListCommandsRequest::default()
    })
    .await;
    assert_eq!(one.commands.len(), 1);
    let first = list(wire::ListCommandsRequest {
        page_size: 1,
        ..wire::ListCommandsRequest::default()
    })
    .await;
    let page_token = first.next_page_token;
    let second = wire::ListCommandsRequest {
        page_size: 1,
        page_token,
        ..wire::ListCommandsRequest::default()
    };
    assert_eq!(list(second).await.commands[0].subject_id, refused.id.to_string());
}

#[tokio::test]
async fn only_operators_of_the_platform_see_commands_and_a_grant_is_heard() {
    let world = World::new("rpc_access").await;
    let gateway = world.start().await;
    let mut commands = CommandServiceClient::new(channel(&gateway).await);
    let mut carriers = CarrierServiceClient::new(channel(&gateway).await);
    let request = wire::ListCommandsRequest::default;
    let customer = token_for(&world, &gateway, ACCOUNT, &["carriers.operate"]).await;
    let error = commands
        .list_commands(with_token(&customer, request()))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::PermissionDenied);
    // Any valid token sees which carriers there are.
    carriers
        .list_carriers(with_token(&customer, wire::ListCarriersRequest::default()))
        .await
        .unwrap();
    let error = commands.list_commands(request()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unauthenticated);

    let token = token_for(&world, &gateway, AccountId::PLATFORM, &[]).await;
    let granted = GrantChanged {
        account_id: AccountId::PLATFORM.to_string(),
        grant: Some(Grant {
            subject: "somebody".to_owned(),
            permissions: vec!["carriers.operate".to_owned()],
        }),
    };
    gateway.hear(AccountId::PLATFORM.as_uuid(), &granted).await;
    commands
        .list_commands(with_token(&token, request()))
        .await
        .unwrap();
}
