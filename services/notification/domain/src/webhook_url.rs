//! Addresses that webhooks are sent to.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::is_public;

const LENGTH_MAX: usize = 2_048;

/// Where a webhook goes. Invariant: an absolute http or https URL with a host, without credentials and fragment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookUrl(Url);

/// Why a URL is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookUrl {
    /// Longer than anything that is meant.
    #[error("must have at most 2048 characters")]
    TooLong,
    /// Not an absolute URL.
    #[error("must be an absolute URL, e.g. https://example.com/hooks")]
    NotAUrl,
    /// Neither http nor https.
    #[error("must begin with https:// or http://")]
    Scheme,
    /// A user name or password, which would be kept and shown. The signature tells that it is us.
    #[error("must not hold a user name or password")]
    Credentials,
    /// A part that is never sent.
    #[error("must not have a fragment")]
    Fragment,
}

impl InvalidWebhookUrl {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "TOO_LONG",
            Self::NotAUrl => "INVALID",
            Self::Scheme => "URL_SCHEME",
            Self::Credentials => "URL_CREDENTIALS",
            Self::Fragment => "URL_FRAGMENT",
        }
    }
}

impl WebhookUrl {
    /// The URL, normalized.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the host may be a public one. A name can only be judged when it is resolved, an address at once.
    pub fn may_be_public(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name != "localhost" && !name.ends_with(".localhost")
            }
            None => false,
        }
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for WebhookUrl {
    type Err = InvalidWebhookUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LENGTH_MAX {
            return Err(InvalidWebhookUrl::TooLong);
        }
        let url = Url::parse(text).map_err(|_| InvalidWebhookUrl::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidWebhookUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidWebhookUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidWebhookUrl::Fragment);
        }
        Ok(Self(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_or_refused_with_the_reason() {
        let long = format!("https://a.test/{}", "x".repeat(2_048));
        let cases = [
            ("https://a.test/hooks?x=1", Ok("https://a.test/hooks?x=1")),
            ("http://127.0.0.1:9", Ok("http://127.0.0.1:9/")),
            ("HTTPS://A.test", Ok("https://a.test/")),
            ("", Err(InvalidWebhookUrl::NotAUrl)),
            ("/hooks", Err(InvalidWebhookUrl::NotAUrl)),
            ("https://", Err(InvalidWebhookUrl::NotAUrl)),
            ("ftp://a.test", Err(InvalidWebhookUrl::Scheme)),
            ("file:///etc/passwd", Err(InvalidWebhookUrl::Scheme)),
            ("https://me:word@a.test", Err(InvalidWebhookUrl::Credentials)),
            ("https://me@a.test", Err(InvalidWebhookUrl::Credentials)),
            ("https://a.test/#x", Err(InvalidWebhookUrl::Fragment)),
            (&long, Err(InvalidWebhookUrl::TooLong)),
        ];
        for (text, expected) in cases {
            let parsed = text.parse::<WebhookUrl>();
            assert_eq!(
                parsed.as_ref().map(WebhookUrl::as_str),
                expected.as_ref().copied(),
                "{text}"
            );
        }
    }

    #[test]
    fn hosts_that_are_surely_private_are_known_in_any_spelling() {
        let cases = [
            ("https://a.test", true),
            ("https://93.184.215.14", true),
            ("http://[2606:2800:21f::1]/", true),
            ("http://localhost:80", false),
            ("http://hooks.localhost.", false),
            ("http://127.0.0.1", false),
            ("http://0x7f.1", false),
            ("http://2130706433", false),
            ("http://[::1]", false),
            ("http://[::ffff:10.0.0.1]", false),
            ("http://169.254.169.254/latest", false),
        ];
        for (url, expected) in cases {
            assert_eq!(
                url.parse::<WebhookUrl>().unwrap().may_be_public(),
                expected,
                "{url}"
            );
        }
    }
}
