//! Settings of billing.

use config::{ConfigErrors, Env};
use service::BaseSettings;

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every service has.
    pub base: BaseSettings,
    /// Intake, e.g. `http://intake:50051`.
    pub intake_endpoint: String,
}

impl Settings {
    /// Reads them from the environment.
    pub fn read(env: &mut Env) -> Result<Self, ConfigErrors> {
        let base = BaseSettings::read("billing", "billing", env);
        let intake_endpoint =
            env.required::<String>("PORTWAY_INTAKE_ENDPOINT", "intake, which is listened to");
        env.finish()?;
        Ok(Self {
            base: base?,
            intake_endpoint: intake_endpoint?,
        })
    }
}

#[cfg(test)]
mod tests {
    use telemetry::TelemetrySettings;

    use super::*;

    #[test]
    fn the_readme_shows_the_settings() {
        let mut env = Env::from_pairs::<String, String>([]);
        // Nothing is set, so neither can be read; what they are is noted all the same.
        assert!(TelemetrySettings::read("billing", &mut env).is_ok());
        assert!(Settings::read(&mut env).is_err());
        let table = config::markdown_table(env.describe());
        assert!(
            include_str!("../README.md").contains(&table),
            "put this into the README:\n{table}"
        );
    }
}
