//! Settings of notification.

use config::{ConfigErrors, Env};
use service::BaseSettings;
use types::Secret;

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every service has.
    pub base: BaseSettings,
    /// Intake, e.g. `http://intake:50051`.
    pub intake_endpoint: String,
    /// The mail server: `smtp://`, `smtps://`, or `smtp://…?tls=required`. May hold a password.
    pub smtp_url: Secret,
    /// The sender of mail, e.g. `Portway <ports@example.com>`.
    pub mail_from: String,
    /// Where the links in mails lead, e.g. `https://console.example.com`.
    pub console_url: String,
    /// Whether webhooks may go to hosts in private networks.
    pub allow_private_webhooks: bool,
}

impl Settings {
    /// Reads them from the environment.
    pub fn read(env: &mut Env) -> Result<Self, ConfigErrors> {
        let base = BaseSettings::read("notification", "notification", env);
        let intake_endpoint = env.required("PORTWAY_INTAKE_ENDPOINT", "intake, e.g. http://intake:50051");
        let smtp_url = env.secret(
            "PORTWAY_SMTP_URL",
            "the mail server, e.g. smtp://user:password@mail:587?tls=required",
        );
        let mail_from = env.required(
            "PORTWAY_MAIL_FROM",
            "sender of mail, e.g. Portway <ports@example.com>",
        );
        let console_url = env.required("PORTWAY_CONSOLE_URL", "where links in mails lead");
        let allow_private_webhooks = env.or(
            "PORTWAY_ALLOW_PRIVATE_WEBHOOKS",
            "true: webhooks may go to hosts in private networks",
            false,
        );
        env.finish()?;
        Ok(Self {
            base: base?,
            intake_endpoint: intake_endpoint?,
            smtp_url: smtp_url?,
            mail_from: mail_from?,
            console_url: console_url?,
            allow_private_webhooks: allow_private_webhooks?,
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
        assert!(TelemetrySettings::read("notification", &mut env).is_ok());
        assert!(Settings::read(&mut env).is_err());
        let table = config::markdown_table(env.describe());
        assert!(
            include_str!("../README.md").contains(&table),
            "put this into the README:\n{table}"
        );
    }
}
