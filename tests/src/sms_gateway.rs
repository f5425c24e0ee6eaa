//! The platform's own SMS gateway: takes texts and remembers them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The texts it was handed, by their keys; a repeat has the same key.
type Texts = Arc<Mutex<BTreeMap<String, Value>>>;

/// Listens for as long as it lives.
pub struct SmsGateway {
    /// Where texts are handed over.
    pub url: String,
    texts: Texts,
    task: JoinHandle<()>,
}

impl SmsGateway {
    /// Starts on a free port.
    #[expect(clippy::disallowed_methods, reason = "the task ends with the value")]
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/messages", listener.local_addr().unwrap());
        let texts = Texts::default();
        let routes = Router::new()
            .route("/messages", post(take))
            .with_state(Arc::clone(&texts));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, texts, task }
    }

    /// What it was handed for a number, each text once.
    pub fn texts_to(&self, number: &str) -> Vec<String> {
        let texts = self.texts.lock().unwrap();
        let to_it = texts.values().filter(|text| text["to"] == number);
        to_it
            .map(|text| text["text"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(texts): State<Texts>, headers: HeaderMap, Json(text): Json<Value>) -> StatusCode {
    let key = headers.get("idempotency-key").unwrap().to_str().unwrap();
    texts.lock().unwrap().insert(key.to_owned(), text);
    StatusCode::ACCEPTED
}
