//! What an account sees of its deliveries, and that no other account does.

use portway_proto::notification::v1 as proto;
use tonic::Code;
use types::AccountId;

use crate::harness::{TestNotification, World, reason};
use crate::intake_events::Order;
use crate::receiver::Receiver;

#[tokio::test]
async fn an_account_sees_its_own_alone() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let service = world.start().await;
    let (mine, other) = (
        service.given_account("owner@harbor.test").await,
        service.given_account("owner@valley.test").await,
    );
    service.add_endpoint(mine, &hooks.url(), &[]).await;
    service.add_contact(mine, "ada@harbor.test", &[]).await;
    service.hear(&Order::new(mine, "PI_100001").submitted()).await;
    let deliveries = service.settled(mine).await;
    assert_eq!(deliveries.len(), 3);

    service.hear(&Order::new(other, "PI_100002").submitted()).await;
    let theirs = service.settled(other).await;
    assert_eq!(theirs.len(), 1, "no receiver of another account is told");
    assert!(
        hooks
            .calls()
            .iter()
            .all(|call| call.request_number() == "PI_100001")
    );
    let list = service.request(other, proto::ListContactsRequest {});
    assert!(
        service
            .preferences()
            .list_contacts(list)
            .await
            .unwrap()
            .into_inner()
            .contacts
            .is_empty()
    );
    let list = service.request(other, proto::ListWebhookEndpointsRequest {});
    assert!(
        service
            .preferences()
            .list_webhook_endpoints(list)
            .await
            .unwrap()
            .into_inner()
            .endpoints
            .is_empty()
    );

    let stranger = AccountId::generate();
    let list = service.request(stranger, proto::ListContactsRequest {});
    let refused = service.preferences().list_contacts(list).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    service.stop().await;
}

#[tokio::test]
async fn what_is_another_accounts_is_not_found_as_if_it_did_not_exist() {
    let world = World::create().await;
    let service = world.start().await;
    let (mine, other) = (
        service.given_account("owner@harbor.test").await,
        service.given_account("owner@valley.test").await,
    );
    let endpoint = service
        .add_endpoint(mine, "https://hooks.harbor.test/", &["port_out.received"])
        .await
        .endpoint
        .unwrap();
    let contact = service
        .add_contact(mine, "ada@harbor.test", &["port_out.received"])
        .await;
    world.sink.trouble_next(1, mail_sink::Trouble::Permanent);
    service.hear(&Order::new(mine, "PI_100001").submitted()).await;
    let deliveries = service.settled(mine).await;
    let failed = deliveries
        .iter()
        .find(|delivery| delivery.state() == proto::DeliveryState::Failed)
        .unwrap();
    let missing = AccountId::generate().to_string();
    for (existing, id) in [(true, &failed.delivery_id), (false, &missing)] {
        let found = retry(&service, other, id).await;
        let expected = (
            Code::NotFound,
            "DELIVERY_NOT_FOUND".to_owned(),
            "no such delivery".to_owned(),
        );
        assert_eq!(found, expected, "{existing}");
    }
    for id in [&endpoint.endpoint_id, &missing] {
        let delete = proto::DeleteWebhookEndpointRequest {
            endpoint_id: id.clone(),
        };
        let refused = service
            .preferences()
            .delete_webhook_endpoint(service.request(other, delete))
            .await;
        let status = refused.unwrap_err();
        assert_eq!(reason(&status), (Code::NotFound, "ENDPOINT_NOT_FOUND".to_owned()));
        assert_eq!(status.message(), "no such webhook endpoint");
    }
    for id in [&contact.contact_id, &missing] {
        let delete = proto::DeleteContactRequest {
            contact_id: id.clone(),
        };
        let refused = service
            .preferences()
            .delete_contact(service.request(other, delete))
            .await;
        let status = refused.unwrap_err();
        assert_eq!(reason(&status), (Code::NotFound, "CONTACT_NOT_FOUND".to_owned()));
        assert_eq!(status.message(), "no such contact");
    }
    assert_eq!(service.settled(mine).await, deliveries);
    service.stop().await;
}

async fn retry(service: &TestNotification, account: AccountId, id: &str) -> (Code, String, String) {
    let message = proto::RetryDeliveryRequest {
        delivery_id: id.to_owned(),
    };
    let refused = service
        .deliveries()
        .retry_delivery(service.request(account, message))
        .await;
    let status = refused.unwrap_err();
    let (code, reason) = reason(&status);
    (code, reason, status.message().to_owned())
}

#[tokio::test]
async fn deliveries_are_listed_page_by_page_newest_first() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let (one, other) = (Order::new(account, "PI_100001"), Order::new(account, "PI_100002"));
    for event in [
        one.submitted(),
        other.submitted(),
        one.foc_confirmed(),
        other.foc_confirmed(),
        one.ported(),
    ] {
        service.hear(&event).await;
    }
    service.settled(account).await;
    let page = async |subject_id: &str, page_token: String| {
        let message = proto::ListDeliveriesRequest {
            page_size: 2,
            page_token,
            subject_id: subject_id.to_owned(),
        };
        service
            .deliveries()
            .list_deliveries(service.request(account, message))
            .await
    };
    for (subject, expected) in [
        (
            String::new(),
            vec![
                "port_in.ported",
                "port_in.foc_confirmed",
                "port_in.foc_confirmed",
                "port_in.submitted",
                "port_in.submitted",
            ],
        ),
        (
            one.id.to_string(),
            vec!["port_in.ported", "port_in.foc_confirmed", "port_in.submitted"],
        ),
        (
            other.id.to_string(),
            vec!["port_in.foc_confirmed", "port_in.submitted"],
        ),
    ] {
        let (mut steps, mut token) = (Vec::new(), String::new());
        for _page in 0..4 {
            let listed = page(&subject, token).await.unwrap().into_inner();
            assert!(listed.deliveries.len() <= 2);
            steps.extend(listed.deliveries.into_iter().map(|delivery| delivery.step));
            token = listed.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(steps, expected, "{subject}");
        assert!(token.is_empty());
    }
    let token = page("", String::new())
        .await
        .unwrap()
        .into_inner()
        .next_page_token;
    let mixed_up = page(&one.id.to_string(), token).await.unwrap_err();
    assert_eq!(mixed_up.code(), Code::InvalidArgument);
    service.stop().await;
}
