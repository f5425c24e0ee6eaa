//! The file of area codes that are newer than the program, or corrected.

use std::path::{Path, PathBuf};

use numbering::{NumberingTable, OtherTableInForce, TableError};
use service::StartError;
use thiserror::Error;

/// Why the file could not be put in force.
#[derive(Debug, Error)]
enum AreaCodesError {
    #[error("the file of area codes {0} cannot be read")]
    Read(PathBuf, #[source] std::io::Error),
    #[error("the file of area codes {0} is wrong")]
    Table(PathBuf, #[source] TableError),
    #[error("the file of area codes {0} cannot be used")]
    Second(PathBuf, #[source] OtherTableInForce),
}

/// Makes the process judge numbers by the file.
pub(crate) async fn put_in_force(path: &Path) -> Result<(), StartError> {
    read(path)
        .await
        .map_err(|error| StartError::Setting(grpc::status::chain(&error)))
}

async fn read(path: &Path) -> Result<(), AreaCodesError> {
    let named = || path.to_owned();
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|source| AreaCodesError::Read(named(), source))?;
    let table = NumberingTable::built_in()
        .with_overrides(&text)
        .map_err(|source| AreaCodesError::Table(named(), source))?;
    table
        .put_in_force()
        .map_err(|source| AreaCodesError::Second(named(), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_makes_no_sense_stops_the_start_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("area-codes.csv");
        let missing = put_in_force(&file).await.unwrap_err();
        assert!(missing.to_string().contains("area-codes.csv"), "{missing}");
        std::fs::write(&file, "npa,kind,country,state,effective_from\n942,lunar,CA,ON,\n").unwrap();
        let wrong = put_in_force(&file).await.unwrap_err();
        assert!(wrong.to_string().contains("line 2"), "{wrong}");
    }
}
