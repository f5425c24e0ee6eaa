//! A span and a count for every RPC.

use std::task::{Context, Poll};
use std::time::Instant;

use auth::AccessLayer;
use futures::future::BoxFuture;
use tower::{Layer, Service};
use tracing::Instrument;

/// The name that all paths share which no method serves: what callers make up must not fill the memory.
const UNKNOWN: &str = "unknown";
/// What every server serves beside Portway's own methods.
const STANDARD: [&str; 4] = [
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// Wraps a server so that each RPC has a span, continues the caller's trace and is counted by method and code.
#[derive(Debug, Clone)]
pub(crate) struct RpcTelemetry {
    pub(crate) service: &'static str,
    /// Knows the methods.
    pub(crate) access: AccessLayer,
}

impl<S> Layer<S> for RpcTelemetry {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Observed {
            inner,
            service: self.service,
            access: self.access.clone(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Observed<S> {
    inner: S,
    service: &'static str,
    access: AccessLayer,
}

impl<S> Observed<S> {
    fn name_of_method(&self, path: &str) -> String {
        if STANDARD.contains(&path) || self.access.knows(path) {
            path.trim_start_matches('/').to_owned()
        } else {
            UNKNOWN.to_owned()
        }
    }
}

impl<S, B, R> Service<http::Request<B>> for Observed<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
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
        let service = self.service;
        let method = self.name_of_method(request.uri().path());
        let span = tracing::info_span!("rpc", otel.kind = "server", service, rpc = %method);
        telemetry::trace_context::set_parent_from_headers(&span, request.headers());
        Box::pin(
            async move {
                let started = Instant::now();
                let result = inner.call(request).await;
                let code = match &result {
                    // An error without a message body stands in the headers; a stream's end is not waited for.
                    Ok(response) => tonic::Status::from_header_map(response.headers())
                        .map_or(tonic::Code::Ok, |status| status.code()),
                    Err(_) => tonic::Code::Unknown,
                };
                let elapsed = started.elapsed();
                telemetry::metrics::record_rpc(service, &method, name_of(code), elapsed);
                tracing::debug!(code = name_of(code), ms = elapsed.as_millis(), "done");
                result
            }
            .instrument(span),
        )
    }
}

fn name_of(code: tonic::Code) -> &'static str {
    use tonic::Code;
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
