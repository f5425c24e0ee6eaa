//! The use cases of notification, one file each.

mod create_contact;
mod create_endpoint;
mod delete_contact;
mod delete_endpoint;
mod list_deliveries;
mod list_receivers;
mod put_account;
mod queue_notice;
mod record_outcome;
mod retry_delivery;

pub(crate) use create_contact::{CreateContactError, create_contact};
pub(crate) use create_endpoint::{
    CreateEndpointError, CreatedEndpoint, NewEndpoint, create_endpoint, reveal_secret, secret_context,
};
pub(crate) use delete_contact::{DeleteContactError, delete_contact};
pub(crate) use delete_endpoint::{DeleteEndpointError, delete_endpoint};
pub(crate) use list_deliveries::{DeliveryPage, DeliveryQuery, list_deliveries};
pub(crate) use list_receivers::{list_contacts, list_endpoints};
pub(crate) use put_account::put_account;
pub(crate) use queue_notice::{Origin, QueueError, queue_notice};
pub(crate) use record_outcome::{Outcome, record_outcome};
pub(crate) use retry_delivery::{RetryDeliveryError, retry_delivery};

/// An account has this many endpoints, and as many contacts, at most.
const RECEIVERS_MAX: i64 = 50;
