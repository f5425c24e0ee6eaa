//! Letters of authorization as PDFs: made from data, and signed by adding a page that says who signed when and how.
//!
//! A letter names what 47 CFR 64.1130 asks of a letter of agency: the subscriber's billing name and address, every number
//! it covers, the decision to change the carrier, who is the agent for that change, that a number has one carrier only,
//! and that the change may cost a fee. It is a document for this purpose alone and asks for no action to stay as it is.
//!
//! Start at [`Letter`]. Data goes in and bytes come out: this crate reads no file, no clock and no network. The fonts
//! (Roboto, Apache-2.0) are compiled in; see `fonts/README.md`.
//!
//! **Architecture invariant:** a text that the fonts cannot show makes no letter ([`unprintable`]); a name is never printed
//! with a hole in it.
#![warn(missing_docs)]

mod brand;
mod flow;
mod font;
mod letter;
mod logo;
mod sheets;
mod signature;

pub use brand::{Brand, Colour, InvalidColour};
pub use font::unprintable;
pub use letter::{Letter, LetterPdf};
pub use logo::{BadLogo, LOGO_BYTES_MAX, LOGO_SIDE_MAX, Logo};
pub use signature::Signature;

/// Why a PDF was not made.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The fonts have no sign for a character.
    #[error("the character {0:?} cannot be printed")]
    Unprintable(char),
    /// The compiled-in font cannot be used.
    #[error("a font cannot be used")]
    Font(#[from] ttf_parser::FaceParsingError),
    /// The PDF cannot be written, or is not one of ours.
    #[error("the PDF cannot be put together")]
    Pdf(#[from] lopdf::Error),
}
