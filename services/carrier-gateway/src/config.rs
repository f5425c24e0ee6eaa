//! Settings of the carrier gateway.

use std::time::Duration;

use config::{ConfigErrors, Env};
use service::BaseSettings;

use crate::{SCHEMA, SERVICE};

/// Every how long, in business time, the change feed of the carrier partner is read.
const POLL_INTERVAL: Duration = Duration::from_mins(30);

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every service has.
    pub base: BaseSettings,
    /// Intake, e.g. `http://intake:50051`.
    pub intake_endpoint: String,
    /// The carrier partner, e.g. `http://carrier-sim:50051`.
    pub partner_endpoint: String,
    /// Every how long, in business time, the partner's change feed is read.
    pub poll_interval: Duration,
}

impl Settings {
    /// Reads them from the environment.
    pub fn read(env: &mut Env) -> Result<Self, ConfigErrors> {
        let base = BaseSettings::read(SERVICE, SCHEMA, env);
        let intake_endpoint = env.required::<String>("PORTWAY_INTAKE_ENDPOINT", "intake");
        let partner_endpoint = env.required::<String>("PORTWAY_PARTNER_ENDPOINT", "the carrier partner");
        let poll_interval = env.duration_or(
            "PORTWAY_POLL_INTERVAL",
            "every how long, in business time, the partner's changes are asked for",
            POLL_INTERVAL,
        );
        env.finish()?;
        Ok(Self {
            base: base?,
            intake_endpoint: intake_endpoint?,
            partner_endpoint: partner_endpoint?,
            poll_interval: poll_interval?,
        })
    }
}
