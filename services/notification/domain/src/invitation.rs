//! Asking somebody outside the account to do something by a link.

use jiff::Timestamp;
use types::Tn;
use uuid::Uuid;

/// What the link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvitationKind {
    /// To sign a letter of authorization.
    Sign,
    /// To say whether numbers may go.
    Consent,
}

impl InvitationKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Sign, Self::Consent];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sign => "SIGN",
            Self::Consent => "CONSENT",
        }
    }

    /// Whom a list of deliveries names as the receiver: addresses of people outside the account are not kept here.
    pub const fn receiver(self) -> &'static str {
        match self {
            Self::Sign => "the signer",
            Self::Consent => "the end user",
        }
    }
}

/// A mail with a link in it. Neither the link nor the address is known before the mail is sent: whoever has the link can
/// sign or consent, so it is fetched at that moment and kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// What for.
    pub kind: InvitationKind,
    /// The signing, or the question, by its id at intake.
    pub id: Uuid,
    /// Until when the link is good.
    pub expires_at: Timestamp,
}

/// A text with a link in it, which asks who holds the phone whether its number may go. The link is fetched and kept as that
/// of an [`Invitation`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextInvitation {
    /// The number that is asked about, and texted.
    pub number: Tn,
    /// The question, by its id at intake.
    pub id: Uuid,
    /// Until when the link is good.
    pub expires_at: Timestamp,
}

/// By which way somebody outside the account is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited {
    /// By a mail.
    ByMail(Invitation),
    /// By a text.
    ByText(TextInvitation),
}

impl Invited {
    /// Until when the link is good.
    pub const fn expires_at(&self) -> Timestamp {
        match self {
            Self::ByMail(invitation) => invitation.expires_at,
            Self::ByText(invitation) => invitation.expires_at,
        }
    }
}
