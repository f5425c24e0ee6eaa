//! Asking what a change would do, without doing it.

use tonic::{Code, Status};

use crate::layer::refuse;
use crate::rules::Repeat;

/// The metadata that asks for it: `true`. On a reply it says that nothing was changed.
pub const DRY_RUN_METADATA: &str = "portway-dry-run";

/// In the extensions of a request: the change is to be tried and taken back. The layer puts it there only for RPCs that
/// make their change in a transaction of `idempotency`, which is what takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DryRun;

/// Reads what a caller asks for. Refused where the change would be made for real: by RPCs with natural keys.
pub(crate) fn asked(headers: &http::HeaderMap, repeat: Repeat) -> Result<Option<DryRun>, Status> {
    let asked = match headers.get(DRY_RUN_METADATA).map(http::HeaderValue::as_bytes) {
        None | Some(b"false") => false,
        Some(b"true") => true,
        Some(_) => {
            let message = "`portway-dry-run` is `true` or `false`";
            return Err(refuse(Code::InvalidArgument, "DRY_RUN_INVALID", message));
        }
    };
    match repeat {
        Repeat::Key => Ok(asked.then_some(DryRun)),
        Repeat::Natural if asked => Err(not_offered()),
        // A read changes nothing anyway.
        Repeat::Read | Repeat::Natural => Ok(None),
    }
}

/// The refusal of an RPC that cannot take its change back.
pub fn not_offered() -> Status {
    let message = "this method offers no dry run; nothing was changed";
    refuse(Code::InvalidArgument, "DRY_RUN_NOT_OFFERED", message)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use tonic_types::StatusExt;

    use super::*;

    #[test]
    fn a_dry_run_is_asked_for_where_the_change_can_be_taken_back() {
        use Repeat::{Key, Natural, Read};
        let refused = |reason: &str| Err((Code::InvalidArgument, reason.to_owned()));
        let cases = [
            (None, Key, Ok(None)),
            (None, Natural, Ok(None)),
            (Some("false"), Key, Ok(None)),
            (Some("false"), Natural, Ok(None)),
            (Some("true"), Key, Ok(Some(DryRun))),
            (Some("true"), Read, Ok(None)),
            (Some("true"), Natural, refused("DRY_RUN_NOT_OFFERED")),
            (Some("TRUE"), Key, refused("DRY_RUN_INVALID")),
            (Some(""), Read, refused("DRY_RUN_INVALID")),
        ];
        for (value, repeat, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(DRY_RUN_METADATA, HeaderValue::from_static(value));
            }
            let found = asked(&headers, repeat).map_err(|status| {
                let reason = status.get_details_error_info().map(|info| info.reason);
                (status.code(), reason.unwrap_or_default())
            });
            assert_eq!(found, expected, "{value:?} {repeat:?}");
        }
    }
}
