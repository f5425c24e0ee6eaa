//! Keys and passwords of a data directory: made once, kept for the owner's eyes alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use auth::{Issuer, ServiceIdentity, SigningKey};
use pg::ServiceRole;
use serde::{Deserialize, Serialize};
use types::{AccountId, ServiceName};
use vault::{DigestKey, KeyRing};

use crate::up::endpoints::{SERVICES, write_private};

const ISSUER: &str = "portway-up";

/// What was made at first start.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The account made at first start.
    pub(crate) account: AccountId,
    issuer_pem: String,
    identity_pems: BTreeMap<String, String>,
    role_passwords: BTreeMap<String, String>,
    digest_key: String,
    key_ring: String,
}

impl Secrets {
    /// Reads those of a data directory, making them at the first start.
    pub(crate) fn load(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join("secrets.json");
        match fs::read(&path) {
            Ok(json) => {
                serde_json::from_slice(&json).with_context(|| format!("{} is broken", path.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(data_dir, &path),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn make(data_dir: &Path, path: &Path) -> anyhow::Result<Self> {
        let (issuer_pem, issuer_jwk) = SigningKey::generate(ISSUER)?;
        let mut keys = vec![issuer_jwk];
        let mut identity_pems = BTreeMap::new();
        for service in SERVICES {
            let name: ServiceName = service.parse()?;
            let (pem, jwk) = SigningKey::generate(&ServiceIdentity::key_id(&name))?;
            identity_pems.insert(service.to_owned(), pem);
            keys.push(jwk);
        }
        let role_passwords = SERVICES
            .iter()
            .map(|service| ((*service).to_owned(), hex::encode(rand::random::<[u8; 24]>())))
            .collect();
        let secrets = Self {
            account: AccountId::generate(),
            issuer_pem,
            identity_pems,
            role_passwords,
            digest_key: vault::generate_key()?.expose().to_owned(),
            key_ring: format!("k1:{}", vault::generate_key()?.expose()),
        };
        // The public half first: a crash in between leaves keys that nothing refers to.
        write_private(
            &key_set(data_dir),
            &serde_json::to_vec_pretty(&serde_json::json!({ "keys": keys }))?,
        )?;
        write_private(path, &serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }

    pub(crate) fn issuer(&self) -> anyhow::Result<Issuer> {
        Ok(Issuer::new(SigningKey::from_pem(ISSUER, &self.issuer_pem)?))
    }

    pub(crate) fn identity_pem(&self, service: &str) -> anyhow::Result<types::Secret> {
        Ok(types::Secret::new(
            self.identity_pems
                .get(service)
                .context("no key of this service")?
                .clone(),
        ))
    }

    pub(crate) fn role(&self, service: &str) -> anyhow::Result<ServiceRole> {
        let password = self
            .role_passwords
            .get(service)
            .context("no password of this service")?
            .clone();
        Ok(ServiceRole {
            schema: schema_of(service).to_owned(),
            password,
        })
    }

    pub(crate) fn digest_key(&self) -> anyhow::Result<Arc<DigestKey>> {
        Ok(Arc::new(self.digest_key.parse()?))
    }

    pub(crate) fn key_ring(&self) -> anyhow::Result<Arc<KeyRing>> {
        Ok(Arc::new(self.key_ring.parse()?))
    }
}

/// The JWK set that every service trusts.
pub(crate) fn key_set(data_dir: &Path) -> PathBuf {
    data_dir.join("keys.json")
}

/// The schema of a service.
pub(crate) fn schema_of(service: &str) -> &'static str {
    match service {
        "intake" => "intake",
        "carrier-gateway" => "gateway",
        "notification" => "notification",
        "billing" => "billing",
        _simulator => "sim",
    }
}
