//! Who asks for what under which key.

use auth::{Caller, DryRun};
use grpc::{Faults, status};
use prost::{Message, Name};
use tonic::{Code, Request, Status};
use types::IdempotencyKey;
use vault::{DigestKey, keyed_digest};

const METADATA: &str = "idempotency-key";

/// A caller's key and a digest of what it asks for.
#[derive(Debug, Clone)]
pub struct RequestKey {
    pub(crate) caller: Caller,
    pub(crate) key: IdempotencyKey,
    pub(crate) request: [u8; 32],
    /// Full name of the request's message.
    pub(crate) request_type: String,
    pub(crate) dry_run: Option<DryRun>,
}

impl RequestKey {
    /// Whether the change is to be tried and taken back, for RPCs that cannot do so and have to refuse.
    pub const fn is_dry_run(&self) -> bool {
        self.dry_run.is_some()
    }

    /// Of a unary request.
    pub fn of<M: Message + Name>(digest_key: &DigestKey, request: &Request<M>) -> Result<Self, Status> {
        let message = request.get_ref().encode_to_vec();
        Self::of_parts(digest_key, request, &[M::full_name().as_bytes(), &message])
    }

    /// Of a stream: the full name of its message, the first message, and a hash of the content.
    pub fn of_parts<T>(
        digest_key: &DigestKey,
        request: &Request<T>,
        parts: &[&[u8]],
    ) -> Result<Self, Status> {
        let caller = Caller::of(request)?;
        let Some(raw) = request.metadata().get(METADATA) else {
            let message = "a call that changes something carries an `idempotency-key` in its metadata";
            return Err(status::fail(
                Code::InvalidArgument,
                "IDEMPOTENCY_KEY_MISSING",
                message,
            ));
        };
        let mut faults = Faults::new();
        let key = faults.check(
            METADATA,
            "INVALID",
            raw.to_str().unwrap_or_default().parse::<IdempotencyKey>(),
        );
        let key = faults.finish(key)?;
        let request_type = parts.first().copied().unwrap_or_default();
        let mut labelled = vec![b"request".as_slice()];
        labelled.extend_from_slice(parts);
        Ok(Self {
            caller,
            key,
            request: keyed_digest(digest_key, &labelled),
            request_type: String::from_utf8_lossy(request_type).into_owned(),
            dry_run: request.extensions().get::<DryRun>().copied(),
        })
    }
}
