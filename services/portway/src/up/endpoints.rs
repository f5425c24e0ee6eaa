//! The ports of a data directory's services, and how its files are written.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context;

/// The services, as their peers name them.
pub(crate) const SERVICES: [&str; 5] = [
    "intake",
    "carrier-gateway",
    "notification",
    "billing",
    "carrier-sim",
];

/// Intake's pages for people outside the account, which have a port of their own.
pub(crate) const LINKS: &str = "links";

/// Ports are kept, so that clients find a restarted system where it was.
pub(crate) fn ports(data_dir: &Path, replicas: usize) -> anyhow::Result<BTreeMap<String, Vec<u16>>> {
    let path = data_dir.join("ports.json");
    let mut ports: BTreeMap<String, Vec<u16>> = match fs::read(&path) {
        Ok(json) => serde_json::from_slice(&json).with_context(|| format!("{} is broken", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    for service in SERVICES.into_iter().chain([LINKS]) {
        let of_service = ports.entry(service.to_owned()).or_default();
        while of_service.len() < replicas {
            of_service.push(backing::free_port()?);
        }
    }
    write_private(&path, &serde_json::to_vec(&ports)?)?;
    Ok(ports)
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let draft = path.with_extension("new");
    let write = || {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        // The new name too must survive a power cut; a relative path of one part is in the current directory.
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_private_file_is_replaced_whole_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.json");
        for bytes in [b"a longer text".as_slice(), b"short"] {
            write_private(&path, bytes).unwrap();
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "no draft stays"
        );
    }
}
