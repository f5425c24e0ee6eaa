//! A port request as the carrier knows it: which versions came in, and what a further one means.
//!
//! Knows no database. Start at [`PortRequest::arrival`].

use std::fmt;

use jiff::civil::Date;
use types::{Pon, Tn, Ver};

/// A version of a port request as it came in. What is secret in it was not kept, because no answer depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Submission {
    /// Purchase order number.
    pub(crate) pon: Pon,
    /// The version.
    pub(crate) ver: Ver,
    /// The numbers, at least one.
    pub(crate) tns: Vec<Tn>,
    /// The cut-over date asked for.
    pub(crate) wanted: Option<Date>,
    /// Whether it changes that date and nothing else.
    pub(crate) date_only: bool,
}

/// What a version was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionKind {
    /// A first request or a supplement.
    Submit,
    /// A cancel.
    Cancel,
}

/// A version that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortVersion {
    /// The version.
    pub(crate) ver: Ver,
    /// What it was.
    pub(crate) kind: VersionKind,
    /// The numbers of the request from then on.
    pub(crate) tns: Vec<Tn>,
}

/// A request that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortRequest {
    /// The carrier's own reference.
    pub(crate) reference: CarrierReference,
    /// The versions, the newest first. Empty only before the first one is written.
    pub(crate) versions: Vec<PortVersion>,
}

/// The carrier's own reference for a request, e.g. `SIM-00000017`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CarrierReference(pub(crate) i64);

impl fmt::Display for CarrierReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIM-{:08}", self.0)
    }
}

/// What a version that comes in means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is new.
    Newer,
    /// It came in before; nothing is to be done.
    Repeat,
    /// A newer one is known, or the version was used for something else.
    Superseded {
        /// The newest version that is known.
        newest: Ver,
    },
}

impl PortRequest {
    /// What it means when this version comes in now.
    pub(crate) fn arrival(&self, ver: Ver, kind: VersionKind) -> Arrival {
        match self.versions.first() {
            Some(newest) if ver <= newest.ver => {
                let is_known = self
                    .versions
                    .iter()
                    .any(|known| known.ver == ver && known.kind == kind);
                if is_known {
                    Arrival::Repeat
                } else {
                    Arrival::Superseded { newest: newest.ver }
                }
            }
            Some(_) | None => Arrival::Newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_taken_once_and_never_behind_a_newer_one() {
        let ver = |number| Ver::new(number).unwrap();
        let version = |number, kind| PortVersion {
            ver: ver(number),
            kind,
            tns: Vec::new(),
        };
        let request = PortRequest {
            reference: CarrierReference(17),
            versions: vec![
                version(4, VersionKind::Cancel),
                version(3, VersionKind::Submit),
                version(1, VersionKind::Submit),
            ],
        };
        let superseded = Arrival::Superseded { newest: ver(4) };
        let cases = [
            (5, VersionKind::Submit, Arrival::Newer),
            (5, VersionKind::Cancel, Arrival::Newer),
            (4, VersionKind::Cancel, Arrival::Repeat),
            (4, VersionKind::Submit, superseded),
            (3, VersionKind::Submit, Arrival::Repeat),
            (3, VersionKind::Cancel, superseded),
            (2, VersionKind::Submit, superseded),
            (1, VersionKind::Submit, Arrival::Repeat),
        ];
        for (number, kind, expected) in cases {
            assert_eq!(request.arrival(ver(number), kind), expected, "{number} {kind:?}");
        }
        let unknown = PortRequest {
            versions: Vec::new(),
            ..request
        };
        assert_eq!(unknown.arrival(ver(7), VersionKind::Submit), Arrival::Newer);
        assert_eq!(unknown.reference.to_string(), "SIM-00000017");
    }
}
