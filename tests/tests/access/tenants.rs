//! What is one account's is nobody else's: every RPC is given another account's ids.

use std::collections::BTreeMap;
use std::time::Instant;

use auth::permissions::CUSTOMER;
use auth::{Repeat, Rules};
use portway::client::Service;
use portway_proto::intake::v1::{
    Account, CreateAccountRequest, CreatePermissionSetRequest, CreateUserGroupRequest,
};
use portway_proto::notification::v1::{CreateContactRequest, CreateWebhookEndpointRequest};
use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, Value};
use system_tests::System;
use system_tests::wire::call;
use tonic::Code;

use crate::{CUSTOMERS_CALLS, account_of, channel, keyed, servers_of, until_all};

/// Things of the first account, by the name of the field that a request names such a thing with.
async fn things(system: &System) -> BTreeMap<&'static str, String> {
    let customer = system.customer();
    let owner = &customer.owner;
    let order = customer.ready_draft(&["+12018675371"]).await;
    let set = CreatePermissionSetRequest {
        name: "Theirs".to_owned(),
        permissions: vec!["numbers.view".to_owned()],
        account_id: String::new(),
    };
    let mut sets = owner.permission_sets().unwrap();
    let set = sets.create_permission_set(keyed(set)).await.unwrap().into_inner();
    let group = CreateUserGroupRequest {
        name: "Theirs".to_owned(),
        ..CreateUserGroupRequest::default()
    };
    let mut groups = owner.user_groups().unwrap();
    let group = groups.create_user_group(keyed(group)).await.unwrap().into_inner();
    let mut preferences = owner.preferences().unwrap();
    let contact = CreateContactRequest {
        email: "desk@acme.example".to_owned(),
        steps: Vec::new(),
    };
    let contact = preferences
        .create_contact(keyed(contact))
        .await
        .unwrap()
        .into_inner();
    let endpoint = CreateWebhookEndpointRequest {
        url: "https://203.0.113.9/hook".to_owned(),
        steps: Vec::new(),
    };
    let endpoint = preferences.create_webhook_endpoint(keyed(endpoint)).await;
    BTreeMap::from([
        ("account_id", account_of(owner).await.to_string()),
        ("order_id", order.order_id),
        ("permission_set_id", set.permission_set.unwrap().permission_set_id),
        ("user_group_id", group.user_group.unwrap().user_group_id),
        ("contact_id", contact.contact.unwrap().contact_id),
        (
            "endpoint_id",
            endpoint.unwrap().into_inner().endpoint.unwrap().endpoint_id,
        ),
    ])
}

/// A request that names another account's things wherever it names any; none, if it names none.
fn request_for(message: &MessageDescriptor, things: &BTreeMap<&str, String>) -> Option<DynamicMessage> {
    let mut request = DynamicMessage::new(message.clone());
    let mut names_any = false;
    for field in message.fields() {
        let is_text = field.kind() == Kind::String && !field.is_list();
        if let Some(id) = things.get(field.name()).filter(|_| is_text) {
            request.set_field(&field, Value::String(id.clone()));
            names_any = true;
        } else if is_text {
            // Something to get past what only asks whether the field is there.
            request.set_field(&field, Value::String(word_for(field.name()).to_owned()));
        } else if let Kind::Message(inner) = field.kind()
            && !field.is_list()
            && inner.full_name().starts_with("portway.")
            && let Some(part) = request_for(&inner, things)
        {
            request.set_field(&field, Value::Message(part));
            names_any = true;
        }
    }
    names_any.then_some(request)
}

/// What stands in fields that name nothing of an account; empty where empty means the default.
fn word_for(field: &str) -> &'static str {
    match field {
        "name" | "text" | "note" | "reason" | "explanation" => "Anything",
        "subject" => "user:anybody",
        "email" | "signer_email" => "anybody@example.com",
        _other => "",
    }
}

#[tokio::test]
async fn no_rpc_reaches_what_is_another_accounts() {
    let system = System::start("access_tenants").await;
    let things = things(&system).await;
    let account = Account {
        account_id: String::new(),
        name: "Stranger".to_owned(),
        owner: "user:stranger".to_owned(),
        owner_email: "stranger@example.com".to_owned(),
        time_zone: "America/New_York".to_owned(),
        currency: "USD".to_owned(),
        country: "US".to_owned(),
    };
    let request = CreateAccountRequest {
        account: Some(account),
    };
    let mut accounts = system.customer().operator.accounts().unwrap();
    let made = accounts
        .create_account(keyed(request))
        .await
        .unwrap()
        .into_inner();
    let stranger = system.token("user:stranger", made.account.unwrap().account_id.parse().unwrap());
    until_all(&system, &CUSTOMERS_CALLS, &stranger, Instant::now(), |code| {
        code == Code::Ok
    })
    .await;

    let pool = DescriptorPool::decode(portway_proto::DESCRIPTOR_SET).unwrap();
    let rules = Rules::portway().unwrap();
    let (mut faults, mut not_found) = (Vec::new(), 0);
    for service in pool.services() {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let rule = rules.find(&path).unwrap();
            let is_customers = rule
                .permission
                .as_deref()
                .is_some_and(|permission| CUSTOMER.contains(&permission));
            let Some(request) = request_for(&method.input(), &things).filter(|_| is_customers) else {
                continue;
            };
            let server: Service = servers_of(&path)[0];
            let channel = channel(&system, server);
            match call(&channel, &path, Some(&stranger), request.encode_to_vec()).await {
                Err(Code::NotFound | Code::PermissionDenied) => not_found += 1,
                // Something else was wrong with it; it told and changed nothing.
                Err(Code::InvalidArgument) => {}
                Err(code) => faults.push(format!("{path}: {code:?}")),
                // A list or a count, of the stranger's own: there is nothing of the other's in it.
                Ok(reply) => {
                    let told = |id: &String| reply.windows(id.len()).any(|part| part == id.as_bytes());
                    let is_read = rule.repeat == Repeat::Read;
                    if !is_read || things.values().any(told) {
                        faults.push(format!("{path} answered"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        not_found >= 40,
        "only {not_found} said that there is no such thing"
    );
}
