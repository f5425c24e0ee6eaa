//! Which link opens which page.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::listener::Peer;
use super::page::{self, PageError, Texts};
use super::{LinkKind, consent, letter, tracking};
use crate::app::Intake;
use crate::ops::links::{self, Link, LinkToken};
use crate::store::port_in::order::Access;

/// A form has so many bytes at most.
const FORM_BYTES_MAX: usize = 16 << 10;
/// A page takes so long at most.
const DEADLINE: Duration = Duration::from_secs(30);
const USER_AGENT_CHARS_MAX: usize = 300;

/// What pages are made of. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) intake: Intake,
    pub(super) texts: Arc<Texts>,
    behind_proxy: bool,
}

/// A link as somebody opened it.
pub(super) struct Opened {
    pub(super) link: Link,
    pub(super) token: LinkToken,
}

/// Who opens a page, as far as the connection tells.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The address that the connection came from.
    pub(crate) address: IpAddr,
    /// The program, as it says.
    pub(crate) user_agent: String,
}

impl Pages {
    pub(super) fn new(intake: Intake, behind_proxy: bool) -> Result<Self, minijinja::Error> {
        Ok(Self {
            intake,
            texts: Arc::new(Texts::read()?),
            behind_proxy,
        })
    }

    async fn open(&self, token: &str) -> Result<Opened, PageError> {
        let token = LinkToken::read(token).ok_or(PageError::NotFound)?;
        let mut conn = self.intake.base.pool.acquire().await?;
        let now = self.intake.base.clock.now();
        let link = links::open(&mut conn, &token, Access::Read, now).await?;
        let link = link.ok_or(PageError::NotFound)?;
        Ok(Opened { link, token })
    }

    fn answer(&self, page: Result<Response, PageError>) -> Response {
        page.unwrap_or_else(|error| self.texts.refusal(&error))
    }

    /// The proxy of ours writes whom it was called by at the end of the list; what stands before that anybody can write.
    fn visitor(&self, Peer(peer): Peer, headers: &HeaderMap) -> Visitor {
        let text = |name| headers.get_all(name).iter().next_back()?.to_str().ok();
        let forwarded = text("x-forwarded-for")
            .filter(|_| self.behind_proxy)
            .and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        let program = text(header::USER_AGENT.as_str()).unwrap_or_default();
        Visitor {
            address: forwarded.unwrap_or_else(|| peer.ip().to_canonical()),
            user_agent: program.chars().take(USER_AGENT_CHARS_MAX).collect(),
        }
    }
}

pub(super) fn router(pages: Pages) -> Router {
    Router::new()
        .route("/l/{token}", get(show).post(submit))
        .route("/l/{token}/{file}", get(file))
        .route("/links.css", get(async || page::style()))
        .fallback(async |State(pages): State<Pages>| pages.texts.refusal(&PageError::NotFound))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            DEADLINE,
        ))
        .layer(CatchPanicLayer::new())
        .with_state(pages)
}

async fn show(State(pages): State<Pages>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let page = async {
        let opened = pages.open(&token).await?;
        match opened.link.kind {
            LinkKind::SignLetter => letter::show(&pages, &opened).await,
            LinkKind::TrackOrder => tracking::show(&pages, &opened, &headers).await,
            LinkKind::Consent => consent::show(&pages, &opened).await,
        }
    };
    pages.answer(page.await)
}

async fn file(State(pages): State<Pages>, Path((token, file)): Path<(String, String)>) -> Response {
    let page = async {
        let opened = pages.open(&token).await?;
        match opened.link.kind {
            LinkKind::SignLetter => letter::file(&pages, &opened, &file).await,
            LinkKind::TrackOrder | LinkKind::Consent => Err(PageError::NotFound),
        }
    };
    pages.answer(page.await)
}

async fn submit(
    State(pages): State<Pages>,
    Path(token): Path<String>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    form: Bytes,
) -> Response {
    let page = async {
        let opened = pages.open(&token).await?;
        let visitor = pages.visitor(peer, &headers);
        match opened.link.kind {
            LinkKind::SignLetter => letter::sign(&pages, &opened, &form, visitor).await,
            LinkKind::TrackOrder => Err(PageError::NotFound),
            LinkKind::Consent => consent::answer(&pages, &opened, &form, visitor).await,
        }
    };
    pages.answer(page.await)
}
