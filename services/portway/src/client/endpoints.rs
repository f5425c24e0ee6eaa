//! Where the services are: named on the command line, or in the file that a running `portway up` keeps.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use serde_json::json;
use types::{InvalidValue, Secret};

/// Name of the file, in the data directory of `portway up`, that tells where its services are.
pub const ENDPOINTS_FILE: &str = "endpoints.json";

/// A service that can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Accounts, port-ins, port-outs, documents, inventory.
    Intake,
    /// Carriers and what goes to them.
    CarrierGateway,
    /// Contacts, mails and webhooks.
    Notification,
    /// Prices, charges and invoices.
    Billing,
    /// The carrier to test against.
    CarrierSim,
}

impl Service {
    /// Every one of them.
    pub const ALL: [Self; 5] = [
        Self::Intake,
        Self::CarrierGateway,
        Self::Notification,
        Self::Billing,
        Self::CarrierSim,
    ];

    /// The name, as in settings and in [`ENDPOINTS_FILE`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::CarrierGateway => "carrier-gateway",
            Self::Notification => "notification",
            Self::Billing => "billing",
            Self::CarrierSim => "carrier-sim",
        }
    }

    /// The proto package of its events.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Intake => "portway.intake.v1",
            Self::CarrierGateway => "portway.gateway.v1",
            Self::Notification => "portway.notification.v1",
            Self::Billing => "portway.billing.v1",
            Self::CarrierSim => "portway.sim.v1",
        }
    }
}

impl FromStr for Service {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "service",
            expected: "one of intake, carrier-gateway, notification, billing, carrier-sim",
        };
        Self::ALL
            .into_iter()
            .find(|service| service.name() == text)
            .ok_or(refused)
    }
}

/// Why a service cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody said where the services are, and none run here.
    #[error(
        "no `portway up` keeps its data in {0}: start one, name its directory with --data-dir, or give --endpoint"
    )]
    Nowhere(String),
    /// Nobody said where this service is.
    #[error("no endpoint of {0} is known: add --endpoint {0}=URL")]
    NoEndpoint(&'static str),
    /// Nobody gave a token.
    #[error(
        "no token: give --token or set PORTWAY_TOKEN (that of `portway up` goes to its own endpoints only)"
    )]
    NoToken,
    /// The token has characters that no token has.
    #[error("the token is not well-formed")]
    BadToken,
    /// What was given is not a URL.
    #[error("{0:?} is not an endpoint such as http://127.0.0.1:7000")]
    BadEndpoint(String),
    /// TLS cannot be set up.
    #[error("cannot set up TLS for {url}; a private authority's certificate is given with --ca-file")]
    Tls {
        /// The endpoint.
        url: String,
        /// Why not.
        source: tonic::transport::Error,
    },
    /// The file of `portway up` cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        source: io::Error,
    },
}

/// Where each service is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    by_service: BTreeMap<Service, String>,
    /// For services that are not named: one address that serves them all, as a gateway that routes by path does.
    any: Option<String>,
    /// The authority to trust for `https`, PEM.
    pub(crate) ca: Option<Vec<u8>>,
}

impl Endpoints {
    /// These services and no others.
    pub fn new(urls: impl IntoIterator<Item = (Service, String)>) -> Self {
        Self {
            by_service: urls.into_iter().collect(),
            any: None,
            ca: None,
        }
    }

    /// Puts in a choice of the command line.
    pub(crate) fn choose(&mut self, choice: EndpointChoice) {
        match choice.service {
            Some(service) => {
                self.by_service.insert(service, choice.url);
            }
            None => self.any = Some(choice.url),
        }
    }

    /// Where a service is, when that is known.
    pub fn url(&self, service: Service) -> Option<&str> {
        self.by_service
            .get(&service)
            .or(self.any.as_ref())
            .map(String::as_str)
    }
}

/// One value of `--endpoint`: a URL for every service, or `SERVICE=URL` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndpointChoice {
    service: Option<Service>,
    url: String,
}

impl FromStr for EndpointChoice {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A URL has its scheme before any `=` it may contain.
        let (service, url) = match text.split_once('=') {
            Some((name, url)) if !name.contains(':') => (Some(name.parse()?), url),
            Some(_) | None => (None, text),
        };
        if url.starts_with("http://") || url.starts_with("https://") {
            Ok(Self {
                service,
                url: url.to_owned(),
            })
        } else {
            Err(InvalidValue {
                what: "endpoint",
                expected: "a URL that starts with http:// or https://",
            })
        }
    }
}

/// What `portway up` writes for the other commands: where its services are, and tokens for them.
#[derive(Debug, Clone, Deserialize)]
pub struct EndpointsFile {
    /// Where intake is.
    pub intake: String,
    /// Where the carrier gateway is.
    #[serde(rename = "carrier-gateway")]
    pub carrier_gateway: String,
    /// Where notification is.
    pub notification: String,
    /// Where billing is.
    pub billing: String,
    /// Where the simulator is.
    #[serde(rename = "carrier-sim")]
    pub carrier_sim: String,
    /// A customer's token.
    pub token: Secret,
    /// The platform's own token.
    pub platform_token: Secret,
    /// Where the other replicas are, by service.
    #[serde(default)]
    pub replicas: BTreeMap<String, Vec<String>>,
    /// Where mails are kept as `.eml` files, unless a mail server was given.
    #[serde(default)]
    pub mail_dir: Option<PathBuf>,
    /// The process that serves them.
    #[serde(default)]
    pub pid: u32,
}

impl EndpointsFile {
    /// Reads the file of a data directory; `None` when there is none.
    pub fn read(data_dir: &Path) -> Result<Option<Self>, ConnectError> {
        let path = data_dir.join(ENDPOINTS_FILE);
        let unreadable = |source| ConnectError::Unreadable {
            path: path.display().to_string(),
            source,
        };
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| unreadable(error.into()))
    }

    /// Writes the file of a data directory, for its owner's eyes only. A reader sees the old file or the new one.
    pub fn write(&self, data_dir: &Path) -> io::Result<()> {
        let content = json!({
            "intake": self.intake,
            "carrier-gateway": self.carrier_gateway,
            "notification": self.notification,
            "billing": self.billing,
            "carrier-sim": self.carrier_sim,
            "token": self.token.expose(),
            "platform_token": self.platform_token.expose(),
            "replicas": self.replicas,
            "mail_dir": self.mail_dir,
            "pid": self.pid,
        });
        let unfinished = data_dir.join(format!("{ENDPOINTS_FILE}.new"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        writeln!(file, "{content:#}")?;
        std::fs::rename(unfinished, data_dir.join(ENDPOINTS_FILE))
    }

    /// Where the replicas of this number are; 0 is the first.
    pub fn endpoints_of_replica(&self, replica: usize) -> Endpoints {
        let mut endpoints = self.endpoints();
        for service in Service::ALL {
            let other = replica
                .checked_sub(1)
                .and_then(|index| self.replicas.get(service.name())?.get(index));
            endpoints
                .by_service
                .extend(other.map(|url| (service, url.clone())));
        }
        endpoints
    }

    /// Where each service is.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints::new([
            (Service::Intake, self.intake.clone()),
            (Service::CarrierGateway, self.carrier_gateway.clone()),
            (Service::Notification, self.notification.clone()),
            (Service::Billing, self.billing.clone()),
            (Service::CarrierSim, self.carrier_sim.clone()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file() -> EndpointsFile {
        EndpointsFile {
            intake: "http://127.0.0.1:1".to_owned(),
            carrier_gateway: "http://127.0.0.1:2".to_owned(),
            notification: "http://127.0.0.1:3".to_owned(),
            billing: "http://127.0.0.1:4".to_owned(),
            carrier_sim: "http://127.0.0.1:5".to_owned(),
            token: Secret::new("customer"),
            platform_token: Secret::new("platform"),
            replicas: BTreeMap::new(),
            mail_dir: None,
            pid: 7,
        }
    }

    #[test]
    fn the_file_reads_back_and_only_its_owner_reads_it() {
        let data_dir = tempfile::tempdir().unwrap();
        assert!(EndpointsFile::read(data_dir.path()).unwrap().is_none());
        file().write(data_dir.path()).unwrap();
        let read = EndpointsFile::read(data_dir.path()).unwrap().unwrap();
        assert_eq!(read.endpoints(), file().endpoints());
        assert_eq!(
            (read.token, read.platform_token),
            (file().token, file().platform_token)
        );
        let mode = std::fs::metadata(data_dir.path().join(ENDPOINTS_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_file_is_an_error_and_not_a_missing_one() {
        let data_dir = tempfile::tempdir().unwrap();
        std::fs::write(data_dir.path().join(ENDPOINTS_FILE), "{}").unwrap();
        assert!(EndpointsFile::read(data_dir.path()).is_err());
    }

    #[test]
    fn a_named_service_wins_over_the_endpoint_of_all() {
        let mut endpoints = Endpoints::default();
        for choice in ["billing=http://b:1", "http://all:9/?a=b"] {
            endpoints.choose(choice.parse().unwrap());
        }
        assert_eq!(endpoints.url(Service::Billing), Some("http://b:1"));
        assert_eq!(endpoints.url(Service::Intake), Some("http://all:9/?a=b"));
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for text in [
            "",
            "127.0.0.1:7000",
            "billing",
            "billing=",
            "bank=http://b:1",
            "billing=b:1",
        ] {
            assert!(text.parse::<EndpointChoice>().is_err(), "{text}");
        }
    }
}
