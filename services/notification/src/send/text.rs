//! Texts, by the platform's own SMS gateway over HTTP.

use reqwest::{Client, StatusCode, Url};
use serde_json::json;
use service::StartError;
use types::{Secret, Tn};

use super::http;
use crate::config::SmsSettings;
use crate::ops::Outcome;
use crate::store::queue::Claimed;

/// Hands texts to a gateway.
#[derive(Debug)]
pub(crate) struct SmsGateway {
    client: Client,
    /// User and password in it are sent as Basic authentication.
    url: Secret,
    from: String,
}

impl SmsGateway {
    /// Hands texts to the gateway of the settings. The process must have installed a provider of cryptography.
    pub(crate) fn new(settings: SmsSettings) -> Result<Self, StartError> {
        let is_usable = settings
            .url
            .expose()
            .parse::<Url>()
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_usable {
            // The URL may hold a password, so what is wrong with it is not repeated.
            return Err(StartError::Setting(
                "the SMS gateway's URL cannot be used".to_owned(),
            ));
        }
        Ok(Self {
            client: http::client("the SMS gateway", "Portway-SMS/1", |builder| builder)?,
            url: settings.url,
            from: settings.from,
        })
    }

    /// Hands one text over. The same under the same key for every try, but for the link.
    pub(super) async fn send(&self, claimed: &Claimed, to: Tn, text: &str) -> Outcome {
        let id = claimed.id.to_string();
        let request = self
            .client
            .post(self.url.expose())
            .header("idempotency-key", &id)
            .json(&json!({ "id": id, "from": self.from, "to": to, "text": text }));
        match request.send().await {
            Ok(reply) => outcome_of(reply.status()),
            Err(error) => http::unanswered(error),
        }
    }
}

/// Whether it was taken, may be taken later, or never will be.
fn outcome_of(status: StatusCode) -> Outcome {
    let told = format!("the SMS gateway answered {status}");
    let is_for_later = status.is_server_error()
        || [
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_EARLY,
            StatusCode::TOO_MANY_REQUESTS,
        ]
        .contains(&status);
    if status.is_success() {
        Outcome::Delivered
    } else if is_for_later {
        Outcome::TryAgain(told)
    } else {
        Outcome::Refused(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_answers_says_whether_it_is_tried_again() {
        for (code, expected) in [
            (200, "delivered"),
            (202, "delivered"),
            (204, "delivered"),
            (302, "refused"),
            (400, "refused"),
            (401, "refused"),
            (404, "refused"),
            (408, "again"),
            (409, "refused"),
            (425, "again"),
            (429, "again"),
            (500, "again"),
            (503, "again"),
        ] {
            let became = match outcome_of(StatusCode::from_u16(code).unwrap()) {
                Outcome::Delivered => "delivered",
                Outcome::TryAgain(_) => "again",
                Outcome::Refused(_) => "refused",
            };
            assert_eq!(became, expected, "{code}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_called_is_refused_at_the_start_and_not_repeated() {
        for wrong in ["smpp://user:geheim@sms:2775", "sms.example/geheim", "http://"] {
            let settings = SmsSettings {
                url: Secret::new(wrong),
                from: "Portway".to_owned(),
            };
            let refused = SmsGateway::new(settings).map(|_| ()).unwrap_err();
            assert!(
                !format!("{refused:?} {refused}").contains("geheim"),
                "{refused:?}"
            );
        }
    }
}
