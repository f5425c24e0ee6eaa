//! From what a carrier sent to the code in it.

/// What vendors write before a carrier's own code when they pass its answer on, in lower case.
const WRAPPER_MARK: &str = "reasoncode";

/// A code as the crosswalk spells it: upper case, without spaces.
pub(crate) fn normalise(code: &str) -> String {
    code.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

/// The codes in a vendor's wrapper, such as `951 … statusReasonCode - 8A ~ …`; none where there is no wrapper.
pub(crate) fn unwrap_codes(raw: &str) -> Vec<String> {
    let lower = raw.to_ascii_lowercase();
    let ends = lower
        .match_indices(WRAPPER_MARK)
        .map(|(start, mark)| start + mark.len());
    ends.filter_map(|end| raw.get(end..))
        .filter_map(first_code)
        .collect()
}

/// The first word after the separators of a wrapper.
fn first_code(text: &str) -> Option<String> {
    let is_separator =
        |character: char| character.is_whitespace() || matches!(character, '-' | ':' | '=' | '"' | '\'');
    let is_of_code = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let text = text.trim_start_matches(is_separator);
    let end = text
        .find(|character| !is_of_code(character))
        .unwrap_or(text.len());
    text.get(..end).filter(|code| !code.is_empty()).map(normalise)
}
