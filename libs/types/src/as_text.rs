//! How a value travels as text: one refusal for all of them, and serde through `Display` and `FromStr`.

/// Why a text was refused. It names what was expected and never repeats the input, which may be private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {expected}")]
pub struct InvalidValue {
    /// The kind of value that was asked for, in words.
    pub what: &'static str,
    /// What would have been accepted, in words.
    pub expected: &'static str,
}

/// Implements serde for a type through its `Display` and `FromStr`, so that JSON shows what people see.
macro_rules! serde_as_text {
    ($($name:ty),+ $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

pub(crate) use serde_as_text;
