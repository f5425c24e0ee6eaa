//! Calls as customers, operations and the gateway make them, and what a refusal says.

use jiff::Timestamp;
use portway_proto::intake::v1;
use tonic::{Request, Status};
use uuid::Uuid;

/// A Monday, ten in the morning in New York.
pub(crate) const START: &str = "2026-11-23T15:00:00Z";

/// A call with a token.
pub(crate) fn ask<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// A call with a token and an idempotency key of its own.
pub(crate) fn change<M>(token: &str, message: M) -> Request<M> {
    change_as(token, &Uuid::new_v4().to_string(), message)
}

/// A call with a token and this idempotency key.
pub(crate) fn change_as<M>(token: &str, key: &str, message: M) -> Request<M> {
    let mut request = ask(token, message);
    request
        .metadata_mut()
        .insert("idempotency-key", key.parse().unwrap());
    request
}

/// A wireline carrier's request that is right in everything.
pub(crate) fn request_for(pon: &str, tns: &[&str]) -> v1::ReceivePortOutRequest {
    let received_at: Timestamp = START.parse().unwrap();
    v1::ReceivePortOutRequest {
        pon: pon.to_owned(),
        ver: 1,
        winning_spid: "9999".to_owned(),
        winning_name: "Winning Wireline".to_owned(),
        tns: tns.iter().map(|tn| (*tn).to_owned()).collect(),
        account_number: "1234".to_owned(),
        postal_code: "07030-1111".to_owned(),
        pin: String::new(),
        end_user_name: "Ann Lee".to_owned(),
        requested_foc_at: Some(service::stamp::to_proto("2026-11-25T05:00:00Z".parse().unwrap())),
        wireless: false,
        simple: true,
        received_at: Some(service::stamp::to_proto(received_at)),
    }
}

/// The stable reason and the fields at fault of a refusal.
pub(crate) fn refusal(status: &Status) -> (String, Vec<String>) {
    use tonic_types::StatusExt;
    let details = status.get_error_details();
    let fields = details.bad_request().map(|bad| {
        bad.field_violations
            .iter()
            .map(|violation| violation.field.clone())
            .collect::<Vec<_>>()
    });
    (
        grpc::status::reason_of(status).unwrap_or_default(),
        fields.unwrap_or_default(),
    )
}
