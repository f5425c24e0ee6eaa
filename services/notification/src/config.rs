//! Settings of notification.

use config::{ConfigErrors, Env, Read};
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
    /// By what texts are sent; none: none are.
    pub sms: Option<SmsSettings>,
}

/// The platform's own SMS gateway.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// Where texts are handed over: `http://` or `https://`. May hold a user and a password.
    pub url: Secret,
    /// The sender of texts: the number that replies come back to.
    pub from: String,
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
        let sms = read_sms(env);
        env.finish()?;
        Ok(Self {
            base: base?,
            intake_endpoint: intake_endpoint?,
            smtp_url: smtp_url?,
            mail_from: mail_from?,
            console_url: console_url?,
            allow_private_webhooks: allow_private_webhooks?,
            sms: sms?,
        })
    }
}

fn read_sms(env: &mut Env) -> Read<Option<SmsSettings>> {
    let url = env.optional_secret(
        "PORTWAY_SMS_URL",
        "the SMS gateway that texts are handed to, e.g. https://user:password@sms.example.com/messages",
    );
    let from = env.optional(
        "PORTWAY_SMS_FROM",
        "sender of texts, to which people reply, e.g. +12015550100",
    );
    match (url?, from?) {
        (Some(url), Some(from)) => Ok(Some(SmsSettings { url, from })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            env.refuse("PORTWAY_SMS_FROM", "must be set when PORTWAY_SMS_URL is");
            Ok(None)
        }
        (None, Some(_)) => {
            env.refuse("PORTWAY_SMS_URL", "must be set when PORTWAY_SMS_FROM is");
            Ok(None)
        }
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
