//! Public pages, each opened by a link: a letter to sign, an order to follow. A small HTTP server of its own, without
//! accounts, cookies or scripts; whoever has the link is let in.
//!
//! To add a kind of page: a [`LinkKind`], a module beside `letter`, and an arm in each `match` of `routes`.
//!
//! **Architecture invariant:** a token is never logged, and what a wrong, an expired and a revoked one are told is the same
//! to the byte.

mod consent;
mod letter;
mod listener;
mod page;
mod routes;
mod tracking;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use service::StartError;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::Intake;
use crate::ops::links::LinkToken;

pub(crate) use crate::ops::links::LinkKind;

use listener::Places;
use routes::Pages;

/// Connections at once; more wait in the socket's backlog.
const CONNECTIONS_MAX: usize = 512;
/// How long requests under way may hold up the end.
const DRAIN: Duration = Duration::from_secs(5);

/// Where pages are served, and how links to them begin.
#[derive(Debug, Clone)]
pub struct LinksSettings {
    /// Where the HTTP server listens.
    pub listen: SocketAddr,
    /// How links begin for those who open them, e.g. `https://port.example.com`; a path is kept.
    pub url: Url,
    /// Whether a proxy of ours stands before the server and says in `X-Forwarded-For` who came to it.
    pub behind_proxy: bool,
}

/// How links begin. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct LinkBase(Arc<Url>);

impl LinkBase {
    pub(crate) fn new(url: Url) -> Self {
        Self(Arc::new(url))
    }

    /// The address of a page. It is as secret as the token in it.
    pub(crate) fn url_of(&self, token: &LinkToken) -> String {
        let base = self.0.as_str().trim_end_matches('/');
        format!("{base}/l/{}", token.secret().expose())
    }
}

/// Starts the server; it ends with the service's other tasks.
pub(crate) async fn start(intake: &Intake, settings: &LinksSettings) -> Result<(), StartError> {
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| StartError::Listen(settings.listen, error))?;
    let pages = Pages::new(intake.clone(), settings.behind_proxy)
        .map_err(|error| StartError::Setting(format!("the pages cannot be made: {error}")))?;
    let token = intake.base.lifecycle.token();
    let served = serve(Places::new(listener, CONNECTIONS_MAX), pages, token.clone());
    intake.base.lifecycle.spawn("links server", async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "the links server failed; shutting down");
            token.cancel();
        }
    });
    Ok(())
}

async fn serve(listener: Places, pages: Pages, shutdown: CancellationToken) -> std::io::Result<()> {
    let app = routes::router(pages).into_make_service_with_connect_info::<listener::Peer>();
    let server = axum::serve(listener, app).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    tokio::select! {
        ended = server => ended,
        () = async { shutdown.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
    }
}
