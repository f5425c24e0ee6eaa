//! Keeps the offset of a movable clock in a small text file, as an ISO 8601 duration such as `PT36H`.
//!
//! **Invariant:** after a crash the file holds the old offset or the new one, whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

pub(crate) struct OffsetFile {
    path: PathBuf,
}

impl OffsetFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The kept offset; `None` when none was kept yet.
    pub(crate) fn load(&self) -> io::Result<Option<SignedDuration>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        text.trim()
            .parse::<SignedDuration>()
            .map(Some)
            .map_err(|_| self.broken())
    }

    /// Replaces the kept offset and returns when it is on the disk.
    pub(crate) fn save(&self, offset: SignedDuration) -> io::Result<()> {
        let draft = self.draft_path();
        let mut file = File::create(&draft)?;
        writeln!(file, "{offset}")?;
        file.sync_all()?;
        fs::rename(&draft, &self.path)?;
        // The rename itself is only durable once the directory is.
        File::open(self.directory())?.sync_all()
    }

    fn draft_path(&self) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(".new");
        PathBuf::from(name)
    }

    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            Some(_) | None => Path::new("."),
        }
    }

    fn broken(&self) -> io::Error {
        let path = self.path.display();
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{path} does not hold a clock offset such as PT36H"),
        )
    }
}
