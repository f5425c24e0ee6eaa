//! A thread that has one container: testcontainers is async, and its callers here are not.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, ContainerRequest, GenericImage, TestcontainersError};

use crate::error::{BackingError, Doing};
use crate::options::Engine;

/// After that Docker kills a server that was asked to end.
const STOP_SECS_MAX: i32 = 30;

/// What the container is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Stop,
    Kill,
    Start,
}

impl Order {
    fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Kill => "kill",
            Self::Start => "start",
        }
    }
}

/// Where a container is found.
pub(super) struct Place {
    /// Docker's name for it.
    pub(super) id: String,
    /// The host by which its ports are reached.
    pub(super) host: String,
}

type Outcome = Result<(), TestcontainersError>;

/// The thread, and the way to it. Dropping it ends the container.
pub(super) struct Keeper {
    engine: Engine,
    orders: Option<mpsc::Sender<(Order, mpsc::Sender<Outcome>)>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the container; returns where it is found, too.
    pub(super) fn start(
        engine: Engine,
        request: ContainerRequest<GenericImage>,
        is_kept: bool,
    ) -> Result<(Self, Place), BackingError> {
        let doing = || format!("run the {engine} container");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .doing(doing)?;
        let (orders, received) = mpsc::channel::<(Order, mpsc::Sender<Outcome>)>();
        let (started, outcome) = mpsc::channel();
        let keep = move || {
            let container = match runtime.block_on(run(request)) {
                Ok((container, place)) => {
                    // The receiver waits for it.
                    let _ = started.send(Ok(place));
                    container
                }
                Err(error) => {
                    let _ = started.send(Err(error));
                    return;
                }
            };
            // Ends when the sender is dropped, with the server.
            for (order, reply) in received {
                let _ = reply.send(runtime.block_on(carry_out(&container, order)));
            }
            runtime.block_on(end(container, is_kept));
        };
        let thread = thread::Builder::new()
            .name(format!("{}-keeper", engine.slug()))
            .spawn(keep)
            .doing(doing)?;
        let keeper = Self {
            engine,
            orders: Some(orders),
            thread: Some(thread),
        };
        match outcome.recv() {
            Ok(Ok(place)) => Ok((keeper, place)),
            Ok(Err(source)) => Err(BackingError::Container {
                engine,
                doing: "run",
                source,
            }),
            Err(mpsc::RecvError) => Err(keeper.is_gone()),
        }
    }

    /// Tells the container, and waits until it is done.
    pub(super) fn order(&self, order: Order) -> Result<(), BackingError> {
        let (reply, outcome) = mpsc::channel();
        let sent = self
            .orders
            .as_ref()
            .is_some_and(|orders| orders.send((order, reply)).is_ok());
        match outcome.recv() {
            Ok(outcome) if sent => outcome.map_err(|source| BackingError::Container {
                engine: self.engine,
                doing: order.name(),
                source,
            }),
            Ok(_) | Err(mpsc::RecvError) => Err(self.is_gone()),
        }
    }

    fn is_gone(&self) -> BackingError {
        BackingError::Start {
            engine: self.engine,
            reason: "the thread of its container ended".to_owned(),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported already.
            let _ = thread.join();
        }
    }
}

async fn run(
    request: ContainerRequest<GenericImage>,
) -> Result<(ContainerAsync<GenericImage>, Place), TestcontainersError> {
    let container = request.start().await?;
    let place = Place {
        id: container.id().to_owned(),
        host: container.get_host().await?.to_string(),
    };
    Ok((container, place))
}

async fn carry_out(container: &ContainerAsync<GenericImage>, order: Order) -> Outcome {
    match order {
        Order::Stop => container.stop_with_timeout(Some(STOP_SECS_MAX)).await,
        Order::Kill => container.stop_with_timeout(Some(0)).await,
        Order::Start => container.start().await,
    }
}

async fn end(container: ContainerAsync<GenericImage>, is_kept: bool) {
    // Nobody is left to tell; what stays is removed by the next start.
    if is_kept {
        let _ = carry_out(&container, Order::Stop).await;
    }
    let _ = container.rm().await;
}
