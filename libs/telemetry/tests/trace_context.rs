//! A trace goes on in another process and on another day.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::sync::OnceLock;

use http::{HeaderMap, HeaderValue};
use telemetry::{Format, TelemetryGuard, TelemetrySettings, trace_context};
use tracing::info_span;

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

/// Kept to the end of the process, like the one in `main`: dropping it ends tracing.
static GUARD: OnceLock<TelemetryGuard> = OnceLock::new();

/// No collector: trace ids must flow without one.
fn init() {
    GUARD.get_or_init(|| {
        let settings = TelemetrySettings {
            service: "intake".to_owned(),
            format: Format::Human,
            filter: "info".to_owned(),
            otlp_endpoint: None,
        };
        telemetry::init(&settings).unwrap()
    });
}

#[test]
fn a_span_continues_the_trace_it_is_given_and_passes_it_on() {
    init();
    let span = info_span!("listen.order_submitted");
    trace_context::set_parent(&span, TRACEPARENT);
    let (id, passed_on) = span.in_scope(|| (trace_context::trace_id(), trace_context::current()));

    assert_eq!(id.as_deref(), Some(TRACE_ID));
    let passed_on = passed_on.unwrap();
    assert!(passed_on.starts_with(&format!("00-{TRACE_ID}-")), "{passed_on}");
    assert_ne!(
        passed_on, TRACEPARENT,
        "the parent of what follows is this span, not the one before"
    );
}

#[test]
fn headers_carry_a_trace_from_caller_to_receiver() {
    init();
    let caller = info_span!("call");
    let mut headers = HeaderMap::new();
    let sent = caller.in_scope(|| {
        trace_context::inject(&mut headers);
        trace_context::trace_id().unwrap()
    });
    let receiver = info_span!("serve");
    trace_context::set_parent_from_headers(&receiver, &headers);
    assert_eq!(receiver.in_scope(trace_context::trace_id), Some(sent));
}

#[test]
fn a_broken_traceparent_starts_a_new_trace() {
    init();
    for broken in [
        "",
        "00-0-0-01",
        "not a traceparent",
        &TRACEPARENT.replace("b7ad6b7169203331", "0000000000000000"),
    ] {
        let by_text = info_span!("by_text");
        trace_context::set_parent(&by_text, broken);
        let by_header = info_span!("by_header");
        let headers = HeaderMap::from_iter([(
            "traceparent".parse().unwrap(),
            HeaderValue::from_str(broken).unwrap(),
        )]);
        trace_context::set_parent_from_headers(&by_header, &headers);
        for span in [by_text, by_header] {
            let id = span.in_scope(trace_context::trace_id).unwrap();
            assert_ne!(id, TRACE_ID, "{broken:?}");
        }
    }
}

#[test]
fn there_is_no_trace_outside_of_spans() {
    init();
    let mut headers = HeaderMap::new();
    trace_context::inject(&mut headers);
    assert_eq!(
        (trace_context::current(), trace_context::trace_id()),
        (None, None)
    );
    assert!(headers.is_empty(), "{headers:?}");
}
