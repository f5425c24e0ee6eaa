//! Connections as they come in, at most so many at once.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::Stream;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;

/// A connection has this long to say its first word; probes and scanners never do.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// Accepting fails when the process has no file descriptor left; trying again at once would only burn the processor.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

/// A connection that gives its place back when it ends.
pub(crate) struct Counted {
    stream: TcpStream,
    /// Resolves when a connection that has not said a word has to go: after a while, and at once at shutdown, which
    /// the transport would otherwise wait for in vain.
    patience: Option<BoxFuture<'static, ()>>,
    _place: OwnedSemaphorePermit,
}

/// Accepts connections while there is a place for them; others wait in the backlog of the socket.
pub(crate) fn accept(
    listener: TcpListener,
    connections_max: usize,
    shutdown: CancellationToken,
) -> impl Stream<Item = io::Result<Counted>> {
    let places = Arc::new(Semaphore::new(connections_max));
    futures::stream::unfold(
        (listener, places, shutdown),
        async |(listener, places, shutdown)| {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            let accepted = match listener.accept().await {
                Ok((stream, _from)) => Ok(Counted::new(stream, place, shutdown.clone())),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                    Err(error)
                }
            };
            Some((accepted, (listener, places, shutdown)))
        },
    )
}

impl Counted {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit, shutdown: CancellationToken) -> Self {
        // Small replies must not wait for more data.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let patience = async move {
            tokio::select! {
                () = tokio::time::sleep(SILENCE_MAX) => {}
                () = shutdown.cancelled() => {}
            }
        };
        Self {
            stream,
            patience: Some(Box::pin(patience)),
            _place: place,
        }
    }
}

impl Connected for Counted {
    type ConnectInfo = <TcpStream as Connected>::ConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.patience = None;
        } else if let Some(patience) = &mut self.patience
            && patience.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
