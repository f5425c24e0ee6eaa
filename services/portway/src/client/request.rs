//! Requests: with a deadline, and with an idempotency key where something changes.

use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use auth::DRY_RUN_METADATA;
use clap::Args;
use tonic::metadata::AsciiMetadataValue;
use tonic::{Request, Status};
use types::{IdempotencyKey, InvalidValue};
use uuid::Uuid;

use crate::output::note;

/// How long one call may take; services end theirs earlier.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long an upload may take: the largest document over a slow line.
const UPLOAD_DEADLINE: Duration = Duration::from_mins(2);
/// Entries asked for in one page; every list takes that many.
const PAGE_SIZE: i32 = 100;

/// The caller's name for one change: sending the change again under the same key does it once.
#[derive(Debug, Clone)]
pub struct ChangeKey {
    key: IdempotencyKey,
    value: AsciiMetadataValue,
    /// The change is to be tried and taken back.
    is_dry_run: bool,
}

impl ChangeKey {
    /// A key that nobody has used.
    pub fn fresh() -> Self {
        let text = Uuid::new_v4().hyphenated().to_string();
        #[expect(clippy::expect_used, reason = "a UUID is 36 visible ASCII characters")]
        text.parse().expect("a UUID is a key")
    }

    /// The key of one step of a change that takes several calls, so that all of it can be repeated under one key.
    pub fn step(&self, name: &str) -> Result<Self, InvalidValue> {
        let step: Self = format!("{}.{name}", self.key).parse()?;
        Ok(Self {
            is_dry_run: self.is_dry_run,
            ..step
        })
    }
}

impl FromStr for ChangeKey {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let key: IdempotencyKey = text.parse()?;
        let refused = InvalidValue {
            what: "idempotency key",
            expected: "1 to 128 visible ASCII characters",
        };
        let value = text.parse().map_err(|_| refused)?;
        Ok(Self {
            key,
            value,
            is_dry_run: false,
        })
    }
}

impl fmt::Display for ChangeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

/// The option of every command that changes something.
#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    /// Name this change: running the command again with the same key does it once. Default: a fresh key.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<ChangeKey>,
    /// Show what it would come to, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

impl ChangeArgs {
    /// The request of a change that takes one call.
    pub(crate) fn request<T>(self, message: T) -> Request<T> {
        change(message, &self.key())
    }

    pub(crate) const fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// The key of a change that takes several calls. Each call under it, or under a step of it, is a dry run if that is
    /// asked for.
    pub(crate) fn key(self) -> ChangeKey {
        if self.dry_run {
            note("Tried and taken back: nothing was changed.");
        }
        ChangeKey {
            is_dry_run: self.dry_run,
            ..self.idempotency_key.unwrap_or_else(ChangeKey::fresh)
        }
    }
}

/// A request that changes nothing.
pub fn ask<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

/// A request for a stream of answers, which lasts as long as both sides want.
pub fn ask_stream<T>(message: T) -> Request<T> {
    Request::new(message)
}

/// A request that changes something.
pub fn change<T>(message: T, key: &ChangeKey) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(UPLOAD_DEADLINE);
    request
        .metadata_mut()
        .insert("idempotency-key", key.value.clone());
    if key.is_dry_run {
        let asked = AsciiMetadataValue::from_static("true");
        request.metadata_mut().insert(DRY_RUN_METADATA, asked);
    }
    request
}

/// The option of every command that lists.
#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// Show at most this many.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

impl LimitArgs {
    /// Collects the pages of a list up to the limit, and says so when there are more. `page` takes size and token of
    /// a page and gives its entries and the token of the next.
    pub(crate) async fn collect<T, F>(&self, mut page: impl FnMut(i32, String) -> F) -> Result<Vec<T>, Status>
    where
        F: Future<Output = Result<(Vec<T>, String), Status>>,
    {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        let mut token = String::new();
        // A page may be empty and not the last; no list has more pages than entries asked for, or it is broken.
        for _ in 0..limit {
            let (more, next) = page(PAGE_SIZE, token).await?;
            entries.extend(more);
            token = next;
            if token.is_empty() || entries.len() >= limit {
                break;
            }
        }
        if entries.len() > limit || !token.is_empty() {
            entries.truncate(limit);
            note(&format!(
                "There are more than these {limit}; raise --limit to see them."
            ));
        }
        Ok(entries)
    }
}
