//! A program that is told: a real HTTP server that remembers every call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A call as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The step it tells.
    pub(crate) fn step(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// The request it is about.
    pub(crate) fn request_number(&self) -> String {
        self.json()["data"]["request_number"].as_str().unwrap().to_owned()
    }
}

#[derive(Default)]
struct Heard {
    calls: Vec<Call>,
    /// What to answer next instead of 204.
    answers: VecDeque<StatusCode>,
}

pub(crate) struct Receiver {
    pub(crate) address: std::net::SocketAddr,
    heard: Arc<Mutex<Heard>>,
    ended: CancellationToken,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, ended) = (Arc::<Mutex<Heard>>::default(), CancellationToken::new());
        let app = Router::new()
            .route("/{*path}", post(hear))
            .with_state(Arc::clone(&heard));
        let until = ended.clone().cancelled_owned();
        TaskTracker::new().spawn(async move {
            axum::serve(listener, app)
                .with_graceful_shutdown(until)
                .await
                .unwrap();
        });
        Self {
            address,
            heard,
            ended,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Answers the next calls with these.
    pub(crate) fn answer_next(&self, answers: impl IntoIterator<Item = StatusCode>) {
        self.heard.lock().unwrap().answers.extend(answers);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.heard.lock().unwrap().calls.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

async fn hear(State(heard): State<Arc<Mutex<Heard>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let mut heard = heard.lock().unwrap();
    heard.calls.push(Call {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        content_type: header("content-type"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    heard.answers.pop_front().unwrap_or(StatusCode::NO_CONTENT)
}
