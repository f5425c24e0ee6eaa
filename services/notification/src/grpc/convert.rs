//! Between the protos and the domain. All fields at fault are named at once.

use std::fmt::Display;
use std::str::FromStr;

use grpc::{Faults, page};
use notification_domain::{
    Channel, Contact, Delivery, DeliveryState, Endpoint, InvalidWebhookUrl, Step, StepFilter, WebhookUrl,
};
use portway_proto::notification::v1 as proto;
use service::stamp;
use tonic::Status;
use types::{AccountId, ContactId, EndpointId};
use uuid::Uuid;

use crate::ops::{CreatedEndpoint, DeliveryPage, DeliveryQuery, NewEndpoint};

const PAGE_DEFAULT: i64 = 50;
const PAGE_MAX: i64 = 500;

/// The one field of a request that names a thing.
pub(super) fn required_id<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<T, Status> {
    let mut faults = Faults::new();
    let id = faults.required(field, text);
    faults.finish(id)
}

pub(super) fn new_endpoint(
    request: &proto::CreateWebhookEndpointRequest,
    allow_private: bool,
) -> Result<NewEndpoint, Status> {
    let mut faults = Faults::new();
    let url = webhook_url(&mut faults, &request.url, allow_private);
    let filter = filter(&mut faults, &request.steps);
    let new = url.map(|url| NewEndpoint { url, filter });
    faults.finish(new)
}

fn webhook_url(faults: &mut Faults, text: &str, allow_private: bool) -> Option<WebhookUrl> {
    if text.is_empty() {
        faults.add("url", "MISSING", "must be set");
        return None;
    }
    let parsed = text.parse::<WebhookUrl>();
    let code = parsed
        .as_ref()
        .err()
        .map_or("INVALID", |error: &InvalidWebhookUrl| error.code());
    let url = faults.check("url", code, parsed)?;
    if !allow_private && !url.may_be_public() {
        faults.add("url", "URL_PRIVATE", "must name a host on the public internet");
    }
    Some(url)
}

/// The steps named, each of which must exist.
fn filter(faults: &mut Faults, steps: &[String]) -> StepFilter {
    let named = steps.iter().enumerate();
    let steps: Vec<Step> = named
        .filter_map(|(index, slug)| faults.required(&format!("steps[{index}]"), slug))
        .collect();
    StepFilter::new(steps)
}

pub(super) fn new_contact(request: &proto::CreateContactRequest) -> Result<Contact, Status> {
    let mut faults = Faults::new();
    let email = faults.required("email", &request.email);
    let filter = filter(&mut faults, &request.steps);
    for (index, slug) in request.steps.iter().enumerate() {
        if slug.parse::<Step>().is_ok_and(|step| !step.is_mailed()) {
            let message = "is told to webhooks only";
            faults.add(format!("steps[{index}]"), "STEP_NOT_MAILED", message);
        }
    }
    let contact = email.map(|email| Contact {
        id: ContactId::generate(),
        email,
        filter,
    });
    faults.finish(contact)
}

pub(super) fn delivery_query(
    account: AccountId,
    request: &proto::ListDeliveriesRequest,
) -> Result<DeliveryQuery, Status> {
    let mut faults = Faults::new();
    let size = page::size(&mut faults, request.page_size, PAGE_DEFAULT, PAGE_MAX);
    let subject_id: Option<Uuid> = faults.optional("subject_id", &request.subject_id);
    let before = page::cursor(&mut faults, &filters(account, subject_id), &request.page_token);
    faults.finish(Some(DeliveryQuery {
        account,
        subject_id,
        before,
        size,
    }))
}

/// What a page token is good for.
fn filters(account: AccountId, subject_id: Option<Uuid>) -> String {
    let subject_id = subject_id.map(|id| id.to_string()).unwrap_or_default();
    format!("deliveries account={account} subject={subject_id}")
}

pub(super) fn delivery_page(query: &DeliveryQuery, page: &DeliveryPage) -> proto::ListDeliveriesResponse {
    let filters = filters(query.account, query.subject_id);
    let next = page.next.map(|place| page::token(&filters, &place));
    proto::ListDeliveriesResponse {
        deliveries: page.deliveries.iter().map(delivery).collect(),
        next_page_token: next.unwrap_or_default(),
    }
}

pub(super) fn delivery(delivery: &Delivery) -> proto::Delivery {
    let (state, delivered_at) = match delivery.state {
        DeliveryState::Queued => (proto::DeliveryState::Queued, None),
        DeliveryState::Delivered { at } => (proto::DeliveryState::Delivered, Some(at)),
        DeliveryState::Failed => (proto::DeliveryState::Failed, None),
    };
    let channel = match delivery.channel {
        Channel::Email => proto::Channel::Email,
        Channel::Webhook => proto::Channel::Webhook,
        Channel::Sms => proto::Channel::Sms,
    };
    proto::Delivery {
        delivery_id: delivery.id.to_string(),
        step: delivery.step.to_string(),
        subject_id: delivery.subject_id.to_string(),
        channel: channel.into(),
        receiver: delivery.receiver.clone(),
        state: state.into(),
        attempts: i32::try_from(delivery.attempts).unwrap_or(i32::MAX),
        last_error: delivery.last_error.clone(),
        queued_at: Some(stamp::to_proto(delivery.queued_at)),
        delivered_at: delivered_at.map(stamp::to_proto),
    }
}

pub(super) fn endpoint(endpoint: &Endpoint) -> proto::WebhookEndpoint {
    proto::WebhookEndpoint {
        endpoint_id: endpoint.id.to_string(),
        url: endpoint.url.to_string(),
        steps: slugs(&endpoint.filter),
        created_at: Some(stamp::to_proto(endpoint.created_at)),
    }
}

pub(super) fn contact(contact: &Contact) -> proto::Contact {
    proto::Contact {
        contact_id: contact.id.to_string(),
        email: contact.email.to_string(),
        steps: slugs(&contact.filter),
    }
}

fn slugs(filter: &StepFilter) -> Vec<String> {
    filter.steps().map(|step| step.to_string()).collect()
}

/// The reply as it is kept for repeats: its secret is sealed.
pub(super) fn created_endpoint(created: CreatedEndpoint) -> proto::CreateWebhookEndpointResponse {
    proto::CreateWebhookEndpointResponse {
        endpoint: Some(endpoint(&created.endpoint)),
        secret: created.sealed_secret,
    }
}

/// Which endpoint a kept reply is about.
pub(super) fn id_of_reply(reply: &proto::CreateWebhookEndpointResponse) -> Result<EndpointId, Status> {
    let id = reply
        .endpoint
        .as_ref()
        .map(|endpoint| endpoint.endpoint_id.as_str());
    required_id("endpoint_id", id.unwrap_or_default())
}
