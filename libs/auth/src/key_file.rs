//! A JWK set file, read again when it has changed.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use jsonwebtoken::DecodingKey;

use crate::jwk_set::{self, Keys, OtherKinds};
use crate::keys::KeyError;

/// A file is looked at again this long after the last look, so a key that was taken out is soon refused.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// The keys of a file.
pub(crate) struct KeyFile {
    path: PathBuf,
    state: RwLock<State>,
}

struct State {
    keys: Keys,
    version: Option<Version>,
    looked_at: Instant,
}

/// What tells one content of a file from another without reading it.
type Version = (SystemTime, u64);

impl KeyFile {
    /// Reads it for the first time.
    pub(crate) fn open(path: &Path) -> Result<Self, KeyError> {
        let (keys, version) = read(path)?;
        Ok(Self {
            path: path.to_owned(),
            state: RwLock::new(State {
                keys,
                version,
                looked_at: Instant::now(),
            }),
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The key with this id, as the file has it by now.
    pub(crate) fn find(&self, key_id: &str) -> Option<DecodingKey> {
        if self.read_state(|state| state.looked_at.elapsed() >= LOOK_PAUSE) {
            self.look_again();
        }
        self.read_state(|state| state.keys.get(key_id).cloned())
    }

    fn read_state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn look_again(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Another caller may have looked while this one waited.
        if state.looked_at.elapsed() < LOOK_PAUSE {
            return;
        }
        state.looked_at = Instant::now();
        if version_of(&self.path) == state.version {
            return;
        }
        match read(&self.path) {
            Ok((keys, version)) => {
                state.keys = keys;
                state.version = version;
            }
            Err(error) => tracing::error!(%error, "the key set file cannot be read; the old keys stay"),
        }
    }
}

fn read(path: &Path) -> Result<(Keys, Option<Version>), KeyError> {
    // Before the content: a change in between is seen by the next look.
    let version = version_of(path);
    let json = std::fs::read(path).map_err(|source| KeyError::Read(path.to_owned(), source))?;
    Ok((jwk_set::parse(&json, OtherKinds::Refuse)?, version))
}

fn version_of(path: &Path) -> Option<Version> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
