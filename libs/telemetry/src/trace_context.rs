//! Carries a trace across processes and days, as a W3C `traceparent`.
//!
//! A gRPC layer uses [`inject`] and [`set_parent_from_headers`]; an event log keeps [`current`] in the
//! envelope and its consumers call [`set_parent`]. What arrives broken is ignored: a trace is never a reason
//! to refuse work.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const TRACEPARENT: &str = "traceparent";

/// The `traceparent` of the current span; `None` outside of any span and before [`crate::init`].
pub fn current() -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.remove(TRACEPARENT)
}

/// The id of the current trace, as people look for it in logs and traces.
pub fn trace_id() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let ids = span.span_context();
    ids.is_valid().then(|| ids.trace_id().to_string())
}

/// Makes `span` continue the trace of `traceparent`. Only works before the span is entered for the first time.
pub fn set_parent(span: &Span, traceparent: &str) {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    continue_from(span, &carrier);
}

/// Adds the current trace to the headers (gRPC: the metadata) of an outgoing call.
pub fn inject(headers: &mut HeaderMap) {
    let mut carrier = IntoHeaders(headers);
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
}

/// Makes `span` continue the trace that the headers of a received call name, if they name one. Only works
/// before the span is entered for the first time.
pub fn set_parent_from_headers(span: &Span, headers: &HeaderMap) {
    continue_from(span, &FromHeaders(headers));
}

fn continue_from(span: &Span, carrier: &dyn Extractor) {
    // Extracted on its own, so that a broken header does not tie the span to whatever is current here.
    let parent = TraceContextPropagator::new().extract_with_context(&opentelemetry::Context::new(), carrier);
    if !parent.span().span_context().is_valid() {
        return;
    }
    if let Err(error) = span.set_parent(parent) {
        tracing::trace!(%error, "the span starts a trace of its own");
    }
}

struct IntoHeaders<'a>(&'a mut HeaderMap);

impl Injector for IntoHeaders<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value))
            && !value.is_empty()
        {
            self.0.insert(name, value);
        }
    }
}

struct FromHeaders<'a>(&'a HeaderMap);

impl Extractor for FromHeaders<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
