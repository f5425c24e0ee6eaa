//! What was wrong with the settings, in words for the person who has to correct them.

use std::fmt;

/// One setting that is missing or ill-formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A required setting has no value; an empty one counts as none.
    #[error("{name} is not set: {doc}")]
    Missing {
        /// The setting.
        name: String,
        /// What it is for.
        doc: String,
    },
    /// The value cannot be used.
    #[error("{name} cannot be used ({reason}): {doc}")]
    IllFormed {
        /// The setting.
        name: String,
        /// What it is for.
        doc: String,
        /// What is wrong with it; for a secret never more than that something is.
        reason: String,
    },
    /// Settings that are fine one by one contradict each other, or what the service can do.
    #[error("{name} cannot be used: {reason}")]
    Refused {
        /// The setting.
        name: String,
        /// Why it was refused.
        reason: String,
    },
}

/// All that was wrong, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Fault>);

impl ConfigErrors {
    /// The faults in the order in which the settings were read.
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }

    /// `Err` if there is anything to report.
    pub(crate) fn check(faults: &[Fault]) -> Result<(), Self> {
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Self(faults.to_vec()))
        }
    }
}

impl From<Fault> for ConfigErrors {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigErrors {}
