//! The options by which every online command finds its service.

use std::path::PathBuf;

use clap::Args;
use types::Secret;

use crate::client::endpoints::{EndpointChoice, Endpoints, EndpointsFile};
use crate::client::{Clients, ConnectError};

/// Where the services are and who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectArgs {
    /// Where the services are: a URL for all of them, or SERVICE=URL for one; repeat it, or separate with commas.
    #[arg(
        long = "endpoint",
        global = true,
        env = "PORTWAY_ENDPOINT",
        value_name = "[SERVICE=]URL",
        value_delimiter = ','
    )]
    endpoints: Vec<EndpointChoice>,
    /// Bearer token. Better in the environment, where other users of the machine do not see it.
    #[arg(long, global = true, env = "PORTWAY_TOKEN", hide_env_values = true)]
    token: Option<Secret>,
    /// Data directory of a running `portway up`, which tells endpoints and token where neither is given.
    #[arg(
        long,
        global = true,
        env = "PORTWAY_DATA_DIR",
        value_name = "DIR",
        default_value = ".portway"
    )]
    data_dir: PathBuf,
    /// Use the platform's own token of that `portway up` instead of the customer's.
    #[arg(long, global = true, conflicts_with = "token")]
    platform: bool,
    /// Certificate of the authority to trust for https endpoints, PEM.
    #[arg(long, global = true, env = "PORTWAY_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl ConnectArgs {
    /// Connects to what was given, else to the `portway up` of the data directory.
    pub(crate) fn connect(self) -> Result<Clients, ConnectError> {
        let (mut endpoints, token) = if self.endpoints.is_empty() {
            let nowhere = || ConnectError::Nowhere(self.data_dir.display().to_string());
            let file = EndpointsFile::read(&self.data_dir)?.ok_or_else(nowhere)?;
            let endpoints = file.endpoints();
            let local = if self.platform {
                file.platform_token
            } else {
                file.token
            };
            (endpoints, self.token.or(Some(local)))
        } else {
            // A token that was made for the local services is never sent elsewhere.
            let mut endpoints = Endpoints::default();
            self.endpoints
                .into_iter()
                .for_each(|choice| endpoints.choose(choice));
            (endpoints, self.token)
        };
        if let Some(path) = self.ca_file {
            let unreadable = |source| ConnectError::Unreadable {
                path: path.display().to_string(),
                source,
            };
            endpoints.ca = Some(std::fs::read(&path).map_err(unreadable)?);
        }
        Clients::connect(&endpoints, &token.ok_or(ConnectError::NoToken)?)
    }
}
