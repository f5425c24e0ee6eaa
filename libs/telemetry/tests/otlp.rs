//! Spans reach a collector, at the latest when the guard is dropped.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use telemetry::{Format, TelemetrySettings, trace_context};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};
use tracing::info_span;

const BOUND: Duration = Duration::from_secs(10);

/// A collector that hands over what it is sent.
struct Collector(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guard_sends_what_is_left_when_it_is_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (received, mut spans) = mpsc::unbounded_channel();
    let collector = tonic::transport::Server::builder()
        .add_service(TraceServiceServer::new(Collector(received)))
        .serve_with_incoming(TcpListenerStream::new(listener));
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(collector);

    let settings = TelemetrySettings {
        service: "intake".to_owned(),
        format: Format::Json,
        filter: "off,otlp=info".to_owned(),
        otlp_endpoint: Some(format!("http://{address}")),
    };
    let guard = telemetry::init(&settings).unwrap();
    drop(telemetry::init(&settings).unwrap()); // the guard of a second call must not end tracing
    let trace_id = info_span!("intake.submit_order")
        .in_scope(trace_context::trace_id)
        .unwrap();
    tokio::task::spawn_blocking(move || drop(guard)).await.unwrap();

    let export = tokio::time::timeout(BOUND, spans.recv()).await.unwrap().unwrap();
    let [of_service] = export.resource_spans.as_slice() else {
        panic!("{export:?}")
    };
    let resource = format!("{:?}", of_service.resource);
    assert!(
        resource.contains("service.name") && resource.contains("intake"),
        "{resource}"
    );
    let [span] = of_service.scope_spans[0].spans.as_slice() else {
        panic!("{of_service:?}")
    };
    assert_eq!(span.name, "intake.submit_order");
    let sent_id = u128::from_be_bytes(span.trace_id.as_slice().try_into().unwrap());
    assert_eq!(format!("{sent_id:032x}"), trace_id);
}
