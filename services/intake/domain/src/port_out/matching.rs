//! When what a winning carrier gave is what we have on file.
//!
//! Lenient where people write the same thing differently. How the names compare is for people to see alone: a difference
//! is no ground for refusing (47 CFR 52.36), so nothing depends on it. An SSN is not taken in, so a wrong one beside the
//! right account number changes nothing. A PIN is compared exactly, by its hash.

/// Digits of a ZIP code without the four that may follow.
const ZIP_DIGITS: usize = 5;

/// Whether two account numbers are the same but for case, punctuation and leading zeros.
pub fn is_same_account_number(ours: &str, given: &str) -> bool {
    let significant = |text: &str| letters_and_digits(text).trim_start_matches('0').to_owned();
    significant(ours) == significant(given)
}

/// Whether two names are the same but for case, punctuation and blanks.
pub fn is_same_name(ours: &str, given: &str) -> bool {
    name_key(ours) == name_key(given)
}

/// A name as it is compared.
pub fn name_key(name: &str) -> String {
    letters_and_digits(name)
}

/// Whether two ZIP or postal codes are the same but for case and punctuation; ZIP+4 is the same as its ZIP. The
/// leading zero of a ZIP counts.
pub fn is_same_postal_code(ours: &str, given: &str) -> bool {
    postal_code_key(ours) == postal_code_key(given)
}

/// A ZIP or postal code as it is compared.
pub fn postal_code_key(text: &str) -> String {
    let mut code = letters_and_digits(text);
    if code.bytes().all(|byte| byte.is_ascii_digit()) {
        code.truncate(ZIP_DIGITS);
    }
    code
}

fn letters_and_digits(text: &str) -> String {
    text.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_numbers_match_whatever_their_spelling() {
        let same = [
            ("00-123 456", "123456"),
            ("ab-77", "AB77"),
            ("AB/77", "ab 77"),
            ("000", ""),
        ];
        let different = [
            ("123456", "123457"),
            ("1234560", "123456"),
            ("", "7"),
            ("AB77", "BA77"),
        ];
        for (ours, given) in same {
            assert!(is_same_account_number(ours, given), "{ours} {given}");
        }
        for (ours, given) in different {
            assert!(!is_same_account_number(ours, given), "{ours} {given}");
        }
    }

    #[test]
    fn names_match_whatever_their_spelling() {
        assert!(is_same_name("O'Neil & Sons, Inc.", "ONEIL SONS INC"));
        assert!(!is_same_name("Ann Lee", "Lee Ann"));
    }

    #[test]
    fn a_zip_matches_its_plus_four_and_a_postal_code_its_spellings() {
        let same = [
            ("07030", "07030"),
            ("07030-1234", "07030"),
            ("07030", "070301234"),
            ("K1A 0B1", "k1a0b1"),
        ];
        let different = [
            ("07030", "7030"),
            ("07030", "07031"),
            ("K1A 0B1", "K1A 0B2"),
            ("07030", ""),
        ];
        for (ours, given) in same {
            assert!(is_same_postal_code(ours, given), "{ours} {given}");
        }
        for (ours, given) in different {
            assert!(!is_same_postal_code(ours, given), "{ours} {given}");
        }
    }
}
