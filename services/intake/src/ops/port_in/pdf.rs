//! Reads a PDF that somebody sent: is it one, and which numbers does it list.
//!
//! **Architecture invariant:** the file is a stranger's. It is parsed with limits, on a thread of its own, and nothing
//! of it is believed but the digits in its text.

use std::collections::BTreeSet;

use lopdf::{Document, LoadOptions, ObjectId};
use sha2::{Digest, Sha256};
use thiserror::Error;
use types::Tn;

use super::pdf_text::text_of;

const MAGIC: &[u8] = b"%PDF-";
/// What one stream of the file may unpack to.
const STREAM_BYTES_MAX: usize = 32 << 20;
/// Pages that are looked at; a letter of authorization has a few.
const PAGES_READ_MAX: usize = 200;
/// Numbers that are kept of one document.
const TNS_MAX: usize = 20_000;

/// A file that is a PDF.
#[derive(Debug)]
pub(crate) struct Pdf {
    pub(crate) content: Vec<u8>,
    pub(crate) sha256: [u8; 32],
    /// The numbers in its text.
    pub(crate) tns: Vec<Tn>,
    /// Whether it has text at all; a scan has none.
    pub(crate) is_readable: bool,
}

/// Why a file was refused.
#[derive(Debug, Error)]
pub(crate) enum BadPdf {
    /// It does not begin as PDFs do.
    #[error("the file is not a PDF")]
    NotPdf,
    /// It is locked.
    #[error("the PDF is encrypted; save it without a password")]
    Encrypted,
    /// It breaks off or contradicts itself.
    #[error("the PDF is damaged")]
    Damaged,
}

impl Pdf {
    /// Checks and reads a file.
    pub(crate) async fn read(content: Vec<u8>) -> Result<Self, BadPdf> {
        let read = tokio::task::spawn_blocking(move || Self::read_now(content)).await;
        // A file that makes the parser panic is as damaged as one that it refuses.
        read.unwrap_or(Err(BadPdf::Damaged))
    }

    fn read_now(content: Vec<u8>) -> Result<Self, BadPdf> {
        if !content.starts_with(MAGIC) {
            return Err(BadPdf::NotPdf);
        }
        let options = LoadOptions::with_max_decompressed_size(STREAM_BYTES_MAX);
        let loaded = Document::load_mem_with_options(&content, options);
        let document = loaded.map_err(|error| {
            if is_locked(&error) {
                BadPdf::Encrypted
            } else {
                BadPdf::Damaged
            }
        })?;
        if document.is_encrypted() || document.was_encrypted() {
            return Err(BadPdf::Encrypted);
        }
        let pages: Vec<ObjectId> = document.get_pages().into_values().take(PAGES_READ_MAX).collect();
        // A file that had to be pieced together has lost something.
        if pages.is_empty() || document.xref_recovery.is_some() {
            return Err(BadPdf::Damaged);
        }
        let text = text_of(&document, &pages, STREAM_BYTES_MAX);
        Ok(Self {
            sha256: Sha256::digest(&content).into(),
            tns: numbers_in(&text),
            is_readable: text.chars().any(char::is_alphanumeric),
            content,
        })
    }
}

fn is_locked(error: &lopdf::Error) -> bool {
    use lopdf::Error;
    matches!(
        error,
        Error::InvalidPassword | Error::Decryption(_) | Error::UnsupportedSecurityHandler(_)
    )
}

/// Every number in a text. Digits belong together when nothing but the usual punctuation stands between them, on one
/// line; where several numbers stand in a row they are found one after the other.
fn numbers_in(text: &str) -> Vec<Tn> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let digits: Vec<(usize, char)> = line
            .char_indices()
            .filter(|(_, character)| character.is_ascii_digit())
            .collect();
        let mut start = 0;
        while start < digits.len() && found.len() < TNS_MAX {
            let number = [11, 10]
                .into_iter()
                .find_map(|length| read_number(line, digits.get(start..start + length)?));
            match number {
                Some((tn, length)) => {
                    found.insert(tn);
                    start += length;
                }
                None => start += 1,
            }
        }
    }
    found.into_iter().collect()
}

/// Reads the number that these digits of a line are, if they stand together.
fn read_number(line: &str, digits: &[(usize, char)]) -> Option<(Tn, usize)> {
    const GAP_MAX: usize = 3;
    let is_together = digits.windows(2).all(|pair| {
        let [(from, _), (to, _)] = pair else { return false };
        let gap = line.get(from + 1..*to).unwrap_or("?");
        gap.len() <= GAP_MAX
            && gap
                .chars()
                .all(|character| matches!(character, ' ' | '-' | '.' | '/' | '(' | ')'))
    });
    // A digit before or behind makes it part of something longer, such as an account number.
    let before = digits
        .first()
        .and_then(|(at, _)| line.get(..*at)?.chars().next_back());
    let behind = digits
        .last()
        .and_then(|(at, _)| line.get(at + 1..)?.chars().next());
    let is_alone = [before, behind]
        .into_iter()
        .flatten()
        .all(|character| !character.is_ascii_digit());
    let text: String = digits.iter().map(|(_, digit)| digit).collect();
    (is_together && is_alone)
        .then(|| numbering::parse(&text).ok())
        .flatten()
        .map(|tn| (tn, digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_text_however_they_are_written() {
        let cases = [
            (
                "Please port (201) 867-0123 and 201.867.0124.",
                vec!["+12018670123", "+12018670124"],
            ),
            (
                "+1 201 867 0123, 12018670124",
                vec!["+12018670123", "+12018670124"],
            ),
            ("2018670123 2018670124", vec!["+12018670123", "+12018670124"]),
            ("1. 201-867-0123", vec!["+12018670123"]),
            ("12. 201-867-0123", vec!["+12018670123"]),
            ("Account 99201867012345", vec![]),
            ("201867\n0123", vec![]),
            ("Date 2026-11-21, $201.86", vec![]),
        ];
        for (text, expected) in cases {
            let found: Vec<String> = numbers_in(text).iter().map(Tn::to_string).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_pdf_is_refused() {
        assert!(matches!(Pdf::read_now(b"GIF89a".to_vec()), Err(BadPdf::NotPdf)));
        assert!(matches!(
            Pdf::read_now(b"%PDF-1.7 and then nothing".to_vec()),
            Err(BadPdf::Damaged)
        ));
    }
}
