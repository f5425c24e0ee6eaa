//! From a text as people write it to ten digits. Knows nothing of area codes.

use crate::refusal::NumberRefusal;

/// What to do with letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    /// They are a mistake.
    Refused,
    /// They stand for the digits of the keypad.
    Keypad,
}

/// Words and signs that introduce an extension, longest first where one ends like another.
const EXTENSION_MARKS: [&str; 7] = ["extension", "poste", "ext", "x", "#", ",", ";"];

/// Reads the ten national digits.
///
/// The checks go from what the writer can least have meant as a slip to what he can: a number in another script
/// or of another country is not told to be too long.
pub(crate) fn read_ten_digits(raw: &str, letters: Letters) -> Result<String, NumberRefusal> {
    if raw
        .chars()
        .any(|character| !character.is_ascii() && character.is_numeric())
    {
        return Err(NumberRefusal::NonAsciiDigits);
    }
    let text = raw.trim();
    if is_foreign(text) {
        return Err(NumberRefusal::Foreign);
    }
    if has_extension(text, letters) {
        return Err(NumberRefusal::Extension);
    }
    let mut digits = String::new();
    let mut has_plus = false;
    for character in text.chars() {
        match character {
            '0'..='9' => digits.push(character),
            '+' if digits.is_empty() && !has_plus => has_plus = true,
            _ if is_punctuation(character) => {}
            _ if character.is_alphabetic() => match (letters, keypad_digit(character)) {
                (Letters::Keypad, Some(digit)) => digits.push(digit),
                (Letters::Keypad, None) | (Letters::Refused, _) => return Err(NumberRefusal::Letters),
            },
            _ => return Err(NumberRefusal::Character { character }),
        }
    }
    strip_country_code(&digits, has_plus)
}

/// Takes the leading 1 off: always after `+`, else only where there are eleven digits, because ten digits that
/// start with 1 are a wrong area code and not a short number.
fn strip_country_code(digits: &str, has_plus: bool) -> Result<String, NumberRefusal> {
    let has_country_code = has_plus || digits.len() == 11;
    let national = if has_country_code {
        digits.strip_prefix('1')
    } else {
        Some(digits)
    };
    match national {
        Some(national) if national.len() == 10 => Ok(national.to_owned()),
        Some(_) | None => Err(NumberRefusal::TnLength { digits: digits.len() }),
    }
}

fn is_punctuation(character: char) -> bool {
    matches!(character, ' ' | '\t' | '-' | '.' | '/' | '(' | ')')
}

/// Whether the text starts with another country's code: `+` and not 1, or a prefix for calls abroad.
fn is_foreign(text: &str) -> bool {
    let mut dialled = text
        .chars()
        .filter(|character| !is_punctuation(*character))
        .peekable();
    if dialled.next_if_eq(&'+').is_some() {
        return dialled
            .peek()
            .is_some_and(|first| first.is_ascii_digit() && *first != '1');
    }
    let digits: String = dialled.filter(char::is_ascii_digit).collect();
    digits.len() > 11 && (digits.starts_with("011") || digits.starts_with("00"))
}

/// Whether the text ends in a mark and digits after what would be a whole number without them. In vanity mode
/// the letters count as well, so that the X of 1-800-XEROX-12 is a letter.
fn has_extension(text: &str, letters: Letters) -> bool {
    const LOCAL_DIGITS: usize = 7;
    const NATIONAL_DIGITS: usize = 10;
    let lower = text.to_lowercase();
    let before_digits = lower.trim_end_matches(|last: char| last.is_ascii_digit());
    if before_digits.len() == lower.len() {
        return false;
    }
    let before_separator = before_digits.trim_end_matches([' ', '.', ':', '=']);
    let number = EXTENSION_MARKS
        .iter()
        .find_map(|mark| before_separator.strip_suffix(mark));
    number.is_some_and(|number| match letters {
        Letters::Refused => number.chars().filter(char::is_ascii_digit).count() >= LOCAL_DIGITS,
        Letters::Keypad => number.chars().filter(char::is_ascii_alphanumeric).count() >= NATIONAL_DIGITS,
    })
}

fn keypad_digit(letter: char) -> Option<char> {
    match letter.to_ascii_uppercase() {
        'A'..='C' => Some('2'),
        'D'..='F' => Some('3'),
        'G'..='I' => Some('4'),
        'J'..='L' => Some('5'),
        'M'..='O' => Some('6'),
        'P'..='S' => Some('7'),
        'T'..='V' => Some('8'),
        'W'..='Z' => Some('9'),
        _ => None,
    }
}
