//! What all calls over HTTP have in common.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};
use service::StartError;

use crate::ops::Outcome;

/// A receiver has this long to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client that follows no redirects: they could lead anywhere, and what is sent is for this receiver. `what` is called
/// with it; `with` adds to it.
pub(super) fn client(
    what: &str,
    agent: &str,
    with: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Client, StartError> {
    let builder = || {
        with(
            ClientBuilder::new()
                .user_agent(agent)
                .redirect(redirect::Policy::none())
                .no_proxy()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(ANSWER_TIMEOUT),
        )
    };
    let client = builder().build().or_else(|error| {
        // A bare machine without certificate authorities still serves receivers over http.
        tracing::warn!(error = %grpc::status::chain(&error), what, "calls over https cannot be verified and will fail");
        builder().tls_certs_only([]).build()
    });
    client.map_err(|error| StartError::Setting(format!("{what} cannot be called: {error}")))
}

/// What becomes of a call that was not answered. The URL is left out: it may hold a token or a password.
pub(super) fn unanswered(error: reqwest::Error) -> Outcome {
    if error.is_timeout() {
        return Outcome::TryAgain("the receiver did not answer in time".to_owned());
    }
    Outcome::TryAgain(grpc::status::chain(&error.without_url()))
}
