//! Calls any RPC by its path, with bytes: what a test over every method needs.

use std::time::Duration;

use bytes::{Buf, BufMut};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use uuid::Uuid;

/// Nothing waits longer for the beginning of an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// An open stream that has told nothing within this has nothing to tell yet.
const FIRST_WITHIN: Duration = Duration::from_secs(2);

/// Messages as they are on the wire.
#[derive(Debug, Clone, Copy, Default)]
struct Bare;

impl Codec for Bare {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bare {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, target: &mut EncodeBuf<'_>) -> Result<(), Status> {
        target.put_slice(&message);
        Ok(())
    }
}

impl Decoder for Bare {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(source.copy_to_bytes(source.remaining()).to_vec()))
    }
}

/// Sends one message to a method, whatever kind it is, and tells how it was answered: OK as soon as an answer begins.
/// Every call carries an idempotency key; one that changes nothing does not mind.
pub async fn knock(channel: &Channel, path: &str, token: Option<&str>, message: Vec<u8>) -> Code {
    match call(channel, path, token, message).await {
        Ok(_reply) => Code::Ok,
        Err(code) => code,
    }
}

/// The same, with the first message of the answer; empty when there is none, or none soon.
pub async fn call(
    channel: &Channel,
    path: &str,
    token: Option<&str>,
    message: Vec<u8>,
) -> Result<Vec<u8>, Code> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let mut request = Request::new(tokio_stream::once(message));
    request.set_timeout(ANSWER_WITHIN);
    let metadata = request.metadata_mut();
    metadata.insert("idempotency-key", Uuid::new_v4().to_string().parse().unwrap());
    if let Some(token) = token {
        metadata.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let answered = client.streaming(request, path.parse().unwrap(), Bare).await;
    let mut answers = answered.map_err(|status| status.code())?;
    // A refusal may come behind the headers. An open stream with nothing to tell is an answer too.
    match tokio::time::timeout(FIRST_WITHIN, answers.get_mut().message()).await {
        Ok(Err(status)) => Err(status.code()),
        Ok(Ok(first)) => Ok(first.unwrap_or_default()),
        Err(_nothing_yet) => Ok(Vec::new()),
    }
}
