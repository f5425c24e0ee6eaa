//! Settings of intake.

use std::path::PathBuf;

use config::{ConfigErrors, Env};
use service::BaseSettings;

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every service has.
    pub base: BaseSettings,
    /// The carrier gateway, e.g. `http://carrier-gateway:50051`.
    pub gateway_endpoint: String,
    /// Folder in which documents are kept.
    pub document_folder: PathBuf,
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
        let document_folder =
            env.required::<String>("PORTWAY_DOCUMENT_FOLDER", "folder in which documents are kept");
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
            document_folder: PathBuf::from(document_folder?),
            bootstrap_file: bootstrap_file?.map(PathBuf::from),
            area_codes_file: area_codes_file?.map(PathBuf::from),
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
        assert!(TelemetrySettings::read("intake", &mut env).is_ok());
        assert!(Settings::read(&mut env).is_err());
        let table = config::markdown_table(env.describe());
        assert!(
            include_str!("../README.md").contains(&table),
            "put this into the README:\n{table}"
        );
    }
}
