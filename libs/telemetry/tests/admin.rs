//! The admin server, over real sockets, and the metrics it shows.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use telemetry::admin;
use telemetry::metrics::{self, MetricsHandle, PoolUse};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const BOUND: Duration = Duration::from_secs(10);

struct Admin {
    address: SocketAddr,
    ready: Arc<AtomicBool>,
    shutdown: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

async fn start() -> (Admin, MetricsHandle) {
    let handle = metrics::install().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (ready, shutdown) = (Arc::new(AtomicBool::new(false)), CancellationToken::new());
    let asked = ready.clone();
    let server = admin::serve(
        listener,
        handle.clone(),
        move || asked.load(Ordering::Relaxed),
        shutdown.clone(),
    );
    let task = TaskTracker::new().spawn(server);
    (
        Admin {
            address,
            ready,
            shutdown,
            task,
        },
        handle,
    )
}

/// The whole answer to a GET, head and body.
async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(BOUND, stream.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    answer
}

#[tokio::test]
async fn probes_tell_living_from_ready() {
    let (admin, _) = start().await;
    assert!(get(admin.address, "/healthz").await.starts_with("HTTP/1.1 200 "));
    assert!(get(admin.address, "/readyz").await.starts_with("HTTP/1.1 503 "));
    admin.ready.store(true, Ordering::Relaxed);
    assert!(get(admin.address, "/readyz").await.starts_with("HTTP/1.1 200 "));
    assert!(get(admin.address, "/").await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test]
async fn a_connection_that_never_sends_a_byte_does_not_hold_up_the_end() {
    let (admin, _) = start().await;
    let _silent = TcpStream::connect(admin.address).await.unwrap();
    // Answered after the silent one was accepted, so the server knows that one.
    get(admin.address, "/healthz").await;
    admin.shutdown.cancel();
    timeout(BOUND, admin.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn metrics_are_served_with_their_labels_and_help() {
    let (admin, handle) = start().await;
    metrics::record_rpc(
        "intake",
        "portway.intake.v1.Intake/GetOrder",
        "Ok",
        Duration::from_millis(3),
    );
    metrics::record_rpc(
        "intake",
        "portway.intake.v1.Intake/GetOrder",
        "NotFound",
        Duration::from_millis(3),
    );
    metrics::set_pool_use(
        "intake",
        "postgres",
        PoolUse {
            in_use: 3,
            idle: 5,
            max: 20,
        },
    );
    metrics::set_event_lag("intake", "billing", 12);
    metrics::set_events_parked("intake", "notification", 1);
    metrics::set_poll_lag("gateway", "acme", Duration::from_millis(1500));
    metrics::set_queue_depth("notification", "email", 7);
    metrics::count_unmapped_reject_code("gateway", "acme");

    let page = get(admin.address, "/metrics").await;
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
    let expected = [
        r#"portway_rpc_requests_total{service="intake",method="portway.intake.v1.Intake/GetOrder",code="Ok"} 1"#,
        r#"portway_rpc_requests_total{service="intake",method="portway.intake.v1.Intake/GetOrder",code="NotFound"} 1"#,
        r#"portway_rpc_seconds_bucket{service="intake",method="portway.intake.v1.Intake/GetOrder",le="0.0025"} 0"#,
        r#"portway_rpc_seconds_bucket{service="intake",method="portway.intake.v1.Intake/GetOrder",le="0.005"} 2"#,
        r#"portway_pool_connections{service="intake",pool="postgres",state="in_use"} 3"#,
        r#"portway_pool_connections{service="intake",pool="postgres",state="idle"} 5"#,
        r#"portway_pool_connections_max{service="intake",pool="postgres"} 20"#,
        r#"portway_event_lag_events{service="intake",consumer="billing"} 12"#,
        r#"portway_events_parked{service="intake",consumer="notification"} 1"#,
        r#"portway_poll_lag_seconds{service="gateway",carrier="acme"} 1.5"#,
        r#"portway_queue_depth{service="notification",queue="email"} 7"#,
        r#"portway_unmapped_reject_codes_total{service="gateway",carrier="acme"} 1"#,
        "# HELP portway_rpc_requests_total Finished RPCs",
    ];
    for line in expected {
        assert!(body.contains(line), "{line}\nis not in\n{body}");
    }
    for handle in [handle, metrics::install().unwrap()] {
        assert!(handle.render().contains(expected[0]), "one recorder a process");
    }
}
