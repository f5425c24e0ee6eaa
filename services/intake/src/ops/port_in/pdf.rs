//! Reads a PDF that somebody sent: is it one, which numbers does it list, and what does it say of an account.
//!
//! **Architecture invariant:** the file is a stranger's. It is parsed with limits, on a thread of its own, and nothing
//! of it is believed but the text of its pages, which is compared and never acted upon.

use intake_domain::record::{self, AccountRecord, numbers_in};
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
/// What an account record is read from; the first pages say whose it is.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// A file that is a PDF.
#[derive(Debug)]
pub(crate) struct Pdf {
    pub(crate) content: Vec<u8>,
    pub(crate) sha256: [u8; 32],
    /// The numbers in its text.
    pub(crate) tns: Vec<Tn>,
    /// Whether it has text at all; a scan has none.
    pub(crate) is_readable: bool,
    /// What it says of an account, if it is a paper that does.
    pub(crate) record: AccountRecord,
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
            record: record::read(
                text.get(..text.floor_char_boundary(RECORD_BYTES_MAX))
                    .unwrap_or_default(),
            ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_pdf_is_refused() {
        assert!(matches!(Pdf::read_now(b"GIF89a".to_vec()), Err(BadPdf::NotPdf)));
        assert!(matches!(
            Pdf::read_now(b"%PDF-1.7 and then nothing".to_vec()),
            Err(BadPdf::Damaged)
        ));
    }
}
