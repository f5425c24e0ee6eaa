//! Settings of intake.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;

use config::{ConfigErrors, Env, Read};
use service::BaseSettings;
use types::Secret;
use url::Url;

use crate::contents::{BucketSettings, DocumentStoreSettings};
use crate::links::LinksSettings;

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every service has.
    pub base: BaseSettings,
    /// The carrier gateway, e.g. `http://carrier-gateway:50051`.
    pub gateway_endpoint: String,
    /// Where documents are kept.
    pub document_store: DocumentStoreSettings,
    /// Where pages that links open are served; none: nowhere.
    pub links: Option<LinksSettings>,
    /// Days for which an order's secrets are kept after its end, by the business clock.
    pub secrets_kept_days: NonZeroU16,
    /// TOML file with accounts and grants to make at start; see the README.
    pub bootstrap_file: Option<PathBuf>,
    /// CSV of area codes that are newer than the program, or corrected; see the README.
    pub area_codes_file: Option<PathBuf>,
}

impl Settings {
    /// As long as a carrier's commitment holds: whatever goes wrong after a port is heard of by then.
    pub const SECRETS_KEPT_DAYS: NonZeroU16 = NonZeroU16::MIN.saturating_add(29);

    /// Reads them from the environment.
    pub fn read(env: &mut Env) -> Result<Self, ConfigErrors> {
        let base = BaseSettings::read("intake", "intake", env);
        let gateway_endpoint = env.required::<String>("PORTWAY_GATEWAY_ENDPOINT", "the carrier gateway");
        let document_store = read_document_store(env);
        let links = read_links(env);
        let secrets_kept_days = env.or(
            "PORTWAY_SECRETS_KEPT_DAYS",
            "days for which PINs, account numbers and tax ids are kept after an order's end",
            Self::SECRETS_KEPT_DAYS,
        );
        let bootstrap_file = env.optional::<String>(
            "PORTWAY_BOOTSTRAP_FILE",
            "TOML with accounts and grants to make at start",
        );
        let area_codes_file = env.optional::<String>(
            "PORTWAY_AREA_CODES_FILE",
            "CSV of area codes to add or to correct",
        );
        env.finish()?;
        Ok(Self {
            base: base?,
            gateway_endpoint: gateway_endpoint?,
            document_store: document_store?,
            links: links?,
            secrets_kept_days: secrets_kept_days?,
            bootstrap_file: bootstrap_file?.map(PathBuf::from),
            area_codes_file: area_codes_file?.map(PathBuf::from),
        })
    }
}

/// A folder, or a bucket with what it takes to get at it.
fn read_document_store(env: &mut Env) -> Read<DocumentStoreSettings> {
    let place = env.required::<String>(
        "PORTWAY_DOCUMENT_STORE",
        "where documents are kept: a folder, or `s3://bucket/prefix`",
    );
    let endpoint = env.optional::<Url>(
        "PORTWAY_DOCUMENT_STORE_ENDPOINT",
        "URL of an S3-compatible storage that is not Amazon's",
    );
    let region = env.or(
        "PORTWAY_DOCUMENT_STORE_REGION",
        "the bucket's region",
        "us-east-1".to_owned(),
    );
    let access_key = env.optional_secret(
        "PORTWAY_DOCUMENT_STORE_ACCESS_KEY",
        "id of the access key to the bucket",
    );
    let secret_key = env.optional_secret("PORTWAY_DOCUMENT_STORE_SECRET_KEY", "secret of that access key");
    let place = place?;
    let Some(bucket) = place.strip_prefix("s3://") else {
        return Ok(DocumentStoreSettings::Folder(PathBuf::from(place)));
    };
    let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
    if name.is_empty() {
        env.refuse("PORTWAY_DOCUMENT_STORE", "names no bucket");
    }
    let (access_key, secret_key) = (access_key?, secret_key?);
    for (setting, is_missing) in [
        ("PORTWAY_DOCUMENT_STORE_ACCESS_KEY", access_key.is_none()),
        ("PORTWAY_DOCUMENT_STORE_SECRET_KEY", secret_key.is_none()),
    ] {
        if is_missing {
            env.refuse(setting, "must be set for a bucket");
        }
    }
    Ok(DocumentStoreSettings::Bucket(BucketSettings {
        name: name.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        region: region?,
        endpoint: endpoint?,
        access_key: access_key.unwrap_or_else(|| Secret::new("")),
        secret_key: secret_key.unwrap_or_else(|| Secret::new("")),
    }))
}

/// Both the address and the URL, or neither.
fn read_links(env: &mut Env) -> Read<Option<LinksSettings>> {
    let listen = env.optional::<SocketAddr>(
        "PORTWAY_LINKS_LISTEN",
        "where pages that links open are served over HTTP",
    );
    let url = env.optional::<Url>(
        "PORTWAY_LINKS_URL",
        "how links to these pages begin, as the public sees it",
    );
    let behind_proxy = env.or(
        "PORTWAY_LINKS_BEHIND_PROXY",
        "whether a proxy of yours says in `X-Forwarded-For` who came to it",
        false,
    );
    let (listen, url) = (listen?, url?);
    match (listen, url) {
        (Some(listen), Some(url)) => {
            if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some()
            {
                env.refuse(
                    "PORTWAY_LINKS_URL",
                    "must be http:// or https://, without query and fragment",
                );
            }
            Ok(Some(LinksSettings {
                listen,
                url,
                behind_proxy: behind_proxy?,
            }))
        }
        (None, None) => Ok(None),
        (Some(_), None) => {
            env.refuse("PORTWAY_LINKS_URL", "must be set when PORTWAY_LINKS_LISTEN is");
            Ok(None)
        }
        (None, Some(_)) => {
            env.refuse("PORTWAY_LINKS_LISTEN", "must be set when PORTWAY_LINKS_URL is");
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
        assert!(TelemetrySettings::read("intake", &mut env).is_ok());
        assert!(Settings::read(&mut env).is_err());
        let table = config::markdown_table(env.describe());
        assert!(
            include_str!("../README.md").contains(&table),
            "put this into the README:\n{table}"
        );
    }

    #[test]
    fn a_bucket_needs_its_keys_and_pages_need_both_their_settings() {
        // What is set, and which settings are at fault.
        type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
        let cases: [Case; 4] = [
            (&[("PORTWAY_DOCUMENT_STORE", "/var/lib/portway")], &[]),
            (
                &[
                    ("PORTWAY_DOCUMENT_STORE", "s3://"),
                    ("PORTWAY_DOCUMENT_STORE_ACCESS_KEY", "id"),
                ],
                &["PORTWAY_DOCUMENT_STORE", "PORTWAY_DOCUMENT_STORE_SECRET_KEY"],
            ),
            (
                &[("PORTWAY_LINKS_LISTEN", "127.0.0.1:1")],
                &["PORTWAY_DOCUMENT_STORE", "PORTWAY_LINKS_URL"],
            ),
            (
                &[
                    ("PORTWAY_DOCUMENT_STORE", "papers"),
                    ("PORTWAY_LINKS_LISTEN", "127.0.0.1:1"),
                    ("PORTWAY_LINKS_URL", "https://a.example/?b"),
                ],
                &["PORTWAY_LINKS_URL"],
            ),
        ];
        for (set, faults) in cases {
            let mut env = Env::from_pairs(set.iter().copied());
            let _store = read_document_store(&mut env);
            let _links = read_links(&mut env);
            let told = env
                .finish()
                .err()
                .map(|errors| errors.to_string())
                .unwrap_or_default();
            let named: Vec<&&str> = faults.iter().filter(|name| told.contains(**name)).collect();
            assert_eq!(named.len(), faults.len(), "{told}");
            assert_eq!(told.is_empty(), faults.is_empty(), "{told}");
        }
    }

    #[test]
    fn a_bucket_is_read_with_its_prefix() {
        let mut env = Env::from_pairs([
            ("PORTWAY_DOCUMENT_STORE", "s3://papers/intake/"),
            ("PORTWAY_DOCUMENT_STORE_ENDPOINT", "http://storage:9000"),
            ("PORTWAY_DOCUMENT_STORE_ACCESS_KEY", "id"),
            ("PORTWAY_DOCUMENT_STORE_SECRET_KEY", "key"),
        ]);
        let Ok(DocumentStoreSettings::Bucket(bucket)) = read_document_store(&mut env) else {
            panic!("it is a bucket")
        };
        assert!(env.finish().is_ok());
        assert_eq!(
            (bucket.name.as_str(), bucket.prefix.as_str()),
            ("papers", "intake")
        );
    }
}
