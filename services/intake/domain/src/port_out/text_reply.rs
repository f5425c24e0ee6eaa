//! What people text back when they are asked whether their number may go.

use std::fmt;
use std::str::FromStr;

use super::consent::ConsentAnswer;

const ID_CHARS_MAX: usize = 200;

/// The words, in English and French; people write them in any case.
const YES: [&str; 4] = ["YES", "Y", "OUI", "O"];
const NO: [&str; 3] = ["NO", "N", "NON"];

/// The id that the SMS service gave a text that came in. Invariant: 1 to 200 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId(String);

/// Not the id of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {ID_CHARS_MAX} characters and no control characters")]
pub struct InvalidTextId;

/// A text that says neither YES nor NO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text says neither YES nor NO")]
pub struct UnclearReply;

impl TextId {
    /// The id itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TextId {
    type Err = InvalidTextId;

    fn from_str(raw: &str) -> Result<Self, InvalidTextId> {
        let is_id = (1..=ID_CHARS_MAX).contains(&raw.chars().count()) && !raw.chars().any(char::is_control);
        is_id.then(|| Self(raw.to_owned())).ok_or(InvalidTextId)
    }
}

impl fmt::Display for TextId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ConsentAnswer {
    /// Reads what a text says. One word alone counts: whatever says more than that is for a person to read.
    pub fn from_text(text: &str) -> Result<Self, UnclearReply> {
        let around =
            |char: char| char.is_whitespace() || matches!(char, '.' | ',' | '!' | ';' | '"' | '\'' | ')');
        let word = text.trim_matches(around).to_uppercase();
        if YES.contains(&word.as_str()) {
            Ok(Self::Yes)
        } else if NO.contains(&word.as_str()) {
            Ok(Self::No)
        } else {
            Err(UnclearReply)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_an_answer_and_anything_else_is_not() {
        let yes = [
            "YES", "yes", "Yes.", " y ", "Y!", "oui", "OUI !", "o", "\nYes\n", "\"Yes\"",
        ];
        let no = ["NO", "no", "No.", "n", " Non ", "NON!!", "'no'", "No;"];
        let unclear = [
            "",
            " ",
            ".",
            "yes?",
            "maybe",
            "yes no",
            "not me",
            "yes please",
            "yess",
            "0",
            "1",
            "STOP",
            "nø",
        ];
        for text in yes {
            assert_eq!(ConsentAnswer::from_text(text), Ok(ConsentAnswer::Yes), "{text:?}");
        }
        for text in no {
            assert_eq!(ConsentAnswer::from_text(text), Ok(ConsentAnswer::No), "{text:?}");
        }
        for text in unclear {
            assert_eq!(ConsentAnswer::from_text(text), Err(UnclearReply), "{text:?}");
        }
    }

    #[test]
    fn the_id_of_a_text_has_1_to_200_characters() {
        assert_eq!("SM-1".parse::<TextId>().unwrap().as_str(), "SM-1");
        assert!("é".repeat(200).parse::<TextId>().is_ok());
        for wrong in ["", "a\nb", &"a".repeat(201)] {
            assert_eq!(wrong.parse::<TextId>(), Err(InvalidTextId), "{wrong:?}");
        }
    }
}
