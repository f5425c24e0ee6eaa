//! A webhook receiver that remembers what it was told.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The steps and ids it was told; a repeat has the same id.
type Told = Arc<Mutex<BTreeSet<(String, String)>>>;

/// Listens for as long as it lives.
pub struct Receiver {
    /// Where to send.
    pub url: String,
    told: Told,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Starts on a free port.
    #[expect(clippy::disallowed_methods, reason = "the task ends with the value")]
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let told = Told::default();
        let routes = Router::new()
            .route("/", post(receive))
            .with_state(Arc::clone(&told));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, told, task }
    }

    /// How many distinct webhooks told of a step.
    pub fn count(&self, step: &str) -> usize {
        self.told
            .lock()
            .unwrap()
            .iter()
            .filter(|(told, _)| told == step)
            .count()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(State(told): State<Told>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers.get("webhook-id").unwrap().to_str().unwrap().to_owned();
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    told.lock()
        .unwrap()
        .insert((json["type"].as_str().unwrap().to_owned(), id));
    StatusCode::NO_CONTENT
}
