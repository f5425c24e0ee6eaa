//! A mail server that delivers nowhere: it takes mail over real SMTP and keeps each message as an `.eml` file.
//!
//! It is what `portway up` gives the notification service to talk to, and what tests look into. It speaks as much
//! ESMTP as a sending server needs (EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT), without TLS and without logins.
//!
//! **Invariant:** it says yes to a message only when the message is whole on disk under its final name.
//!
//! **It must never** relay a message, nor listen anywhere but where its caller listens for it (the loopback).
//! Start at [`MailSink::start`]; the protocol is in `session.rs`, the files are in `mailbox.rs`.
#![warn(missing_docs)]

mod mailbox;
mod session;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use mailbox::Mailbox;

/// Connections at once; more wait in the backlog of the socket.
const CONNECTIONS_MAX: usize = 64;

/// A mail sink that runs. Cheap to clone; it ends with the token that it was started with.
#[derive(Debug, Clone)]
pub struct MailSink {
    address: SocketAddr,
    tasks: TaskTracker,
    troubles: Arc<Troubles>,
}

/// What becomes of a message instead of being taken, so that a sender's ways with failures can be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Answered with 451 and not kept.
    Temporary,
    /// Answered with 550 and not kept.
    Permanent,
    /// Kept, but the connection ends without an answer: the sender cannot know.
    KeptAndCutOff,
    /// Kept, but the answer never comes.
    KeptAndSilent,
}

/// The troubles still to make.
#[derive(Debug, Default)]
struct Troubles(Mutex<(u32, Option<Trouble>)>);

impl Troubles {
    fn next(&self) -> Option<Trouble> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, trouble) = *left;
        left.0 = count.checked_sub(1)?;
        trouble
    }
}

impl MailSink {
    /// Takes mail on `listener` and keeps it in `directory`, which is made when it is missing, until `shutdown`.
    pub fn start(listener: TcpListener, directory: PathBuf, shutdown: CancellationToken) -> io::Result<Self> {
        let sink = Self {
            address: listener.local_addr()?,
            tasks: TaskTracker::new(),
            troubles: Arc::default(),
        };
        let mailbox = Arc::new(Mailbox::open(directory)?);
        sink.tasks.spawn(sink.clone().accept(listener, mailbox, shutdown));
        sink.tasks.close();
        Ok(sink)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL by which a sender reaches it, e.g. `smtp://127.0.0.1:2525`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Makes `trouble` for the next `count` messages.
    pub fn trouble_next(&self, count: u32, trouble: Trouble) {
        *self.troubles.0.lock().unwrap_or_else(PoisonError::into_inner) = (count, Some(trouble));
    }

    /// Returns when everything has ended after the shutdown.
    pub async fn ended(&self) {
        self.tasks.wait().await;
    }

    async fn accept(self, listener: TcpListener, mailbox: Arc<Mailbox>, shutdown: CancellationToken) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            };
            let Some((place, accepted)) = shutdown.run_until_cancelled(next).await else {
                return;
            };
            let stream = match accepted {
                Ok((stream, _from)) => stream,
                Err(error) => {
                    // It concerns one client that is gone already.
                    tracing::debug!(%error, "a mail connection was not accepted");
                    continue;
                }
            };
            let (mailbox, troubles) = (Arc::clone(&mailbox), Arc::clone(&self.troubles));
            let shutdown = shutdown.clone();
            self.tasks.spawn(async move {
                let _place = place;
                let served = session::serve(stream, &mailbox, &troubles);
                if let Some(Err(error)) = shutdown.run_until_cancelled(served).await {
                    tracing::debug!(%error, "a mail session broke off");
                }
            });
        }
    }
}
