//! Where values come from: the process environment, or pairs given by a test or by the all-in-one.

use std::collections::BTreeMap;
use std::env::{self, VarError};
use std::fs;

pub(crate) enum Source {
    Process,
    Pairs(BTreeMap<String, String>),
}

/// Why there is no answer, in words that never contain the value.
pub(crate) struct Unreadable(pub(crate) String);

impl Source {
    /// The trimmed value of `name`. Empty counts as not set, because deployment templates leave empty values
    /// behind where nothing was meant.
    pub(crate) fn value(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let raw = match self {
            Self::Process => from_process(name)?,
            Self::Pairs(pairs) => pairs.get(name).cloned(),
        };
        Ok(raw
            .map(|raw| raw.trim().to_owned())
            .filter(|value| !value.is_empty()))
    }

    /// The value of `name`, or the content of the file that `NAME_FILE` names, as Kubernetes mounts secrets.
    pub(crate) fn value_or_file(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let file_name = format!("{name}_FILE");
        match (self.value(name)?, self.value(&file_name)?) {
            (Some(_), Some(_)) => Err(Unreadable(format!("{file_name} is set too; set one of them"))),
            (Some(value), None) => Ok(Some(value)),
            (None, None) => Ok(None),
            (None, Some(path)) => {
                let content = fs::read_to_string(&path)
                    .map_err(|error| Unreadable(format!("{file_name} names {path}: {error}")))?;
                // The line end of the last line is the editor's, everything else is the secret's.
                let content = content.trim_end_matches(['\r', '\n']);
                if content.is_empty() {
                    return Err(Unreadable(format!("{file_name} names {path}: the file is empty")));
                }
                Ok(Some(content.to_owned()))
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one reader of the environment"
)]
fn from_process(name: &str) -> Result<Option<String>, Unreadable> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Unreadable("not valid UTF-8".to_owned())),
    }
}
