//! The platform's own SMS gateway: a real HTTP server that remembers what it was handed.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use notification::{Settings, SmsSettings};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use types::Secret;

/// A text as it was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) key: String,
    pub(crate) authorization: String,
    pub(crate) json: Value,
}

#[derive(Default)]
struct Heard {
    texts: Vec<Text>,
    /// What to answer next instead of 202.
    answers: VecDeque<StatusCode>,
}

pub(crate) struct SmsGateway {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
    ended: CancellationToken,
}

impl SmsGateway {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, ended) = (Arc::<Mutex<Heard>>::default(), CancellationToken::new());
        let app = Router::new()
            .route("/messages", post(hear))
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

    /// Settings of a service that hands its texts to the gateway at `address`, with a user and a password.
    pub(crate) fn known_at(address: &str, settings: Settings) -> Settings {
        Settings {
            sms: Some(SmsSettings {
                url: Secret::new(format!("http://portway:s%3Acret@{address}/messages")),
                from: "+12015550100".to_owned(),
            }),
            ..settings
        }
    }

    /// Answers the next texts with these.
    pub(crate) fn answer_next(&self, answers: impl IntoIterator<Item = StatusCode>) {
        self.heard.lock().unwrap().answers.extend(answers);
    }

    pub(crate) fn texts(&self) -> Vec<Text> {
        self.heard.lock().unwrap().texts.clone()
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

async fn hear(
    State(heard): State<Arc<Mutex<Heard>>>,
    headers: HeaderMap,
    Json(json): Json<Value>,
) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let mut heard = heard.lock().unwrap();
    heard.texts.push(Text {
        key: header("idempotency-key"),
        authorization: header("authorization"),
        json,
    });
    heard.answers.pop_front().unwrap_or(StatusCode::ACCEPTED)
}
