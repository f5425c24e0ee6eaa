//! Settings of intake.

use std::net::SocketAddr;
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
    /// TOML file with accounts and grants to make at start; see the README.
    pub bootstrap_file: Option<PathBuf>,
    /// CSV of area codes that are newer than the program, or corrected; see the README.
    pub area_codes_file: Option<PathBuf>,
}

impl Settings {
    /// Reads them from the environment.
    pub fn read(env: &mut Env) -> Result<Self, ConfigErrors> {
        let base = BaseSettings::read("intake", "intake", env);
        let gateway_endpoint = env.required::<String>("PORTWAY_GATEWAY_ENDPOINT", "the carrier gateway");
        let document_store = read_document_store(env);
        let links = read_links(env);
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
            bootstrap_file: bootstrap_file?.map(PathBuf::from),
            area_codes_file: area_codes_file?.map(PathBuf::from),
        })
    }
}

/// A folder, or a bucket with what it takes to get at it.
fn read_document_store(env: &mut Env) -> Read<DocumentStoreSettings> {
    const PLACE: &str = "PORTWAY_DOCUMENT_STORE";
    const ACCESS_KEY: &str = "PORTWAY_DOCUMENT_STORE_ACCESS_KEY";
    const SECRET_KEY: &str = "PORTWAY_DOCUMENT_STORE_SECRET_KEY";
    let place = env.required::<String>(
        PLACE,
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
    let access_key = env.optional_secret(ACCESS_KEY, "id of the access key to the bucket");
    let secret_key = env.optional_secret(SECRET_KEY, "secret of that access key");
    let place = place?;
    let Some(bucket) = place.strip_prefix("s3://") else {
        return Ok(DocumentStoreSettings::Folder(PathBuf::from(place)));
    };
    let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
    if name.is_empty() {
        env.refuse(PLACE, "names no bucket");
    }
    let (access_key, secret_key) = (access_key?, secret_key?);
    for (setting, is_missing) in [
        (ACCESS_KEY, access_key.is_none()),
        (SECRET_KEY, secret_key.is_none()),
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
    const LISTEN: &str = "PORTWAY_LINKS_LISTEN";
    const URL: &str = "PORTWAY_LINKS_URL";
    let listen = env.optional::<SocketAddr>(LISTEN, "where pages that links open are served over HTTP");
    let url = env.optional::<Url>(URL, "how links to these pages begin, as the public sees it");
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
                env.refuse(URL, "must be http:// or https://, without query and fragment");
            }
            Ok(Some(LinksSettings {
                listen,
                url,
                behind_proxy: behind_proxy?,
            }))
        }
        (None, None) => Ok(None),
        (Some(_), None) => {
            env.refuse(URL, &format!("must be set when {LISTEN} is"));
            Ok(None)
        }
        (None, Some(_)) => {
            env.refuse(LISTEN, &format!("must be set when {URL} is"));
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
}
