//! Messages on the wire whose contract is known only when the program runs.

use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Sends any message, and receives those of one contract.
#[derive(Debug, Clone)]
pub(super) struct Dynamic {
    pub(super) reply: MessageDescriptor,
}

/// Writes messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sending;

/// Reads messages of a contract.
#[derive(Debug, Clone)]
pub(super) struct Receiving(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Sending;
    type Decoder = Receiving;

    fn encoder(&mut self) -> Sending {
        Sending
    }

    fn decoder(&mut self) -> Receiving {
        Receiving(self.reply.clone())
    }
}

impl Encoder for Sending {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message
            .encode(buffer)
            .map_err(|error| Status::from_error(Box::new(error)))
    }
}

impl Decoder for Receiving {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        DynamicMessage::decode(self.0.clone(), buffer)
            .map(Some)
            .map_err(|error| Status::from_error(Box::new(error)))
    }
}
