//! Where a reader of changes stands, as the text that it hands back.

use grpc::Faults;

const PREFIX: &str = "changes.";

/// The text of a position.
pub(super) fn render(position: i64) -> String {
    format!("{PREFIX}{position}")
}

/// The position of a text; the beginning for none.
pub(super) fn parse(faults: &mut Faults, cursor: &str) -> Option<i64> {
    if cursor.is_empty() {
        return Some(0);
    }
    let position = cursor
        .strip_prefix(PREFIX)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok());
    if position.is_none() {
        faults.add("cursor", "CURSOR", "is not a cursor that ListChanges gave");
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_is_taken_back() {
        let cases = [
            ("", Some(0)),
            (&render(42), Some(42)),
            ("42", None),
            ("changes.", None),
            ("changes.-1", None),
            ("changes.+1", None),
            ("changes.99999999999999999999", None),
        ];
        for (text, expected) in cases {
            let mut faults = Faults::new();
            assert_eq!(parse(&mut faults, text), expected, "{text}");
            assert_eq!(faults.is_empty(), expected.is_some(), "{text}");
        }
    }
}
