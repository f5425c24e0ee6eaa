//! How tests call the service: over a channel, with a token, with a key.

use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt;

use crate::harness::Gateway;

pub(crate) async fn channel(gateway: &Gateway) -> Channel {
    let endpoint = format!("http://{}", gateway.serving.address);
    Channel::from_shared(endpoint).unwrap().connect().await.unwrap()
}

pub(crate) fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

pub(crate) fn with_key<T>(token: &str, key: &str, message: T) -> Request<T> {
    let mut request = with_token(token, message);
    request
        .metadata_mut()
        .insert("idempotency-key", key.parse().unwrap());
    request
}

/// The fields at fault.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().unwrap();
    details
        .field_violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}
