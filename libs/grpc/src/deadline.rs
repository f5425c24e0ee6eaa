//! A limit on how long a call may take: the server's, or the caller's when that is shorter.
//!
//! The transport has one too, but answers CANCELLED, which callers cannot tell from their own hanging up.

use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use tonic::Code;
use tower::{Layer, Service};

use crate::status;

/// The transport watches the caller's deadline as well; this much earlier the answer is still ours.
const MARGIN_MAX: Duration = Duration::from_millis(5);

/// Ends calls that take longer. A stream is not cut once it has begun.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeadlineLayer(pub(crate) Duration);

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Deadline { inner, limit: self.0 }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Deadline<S> {
    inner: S,
    limit: Duration,
}

impl<S, B, R> Service<http::Request<B>> for Deadline<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let limit = callers_limit(request.headers()).map_or(self.limit, |callers| callers.min(self.limit));
        Box::pin(async move {
            let answered = tokio::time::timeout(limit, inner.call(request)).await;
            answered.unwrap_or_else(|_elapsed| {
                let message = "the call took longer than it may";
                Ok(status::fail(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", message).into_http())
            })
        })
    }
}

/// What `grpc-timeout` says, a little less: up to eight digits and a unit.
fn callers_limit(headers: &http::HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    let limit = match unit {
        "H" => Duration::from_secs(amount.saturating_mul(3_600)),
        "M" => Duration::from_secs(amount.saturating_mul(60)),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _unknown => return None,
    };
    Some(limit.saturating_sub(MARGIN_MAX.min(limit / 4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callers_limit_is_read_from_its_header() {
        let cases = [
            ("1S", Some(Duration::from_millis(995))),
            ("100m", Some(Duration::from_millis(95))),
            ("4m", Some(Duration::from_millis(3))),
            ("400u", Some(Duration::from_micros(300))),
            ("4n", Some(Duration::from_nanos(3))),
            ("0S", Some(Duration::ZERO)),
            ("90H", Some(Duration::from_millis(90 * 3_600_000 - 5))),
            ("100000000S", None),
            ("1s", None),
            ("S", None),
            ("", None),
            ("é", None),
            ("-1S", None),
        ];
        for (text, expected) in cases {
            let mut headers = http::HeaderMap::new();
            headers.insert(
                "grpc-timeout",
                http::HeaderValue::from_bytes(text.as_bytes()).unwrap(),
            );
            assert_eq!(callers_limit(&headers), expected, "{text:?}");
        }
        assert_eq!(callers_limit(&http::HeaderMap::new()), None);
    }
}
