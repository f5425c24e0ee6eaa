//! What every page has: the frame, and headers that keep the link from leaving with those who read it.

use std::borrow::Cow;

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::{Environment, Value};

use crate::contents::ContentError;

/// The style sheet of all pages.
pub(super) const STYLE: &str = include_str!("pages/links.css");

const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
/// A PDF is shown within its page, and by nobody else's.
const FILE_POLICY: &str = "default-src 'none'; frame-ancestors 'self'";

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// The link opens nothing, for whatever reason.
    #[error("there is no such page")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] pg::StoreError),
    /// What the page shows is not to be had.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// A letter cannot be put together.
    #[error(transparent)]
    Letter(#[from] letters::LetterError),
    /// The page cannot be made.
    #[error("a page cannot be made")]
    Template(#[from] minijinja::Error),
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The pages' texts.
#[derive(Debug, Clone)]
pub(super) struct Texts(Environment<'static>);

impl Texts {
    pub(super) fn read() -> Result<Self, minijinja::Error> {
        let mut texts = Environment::new();
        texts.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        texts.add_template("frame.html", include_str!("pages/frame.html"))?;
        texts.add_template("message.html", include_str!("pages/message.html"))?;
        texts.add_template("consent.html", include_str!("pages/consent.html"))?;
        texts.add_template("sign.html", include_str!("pages/sign.html"))?;
        texts.add_template("track.html", include_str!("pages/track.html"))?;
        Ok(Self(texts))
    }

    /// A page of this template. Its values are escaped, because the names end in `.html`.
    pub(super) fn page(
        &self,
        status: StatusCode,
        name: &str,
        values: &Value,
    ) -> Result<Response, minijinja::Error> {
        let html = self.0.get_template(name)?.render(values)?;
        Ok((status, headers("text/html; charset=utf-8", POLICY), html).into_response())
    }

    /// A page that says one thing.
    pub(super) fn message(&self, status: StatusCode, title: &str, text: &str) -> Response {
        self.page(status, "message.html", &minijinja::context! { title, text })
            .unwrap_or_else(|error| {
                tracing::error!(%error, "a page cannot be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            })
    }

    /// What is shown in place of a page. Unknown, expired and revoked links look alike.
    pub(super) fn refusal(&self, error: &PageError) -> Response {
        match error {
            PageError::NotFound => self.message(
                StatusCode::NOT_FOUND,
                "This link does not work",
                "It may have expired or been withdrawn. Please ask whoever sent it to you for a new one.",
            ),
            PageError::Store(_) | PageError::Content(_) | PageError::Letter(_) | PageError::Template(_) => {
                tracing::error!(error = %grpc::status::chain(error), "a page is not shown");
                self.message(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "This page is not available at the moment",
                    "Nothing was changed. Please try again in a few minutes.",
                )
            }
        }
    }
}

/// A PDF, shown in the page.
pub(super) fn pdf(content: Vec<u8>) -> Response {
    let mut headers = headers("application/pdf", FILE_POLICY);
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=\"letter.pdf\""),
    );
    (headers, content).into_response()
}

/// What a page shows, for programs.
pub(super) fn json(value: &serde_json::Value) -> Response {
    (headers("application/json", FILE_POLICY), value.to_string()).into_response()
}

/// The style sheet.
pub(super) fn style() -> Response {
    (headers("text/css; charset=utf-8", FILE_POLICY), Cow::from(STYLE)).into_response()
}

fn headers(content_type: &'static str, policy: &'static str) -> HeaderMap {
    let all: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    all.into_iter()
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect()
}
