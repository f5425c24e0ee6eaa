//! Reads requests about letters.

use grpc::Faults;
use intake_domain::letters::expiry;
use intake_domain::port_in::Email;
use jiff::Timestamp;
use letters::{Logo, unprintable};
use portway_proto::intake::v1;
use service::stamp;
use tonic::Status;

use crate::ops::letters::{KeptBrand, NewSigning};

const SIGNER_CHARS_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 60;
const CONTACT_CHARS_MAX: usize = 120;

pub(super) fn new_signing(
    request: &v1::SendLetterForSigningRequest,
    now: Timestamp,
) -> Result<NewSigning, Status> {
    let mut faults = Faults::new();
    let letter = faults.required("letter_id", &request.letter_id);
    let signer_name = printed(&mut faults, "signer_name", &request.signer_name, SIGNER_CHARS_MAX);
    if request.signer_name.trim().is_empty() {
        faults.add("signer_name", "MISSING", "must be set");
    }
    let signer_email: Option<Email> = faults.required("signer_email", &request.signer_email);
    let asked = request.expires_at.as_ref().map(stamp::from_proto);
    let expires_at = match asked {
        None => expiry(None, now),
        Some(asked) => asked.ok().and_then(|asked| expiry(Some(asked), now)),
    };
    if expires_at.is_none() {
        faults.add(
            "expires_at",
            "OUT_OF_RANGE",
            "must be to come, and at most 30 days away",
        );
    }
    let new = (|| {
        Some(NewSigning {
            letter: letter?,
            signer_name,
            signer_email: signer_email?.to_string(),
            expires_at: expires_at?,
        })
    })();
    faults.finish(new)
}

pub(super) fn brand(request: Option<&v1::LetterBrand>) -> Result<KeptBrand, Status> {
    let mut faults = Faults::new();
    let Some(request) = request else {
        faults.add("brand", "MISSING", "must be set");
        return faults.finish(None);
    };
    let name = printed(&mut faults, "brand.name", &request.name, NAME_CHARS_MAX);
    let contact_line = printed(
        &mut faults,
        "brand.contact_line",
        &request.contact_line,
        CONTACT_CHARS_MAX,
    );
    let accent = faults.optional("brand.accent_colour", &request.accent_colour);
    if !request.logo_png.is_empty() {
        faults.check("brand.logo_png", "LOGO", Logo::read(&request.logo_png));
    }
    faults.finish(Some(KeptBrand {
        name,
        logo_png: request.logo_png.clone(),
        accent,
        contact_line,
    }))
}

/// A text on one line that letters can show; it may be empty.
fn printed(faults: &mut Faults, field: &str, raw: &str, chars_max: usize) -> String {
    let text = raw.trim();
    faults.at_most(field, text, chars_max);
    if let Some(character) = unprintable(text) {
        let message = format!("has the character {character:?}, which letters cannot show");
        faults.add(field, "UNPRINTABLE", message);
    }
    text.to_owned()
}
