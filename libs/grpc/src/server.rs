//! The gRPC server that every service runs: health, reflection, access, limits, and an end in good order.

use std::time::Duration;

use auth::AccessLayer;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::service::RoutesBuilder;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tower_http::catch_panic::CatchPanicLayer;

use crate::deadline::DeadlineLayer;
use crate::incoming::accept;
use crate::rpc_telemetry::RpcTelemetry;

/// Limits of a server. Every one has a default that suits a pod of one core.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The service's name, for metrics and health.
    pub service: &'static str,
    /// Connections at once; more wait in the socket's backlog.
    pub connections_max: usize,
    /// Calls and streams at once on one connection; its client lets more wait.
    pub calls_per_connection_max: u32,
    /// A call that takes longer ends with DEADLINE_EXCEEDED, unless its caller allows less. A stream of replies is not
    /// cut once it has begun.
    pub deadline: Duration,
    /// A connection is asked to reconnect after this, so that load spreads over replicas.
    pub connection_age_max: Duration,
    /// Calls in flight get this long to finish at shutdown.
    pub grace: Duration,
}

impl ServerSettings {
    /// The defaults for the service of this name.
    pub fn new(service: &'static str) -> Self {
        Self {
            service,
            connections_max: 4_096,
            calls_per_connection_max: 512,
            deadline: Duration::from_secs(30),
            connection_age_max: Duration::from_mins(30),
            grace: Duration::from_secs(10),
        }
    }
}

/// Why a server ended before it was told to.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The descriptor set for reflection cannot be used.
    #[error("reflection cannot be set up")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("the server failed")]
    Transport(#[from] tonic::transport::Error),
}

/// Serves `routes` on `listener` until `shutdown` is cancelled and the calls in flight have ended or run out of grace.
/// Health is SERVING while `ready` says so and shutdown has not begun.
pub async fn serve(
    listener: TcpListener,
    settings: ServerSettings,
    mut routes: RoutesBuilder,
    access: AccessLayer,
    ready: watch::Receiver<bool>,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(portway_proto::DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    routes
        .add_service(health_service)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?);
    let server = Server::builder()
        .max_concurrent_streams(settings.calls_per_connection_max)
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        // Without a grace period of its own: with one, the transport cuts calls in flight instead of letting them end.
        .max_connection_age(settings.connection_age_max)
        // The outermost counts what the others refuse.
        .layer(RpcTelemetry {
            service: settings.service,
            access: access.clone(),
        })
        .layer(DeadlineLayer(settings.deadline))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(access)
        .add_routes(routes.routes())
        .serve_with_incoming_shutdown(
            accept(listener, settings.connections_max, shutdown.clone()),
            shutdown.clone().cancelled_owned(),
        );
    let report = report_health(health, settings.service, ready, shutdown.clone());
    let drained = async {
        shutdown.cancelled().await;
        tokio::time::sleep(settings.grace).await;
    };
    tokio::select! {
        served = async { tokio::join!(server, report).0 } => served?,
        () = drained => tracing::warn!("calls were still in flight when the grace period ended"),
    }
    Ok(())
}

/// Tells the standard health service whether the server serves, for all of it ("") and by its own name.
async fn report_health(
    health: tonic_health::server::HealthReporter,
    service: &'static str,
    mut ready: watch::Receiver<bool>,
    shutdown: CancellationToken,
) {
    loop {
        let is_serving = *ready.borrow_and_update() && !shutdown.is_cancelled();
        let status = if is_serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        health.set_service_status("", status).await;
        health.set_service_status(service, status).await;
        if shutdown.is_cancelled() {
            return;
        }
        tokio::select! {
            // Nobody is left who would say: what was said last holds until shutdown.
            changed = ready.changed() => if changed.is_err() { shutdown.cancelled().await },
            () = shutdown.cancelled() => {}
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that the layer asks for"
)]
fn on_panic(panic: Box<dyn std::any::Any + Send>) -> http::Response<tonic::body::Body> {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    tracing::error!(panic = text, "a handler panicked");
    crate::status::fail(tonic::Code::Internal, "INTERNAL", "internal error").into_http()
}
