//! Runs a service: its server and everything behind it, until shutdown.

use std::sync::Arc;

use auth::{AccessLayer, Rules};
use clock::DueWork;
use events::audit::{AuditTrail, Chainer};
use events::{Consumer, ConsumerBacklog, FeedService, FeedSettings, Sequencer, SequencerBacklog};
use grpc::ServerSettings;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::RoutesBuilder;

use crate::base::{Base, StartError};
use crate::upkeep;

/// A service that runs.
pub struct Serving {
    /// The service's name.
    pub service: &'static str,
    /// Its database.
    pub pool: PgPool,
    /// Where its gRPC server listens.
    pub address: std::net::SocketAddr,
    /// Whom it listens to, by name.
    pub sources: Vec<&'static str>,
    /// Its due work, for whoever moves the clock.
    pub due_work: Vec<Arc<dyn DueWork>>,
    /// Whether its database answers.
    pub ready: watch::Receiver<bool>,
}

impl Serving {
    /// What stands between this service and having acted on everything that `source` announced.
    pub fn backlog_of(&self, source: &Self) -> ConsumerBacklog {
        ConsumerBacklog {
            name: format!("{} listening to {}", self.service, source.service),
            source: source.service.to_owned(),
            source_pool: source.pool.clone(),
            sink_pool: self.pool.clone(),
        }
    }

    /// The events of this service that have no position yet.
    pub fn unsequenced(&self) -> SequencerBacklog {
        SequencerBacklog {
            name: format!("events of {}", self.service),
            pool: self.pool.clone(),
        }
    }
}

impl Base {
    /// Starts the server with the service's routes and everything behind it. Returns at once; the tasks end with the
    /// lifecycle.
    pub async fn serve(
        self,
        listener: TcpListener,
        mut routes: RoutesBuilder,
        consumers: Vec<Consumer>,
        due_work: Vec<Arc<dyn DueWork>>,
    ) -> Result<Serving, StartError> {
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Listen(self.settings.listen, error))?;
        let rules = Rules::portway().map_err(|error| StartError::Setting(error.to_string()))?;
        let access = AccessLayer::new(self.keys.clone(), rules, self.grants.clone());
        let token = self.lifecycle.token();
        let sources: Vec<&'static str> = consumers.iter().map(Consumer::source).collect();
        routes.add_service(FeedService::server(
            self.pool.clone(),
            self.waker.clone(),
            &FeedSettings::default(),
            consumers.clone(),
            token.clone(),
        ));
        routes.add_service(AuditTrail::server(self.pool.clone()));
        let (ready_sender, ready) = watch::channel(false);
        self.lifecycle.spawn(
            "readiness",
            upkeep::watch_readiness(self.pool.clone(), ready_sender, token.clone()),
        );
        self.lifecycle
            .spawn("sequencer", Sequencer::new(self.pool.clone()).run(token.clone()));
        self.lifecycle.spawn(
            "audit trail",
            Chainer::new(self.pool.clone(), self.waker.clone()).run(token.clone()),
        );
        self.lifecycle.spawn(
            "feed waker",
            self.waker.clone().run(self.pool.clone(), token.clone()),
        );
        self.lifecycle
            .spawn("purge", upkeep::purge(self.pool.clone(), token.clone()));
        self.lifecycle.spawn(
            "gauges",
            upkeep::record_gauges(self.pool.clone(), self.service, sources.clone(), token.clone()),
        );
        for consumer in consumers {
            self.lifecycle.spawn("consumer", consumer.run(token.clone()));
        }
        if let Some(admin) = self.settings.admin_listen {
            self.serve_admin(admin, ready.clone()).await?;
        }
        let mut server_settings = ServerSettings::new(self.service);
        server_settings.deadline = self.call_deadline.unwrap_or(server_settings.deadline);
        let server = grpc::serve(
            listener,
            server_settings,
            routes,
            access,
            ready.clone(),
            token.clone(),
        );
        let service = self.service;
        self.lifecycle.spawn("gRPC server", async move {
            if let Err(error) = server.await {
                tracing::error!(service, error = %grpc::status::chain(&error), "the server failed; shutting down");
                token.cancel();
            }
        });
        tracing::info!(service, %address, "serving");
        Ok(Serving {
            service,
            pool: self.pool,
            address,
            sources,
            due_work,
            ready,
        })
    }

    async fn serve_admin(
        &self,
        address: std::net::SocketAddr,
        ready: watch::Receiver<bool>,
    ) -> Result<(), StartError> {
        let handle = telemetry::metrics::install().map_err(|error| StartError::Setting(error.to_string()))?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| StartError::Listen(address, error))?;
        let token = self.lifecycle.token();
        self.lifecycle.spawn("admin server", async move {
            if let Err(error) =
                telemetry::admin::serve(listener, handle, move || *ready.borrow(), token).await
            {
                tracing::error!(%error, "the admin server failed");
            }
        });
        Ok(())
    }
}
