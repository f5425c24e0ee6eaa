//! A signature given by a link: a page that says who, when and how, behind the letter that was signed.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::LetterError;
use crate::flow::Flow;
use crate::font::{Weight, unprintable};

const SIZE: f32 = 10.0;
/// So that a hash stands on one line.
const SMALL: f32 = 8.5;

/// What is known of a signature.
#[derive(Debug, Clone)]
pub struct Signature {
    /// Number of the order, for people.
    pub reference: String,
    /// The name as the signer typed it.
    pub signed_as: String,
    /// Who was asked to sign.
    pub signer: String,
    /// Where the link was sent.
    pub signer_email: String,
    /// When, by the business clock.
    pub signed_at: Timestamp,
    /// When, by the machine's clock.
    pub machine_time: Timestamp,
    /// Network address from which it was signed.
    pub remote_address: IpAddr,
    /// The program with which it was signed, as it says.
    pub user_agent: String,
    /// SHA-256 of the letter that was shown, hex.
    pub letter_sha256: String,
}

impl Signature {
    /// The letter, signed: its pages as they were, and one more.
    pub fn sign(&self, letter: &[u8]) -> Result<Vec<u8>, LetterError> {
        let mut flow = Flow::new()?;
        flow.line(Weight::Bold, 17.0, "Electronic signature")?;
        flow.gap(8.0);
        flow.paragraph(
            SIZE,
            "The letter of authorization on the pages before this one was read and signed electronically. The signer \
             opened it by a personal link, agreed to sign it electronically, and typed their name as their signature.",
        )?;
        flow.gap(6.0);
        flow.pair(14.0, "Signed", &self.signed_as)?;
        flow.gap(8.0);
        flow.pair(SIZE, "Asked to sign", &self.signer)?;
        flow.pair(SIZE, "Link sent to", &self.signer_email)?;
        flow.pair(SIZE, "Signed at", &instant(self.signed_at))?;
        flow.pair(SIZE, "Machine time", &instant(self.machine_time))?;
        flow.pair(SIZE, "Network address", &self.remote_address.to_string())?;
        flow.pair(SIZE, "Program", &printable(&self.user_agent))?;
        flow.pair(SMALL, "Letter (SHA-256)", &self.letter_sha256)?;
        flow.pair(SIZE, "Order", &self.reference)?;
        flow.sheets.end_page();
        flow.sheets.finish_after(letter)
    }
}

fn instant(at: Timestamp) -> String {
    at.strftime("%B %-d, %Y, %H:%M:%S UTC").to_string()
}

/// Programs name themselves as they like.
fn printable(text: &str) -> String {
    let shown = text.chars().map(|character| {
        let mut buffer = [0; 4];
        if unprintable(character.encode_utf8(&mut buffer)).is_some() {
            '?'
        } else {
            character
        }
    });
    shown.collect()
}
