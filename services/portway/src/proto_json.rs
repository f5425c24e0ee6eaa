//! Any message of the contracts as JSON, by the names in the protos: what `-o json` prints for online commands.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorError, DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;

static POOL: LazyLock<Result<DescriptorPool, DescriptorError>> =
    LazyLock::new(|| DescriptorPool::decode(portway_proto::DESCRIPTOR_SET));

/// Why a message cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The contracts compiled in are broken.
    #[error("the contracts compiled in cannot be read")]
    Contracts(#[source] &'static DescriptorError),
    /// The message is not one of the contracts.
    #[error("there is no message {0} in the contracts")]
    Unknown(String),
    /// Its bytes do not fit its contract.
    #[error("the answer does not fit the contract")]
    Unfit(#[from] prost::DecodeError),
    /// A value has no JSON form, such as an event whose payload is not of our contracts.
    #[error("the answer cannot be shown as JSON")]
    Unshowable(#[from] serde_json::Error),
}

/// A message as the JSON mapping of proto3 has it, but with every field present, the names as in the proto, and
/// 64-bit numbers as numbers: counts and money stay far below what JSON readers take.
pub(crate) fn message<M: Message + Name>(message: &M) -> Result<Value, JsonError> {
    let name = M::full_name();
    let descriptor = pool()?
        .get_message_by_name(&name)
        .ok_or(JsonError::Unknown(name))?;
    dynamic(&DynamicMessage::decode(
        descriptor,
        message.encode_to_vec().as_slice(),
    )?)
}

/// The contracts of all services.
pub(crate) fn pool() -> Result<&'static DescriptorPool, JsonError> {
    POOL.as_ref().map_err(JsonError::Contracts)
}

/// The same of a message whose contract is known only when the program runs.
pub(crate) fn dynamic(message: &DynamicMessage) -> Result<Value, JsonError> {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false)
        .stringify_64_bit_integers(false);
    Ok(message.serialize_with_options(serde_json::value::Serializer, &options)?)
}

/// Reads a message back from what [`message`] made of it.
pub(crate) fn read<M: Message + Name + Default>(text: &str) -> Result<M, JsonError> {
    let name = M::full_name();
    let descriptor = pool()?
        .get_message_by_name(&name)
        .ok_or(JsonError::Unknown(name))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let dynamic = DynamicMessage::deserialize(descriptor, &mut json)?;
    json.end()?;
    Ok(M::decode(dynamic.encode_to_vec().as_slice())?)
}

#[cfg(test)]
mod tests {
    use portway_proto::events::v1::{Event, Position};
    use portway_proto::intake::v1::{OrderAbandoned, OrderRef};
    use prost_types::{Any, Timestamp};
    use serde_json::json;

    use super::*;

    fn event(payload: Any) -> Event {
        Event {
            position: Some(Position {
                partition: 3,
                offset: 9_007_199_254,
            }),
            event_id: "e-1".to_owned(),
            occurred_at: Some(Timestamp {
                seconds: 1_795_449_600,
                nanos: 0,
            }),
            payload: Some(payload),
            ..Event::default()
        }
    }

    #[test]
    fn an_event_shows_its_payload_and_every_field() {
        let order = OrderRef {
            order_id: "o-1".to_owned(),
            ..OrderRef::default()
        };
        let payload = Any::from_msg(&OrderAbandoned { order: Some(order) }).unwrap();
        let shown = message(&event(payload)).unwrap();
        assert_eq!(
            shown["position"],
            json!({"partition": 3, "offset": 9_007_199_254_i64})
        );
        assert_eq!(shown["occurred_at"], "2026-11-23T16:00:00Z");
        assert_eq!(shown["account_id"], "");
        assert_eq!(shown["payload"]["@type"], "/portway.intake.v1.OrderAbandoned");
        assert_eq!(shown["payload"]["order"]["order_id"], "o-1");
    }

    #[test]
    fn a_payload_of_another_contract_is_an_error_and_not_a_panic() {
        let payload = Any {
            type_url: "type.googleapis.com/other.v1.Thing".to_owned(),
            value: vec![8, 1],
        };
        assert!(matches!(message(&event(payload)), Err(JsonError::Unshowable(_))));
    }
}
