//! Collects everything that is wrong with a request, so that the caller hears it all at once.

use std::fmt::{self, Display};
use std::str::FromStr;

use tonic::Status;

use crate::status;

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Path of the field, e.g. `numbers[3].phone_number`.
    pub field: String,
    /// Stable code, e.g. `TN_LENGTH`.
    pub code: String,
    /// What is wrong, never the value of a secret.
    pub message: String,
}

impl Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.message, self.code)
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault.
    pub fn add(&mut self, field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldFault {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        });
    }

    /// Parses a field that must be there.
    pub fn required<T>(&mut self, field: &str, raw: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        if raw.is_empty() {
            self.add(field, "MISSING", "must be set");
            return None;
        }
        self.optional(field, raw)
    }

    /// Parses a field that may be empty. `None` when it is, or when it is wrong.
    pub fn optional<T>(&mut self, field: &str, raw: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        if raw.is_empty() {
            return None;
        }
        match raw.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, "INVALID", error.to_string());
                None
            }
        }
    }

    /// Keeps the value of a check, or notes its fault under `code`.
    pub fn check<T>(&mut self, field: &str, code: &str, result: Result<T, impl Display>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, code, error.to_string());
                None
            }
        }
    }

    /// Notes a fault unless the text has at most `chars_max` characters.
    pub fn at_most(&mut self, field: &str, text: &str, chars_max: usize) {
        if text.chars().count() > chars_max {
            self.add(
                field,
                "TOO_LONG",
                format!("must have at most {chars_max} characters"),
            );
        }
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, if it was made and nothing was wrong; else INVALID_ARGUMENT with every fault.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Status> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) => Err(status::invalid(self.0)),
            None => {
                if self.0.is_empty() {
                    self.add("request", "MISSING", "must be complete");
                }
                Err(status::invalid(self.0))
            }
        }
    }

    /// The faults themselves.
    pub fn into_vec(self) -> Vec<FieldFault> {
        self.0
    }
}
