//! Settings of the carrier gateway.

use std::time::Duration;

use config::{ConfigErrors, Env};
use service::BaseSettings;

use crate::{SCHEMA, SERVICE};

/// How long, in business time, the change feed of the carrier partner is left unread at most.
const POLL_INTERVAL: Duration = Duration::from_mins(30);
/// How old what was read of it may become: the law leaves some port-outs 90 minutes, and an account may leave itself 15.
const FRESH_FOR: Duration = Duration::from_mins(1);

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every service has.
    pub base: BaseSettings,
    /// Intake, e.g. `http://intake:50051`.
    pub intake_endpoint: String,
    /// The carrier partner, e.g. `http://carrier-sim:50051`.
    pub partner_endpoint: String,
    /// How long, in business time, the partner's change feed is left unread at most. A clock that is moved stops for it.
    pub poll_interval: Duration,
    /// How long, in business time, what was read of the feed counts as fresh: after that it is read again, for port-outs
    /// that others ask for. A clock that is moved does not stop for it.
    pub fresh_for: Duration,
}

impl Settings {
    /// Reads them from the environment.
    pub fn read(env: &mut Env) -> Result<Self, ConfigErrors> {
        let base = BaseSettings::read(SERVICE, SCHEMA, env);
        let intake_endpoint = env.required::<String>("PORTWAY_INTAKE_ENDPOINT", "intake");
        let partner_endpoint = env.required::<String>("PORTWAY_PARTNER_ENDPOINT", "the carrier partner");
        let poll_interval = env.duration_or(
            "PORTWAY_POLL_INTERVAL",
            "how long, in business time, the partner's change feed is left unread at most; a clock that is moved stops for it",
            POLL_INTERVAL,
        );
        let fresh_for = env.duration_or(
            "PORTWAY_INBOUND_POLL_INTERVAL",
            "every how long, in business time, the partner's change feed is read for port-outs; a clock that is moved does not stop for it",
            FRESH_FOR,
        );
        env.finish()?;
        Ok(Self {
            base: base?,
            intake_endpoint: intake_endpoint?,
            partner_endpoint: partner_endpoint?,
            poll_interval: poll_interval?,
            fresh_for: fresh_for?,
        })
    }
}
