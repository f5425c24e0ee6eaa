//! Shows letters and signings.

use intake_domain::letters::{SigningEnd, SigningState};
use jiff::Timestamp;
use portway_proto::intake::v1;
use service::stamp;

use crate::ops::letters::{KeptBrand, Letter, ShownSigning};

pub(super) fn letter(letter: &Letter) -> v1::Letter {
    v1::Letter {
        letter_id: letter.id.to_string(),
        order_id: letter.order.to_string(),
        btn: letter.btn.map(|btn| btn.to_string()).unwrap_or_default(),
        number_count: i32::try_from(letter.tns.len()).unwrap_or(i32::MAX),
        sha256: hex::encode(letter.sha256),
        size_bytes: letter.size_bytes,
        page_count: letter.page_count,
        made_at: Some(stamp::to_proto(letter.made_at)),
    }
}

pub(super) fn signing(shown: &ShownSigning, now: Timestamp) -> v1::Signing {
    let ShownSigning { signing, letter, .. } = shown;
    let state = match signing.state(now) {
        SigningState::Pending if shown.is_outdated => v1::SigningState::Outdated,
        SigningState::Pending => v1::SigningState::Pending,
        SigningState::Signed => v1::SigningState::Signed,
        SigningState::Revoked => v1::SigningState::Revoked,
        SigningState::Expired => v1::SigningState::Expired,
    };
    let signature = match &signing.end {
        SigningEnd::Signed(record) => Some(v1::Signature {
            signed_as: record.signed_as.clone(),
            signed_at: Some(stamp::to_proto(record.signed_at)),
            machine_time: Some(stamp::to_proto(record.machine_time)),
            remote_address: record.remote_address.to_string(),
            user_agent: record.user_agent.clone(),
            letter_sha256: hex::encode(letter.sha256),
            document_id: record.document.to_string(),
        }),
        SigningEnd::Open | SigningEnd::Revoked => None,
    };
    v1::Signing {
        signing_id: signing.id.to_string(),
        letter_id: signing.letter.to_string(),
        order_id: signing.order.to_string(),
        signer_name: signing.signer_name.clone(),
        signer_email: signing.signer_email.clone(),
        state: state.into(),
        requested_at: Some(stamp::to_proto(signing.requested_at)),
        expires_at: Some(stamp::to_proto(signing.expires_at)),
        signature,
    }
}

pub(super) fn brand(brand: &KeptBrand) -> v1::LetterBrand {
    v1::LetterBrand {
        name: brand.name.clone(),
        logo_png: brand.logo_png.clone(),
        accent_colour: brand.accent.map(|colour| colour.to_string()).unwrap_or_default(),
        contact_line: brand.contact_line.clone(),
    }
}
