//! Wakes feed readers when the sequencer has numbered events: LISTEN on one connection, with polling behind it.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Readers look again after this long even when nothing woke them: a notification can be lost with its connection.
const POLL_PAUSE: Duration = Duration::from_secs(1);
/// The channel, within a database shared by several services, is named after the schema.
pub(crate) const NOTIFY_SQL: &str = "SELECT pg_notify('events_' || current_schema(), '')";

/// Tells any number of readers that there may be news.
#[derive(Debug, Clone)]
pub struct FeedWaker {
    news: watch::Sender<u64>,
}

impl Default for FeedWaker {
    fn default() -> Self {
        Self {
            news: watch::Sender::new(0),
        }
    }
}

impl FeedWaker {
    /// A waker that [`Self::run`] has still to drive.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    fn wake(&self) {
        self.news.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Listens until shutdown; when the connection is lost, polls until there is a new one.
    pub async fn run(self, pool: PgPool, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => return,
                result = self.listen(&pool) => if let Err(error) = result {
                    tracing::debug!(%error, "not listening; polling");
                },
            }
            self.wake();
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(POLL_PAUSE) => {}
            }
        }
    }

    async fn listen(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let schema: String = sqlx::query_scalar("SELECT current_schema()")
            .fetch_one(pool)
            .await?;
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(&format!("events_{schema}")).await?;
        loop {
            match tokio::time::timeout(POLL_PAUSE, listener.recv()).await {
                Ok(Ok(_notification)) => self.wake(),
                Ok(Err(error)) => return Err(error),
                Err(_elapsed) => self.wake(),
            }
        }
    }
}

/// Waits until there may be news, or the poll pause is over.
pub(crate) async fn wait_for_news(news: &mut watch::Receiver<u64>) {
    // An error means that the waker is gone; then polling alone goes on.
    if let Ok(Err(_gone)) = tokio::time::timeout(POLL_PAUSE, news.changed()).await {
        tokio::time::sleep(POLL_PAUSE).await;
    }
}
