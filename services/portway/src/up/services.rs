//! The settings of each service in the all-in-one, and the order in which they start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use carrier_sim::MoverSlot;
use clock::Clock;
use grpc::Lifecycle;
use service::{BaseSettings, Serving};
use types::Secret;

use crate::up::endpoints::LINKS;
use crate::up::secrets::{Secrets, key_set, schema_of};

/// How long the gateway leaves the news of the simulated carrier partner unread at most, by the business clock: a clock that
/// is moved by days must not stop for each minute. At each stop it makes, what is older than [`FRESH_FOR`] is read.
const POLL_INTERVAL: Duration = Duration::from_hours(2);
const FRESH_FOR: Duration = Duration::from_secs(5);
/// Connections of one replica of one service to Postgres.
const CONNECTIONS_MAX: u32 = 16;

/// What all services of one replica are started with.
pub(crate) struct Wiring<'a> {
    pub(crate) data_dir: PathBuf,
    pub(crate) secrets: &'a Secrets,
    pub(crate) admin_database_url: &'a str,
    pub(crate) redis_url: &'a str,
    pub(crate) smtp_url: &'a str,
    pub(crate) sms_url: Option<&'a str>,
    pub(crate) port_of: &'a dyn Fn(&str) -> anyhow::Result<u16>,
    pub(crate) bootstrap_file: Option<PathBuf>,
    pub(crate) mover: MoverSlot,
}

impl Wiring<'_> {
    fn base(&self, service: &'static str) -> anyhow::Result<BaseSettings> {
        let role = self.secrets.role(service)?;
        Ok(BaseSettings {
            service,
            schema: schema_of(service),
            database_url: Secret::new(pg::url_for(self.admin_database_url, &role)?),
            connections_max: CONNECTIONS_MAX,
            redis_url: Some(Secret::new(self.redis_url.to_owned())),
            listen: SocketAddr::from(([127, 0, 0, 1], (self.port_of)(service)?)),
            admin_listen: None,
            key_set: key_set(&self.data_dir),
            identity_pem: self.secrets.identity_pem(service)?,
            digest_key: self.secrets.digest_key()?,
            key_ring: self.secrets.key_ring()?,
        })
    }

    fn links(&self) -> anyhow::Result<intake::LinksSettings> {
        Ok(intake::LinksSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], (self.port_of)(LINKS)?)),
            url: self.endpoint(LINKS)?.parse()?,
            behind_proxy: false,
        })
    }

    fn endpoint(&self, service: &str) -> anyhow::Result<String> {
        Ok(format!("http://127.0.0.1:{}", (self.port_of)(service)?))
    }

    /// Starts one replica of every service: who is listened to first.
    pub(crate) async fn start(&self, clock: &Clock, lifecycle: &Lifecycle) -> anyhow::Result<Vec<Serving>> {
        let intake = intake::start(
            intake::Settings {
                base: self.base("intake")?,
                gateway_endpoint: self.endpoint("carrier-gateway")?,
                document_store: intake::DocumentStoreSettings::Folder(self.data_dir.join("documents")),
                links: Some(self.links()?),
                secrets_kept_days: intake::Settings::SECRETS_KEPT_DAYS,
                bootstrap_file: self.bootstrap_file.clone(),
                area_codes_file: None,
            },
            clock.clone(),
            lifecycle.clone(),
        );
        let intake = intake.await.context("intake cannot start")?;
        let sim = carrier_sim::start(
            carrier_sim::Settings {
                base: self.base("carrier-sim")?,
                intake_endpoint: self.endpoint("intake")?,
            },
            clock.clone(),
            lifecycle.clone(),
            self.mover.clone(),
        );
        let sim = sim.await.context("carrier-sim cannot start")?;
        let gateway = carrier_gateway::start(
            carrier_gateway::Settings {
                base: self.base("carrier-gateway")?,
                intake_endpoint: self.endpoint("intake")?,
                partner_endpoint: self.endpoint("carrier-sim")?,
                poll_interval: POLL_INTERVAL,
                fresh_for: FRESH_FOR,
            },
            clock.clone(),
            lifecycle.clone(),
        );
        let gateway = gateway.await.context("carrier-gateway cannot start")?;
        let notification = notification::start(
            notification::Settings {
                base: self.base("notification")?,
                intake_endpoint: self.endpoint("intake")?,
                smtp_url: Secret::new(self.smtp_url.to_owned()),
                mail_from: "Portway <portway@localhost>".to_owned(),
                console_url: "http://127.0.0.1/console".to_owned(),
                allow_private_webhooks: true,
                sms: self.sms_url.map(|url| notification::SmsSettings {
                    url: Secret::new(url.to_owned()),
                    from: "Portway".to_owned(),
                }),
            },
            clock.clone(),
            lifecycle.clone(),
        );
        let notification = notification.await.context("notification cannot start")?;
        let billing = billing::start(
            billing::Settings {
                base: self.base("billing")?,
                intake_endpoint: self.endpoint("intake")?,
            },
            clock.clone(),
            lifecycle.clone(),
        );
        let billing = billing.await.context("billing cannot start")?;
        Ok(vec![intake, sim, gateway, notification, billing])
    }
}
