//! The account that servers run under, and which directories it can reach.
//!
//! Postgres refuses to run as root, so root's servers run as `postgres`, else `nobody`. Then every folder above
//! their data and programs must let that account pass: a project under /root gets its data somewhere else.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::error::{BackingError, Doing};
use crate::signals;

/// An account of this machine that is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

/// The account that servers run under: `None` is the caller's own.
pub(crate) fn for_servers() -> Result<Option<Account>, BackingError> {
    if signals::effective_user() != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").doing(|| "read /etc/passwd".to_owned())?;
    let account = ["postgres", "nobody"].iter().find_map(|name| find(&passwd, name));
    account.map(Some).ok_or(BackingError::NoAccount)
}

fn find(passwd: &str, name: &str) -> Option<Account> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(uid)), Some(Ok(gid))) => Some(Account { uid, gid }),
        _ => None,
    }
}

impl Account {
    /// Makes `command` run under this account.
    pub(crate) fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Hands a file or a folder, but not what is in it, to this account.
    pub(crate) fn own(self, path: &Path) -> Result<(), BackingError> {
        chown(path, Some(self.uid), Some(self.gid)).doing(|| format!("hand over {}", path.display()))
    }

    fn passes(self, metadata: &fs::Metadata) -> bool {
        let bit = if metadata.uid() == self.uid {
            0o100
        } else if metadata.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        metadata.mode() & bit != 0
    }
}

/// Creates `wanted`, or a stand-in under /var/tmp where `account` cannot reach it, and returns the one created.
pub(crate) fn reachable_dir(wanted: &Path, account: Option<Account>) -> Result<PathBuf, BackingError> {
    let wanted = std::path::absolute(wanted).doing(|| format!("find {}", wanted.display()))?;
    let Some(account) = account else {
        return create(&wanted, 0o700);
    };
    if is_reachable(&wanted, account) {
        let created = create(&wanted, 0o755)?;
        // A strict umask may have made the folders in between private.
        if is_reachable(&created, account) {
            return Ok(created);
        }
    }
    let digest = hex::encode(Sha256::digest(wanted.as_os_str().as_encoded_bytes()));
    let stand_in = PathBuf::from(format!(
        "/var/tmp/portway-{}",
        digest.get(..16).unwrap_or(&digest)
    ));
    let created = create(&stand_in, 0o755)?;
    let metadata = fs::symlink_metadata(&created).doing(|| format!("look at {}", created.display()))?;
    // Anyone may create names in /var/tmp, so what is found there must be proven to be ours.
    let is_ours = metadata.is_dir()
        && metadata.uid() == signals::effective_user()
        && metadata.mode() & 0o022 == 0
        && is_reachable(&created, account);
    if is_ours {
        Ok(created)
    } else {
        Err(BackingError::Unsafe(created))
    }
}

/// Whether `account` may pass through each existing folder down to `dir`.
fn is_reachable(dir: &Path, account: Account) -> bool {
    // A folder that does not exist yet will be created with the right mode.
    let existing = dir.ancestors().filter_map(|ancestor| fs::metadata(ancestor).ok());
    existing.into_iter().all(|metadata| account.passes(&metadata))
}

fn create(dir: &Path, mode: u32) -> Result<PathBuf, BackingError> {
    let is_new = !dir.exists();
    let mut parents = fs::DirBuilder::new();
    parents.recursive(true).mode(0o755);
    let created = dir.parent().map_or(Ok(()), |parent| parents.create(parent));
    created
        .and_then(|()| parents.create(dir))
        .doing(|| format!("create {}", dir.display()))?;
    if is_new {
        set_mode(dir, mode)?;
    }
    // Canonical, because a server's own view of its directory is compared with it.
    dir.canonicalize().doing(|| format!("find {}", dir.display()))
}

/// Sets the mode of one file or folder, whatever the umask was.
pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<(), BackingError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .doing(|| format!("set the mode of {}", path.display()))
}

/// Creates a folder that only `account` (else the caller) can look into.
pub(crate) fn create_private_dir(dir: &Path, account: Option<Account>) -> Result<(), BackingError> {
    match fs::create_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(error).doing(|| format!("create {}", dir.display()));
        }
        Ok(()) | Err(_) => {}
    }
    set_mode(dir, 0o700)?;
    account.map_or(Ok(()), |account| account.own(dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\npostgres-old:x:7:7::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(find(passwd, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(find(passwd, "nobody"), None);
        assert_eq!(find("nobody:x:many:1::/:/bin/sh", "nobody"), None);
    }

    #[test]
    fn a_folder_below_a_private_one_gets_a_stand_in_that_is_reachable() {
        let Some(account) = for_servers().unwrap() else {
            eprintln!("not root: every folder is the servers' own");
            return;
        };
        let private = tempfile::tempdir().unwrap();
        set_mode(private.path(), 0o700).unwrap();
        let wanted = private.path().join("data");
        let stand_in = reachable_dir(&wanted, Some(account)).unwrap();
        assert!(stand_in.starts_with("/var/tmp"), "{}", stand_in.display());
        assert_eq!(
            reachable_dir(&wanted, Some(account)).unwrap(),
            stand_in,
            "the same one every time"
        );
        set_mode(&stand_in, 0o777).unwrap();
        let refused = reachable_dir(&wanted, Some(account));
        fs::remove_dir(&stand_in).unwrap();
        assert!(
            matches!(refused, Err(BackingError::Unsafe(_))),
            "a folder that others may write to"
        );
    }

    #[test]
    fn a_folder_that_is_reachable_is_taken_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        set_mode(root.path(), 0o755).unwrap();
        let wanted = root.path().join("a/b");
        let created = reachable_dir(&wanted, for_servers().unwrap()).unwrap();
        assert_eq!(created, wanted.canonicalize().unwrap());
    }
}
