//! Links for people outside the account, fetched from intake at the moment of sending and kept nowhere.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use grpc::Peer;
use notification_domain::{EmailAddress, InvitationKind};
use portway_proto::intake::v1;
use portway_proto::intake::v1::consent_service_client::ConsentServiceClient;
use portway_proto::intake::v1::letter_service_client::LetterServiceClient;
use portway_proto::intake::v1::take_consent_link_response::To;
use tonic::{Code, Request, Status};
use types::{Secret, Tn};
use uuid::Uuid;

use crate::ops::Outcome;

/// With the mail server's time well below the lease.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);

/// Who is written to, and the link: whoever has it can sign or consent.
#[derive(Debug)]
pub(super) struct Link<T> {
    pub(super) to: T,
    pub(super) url: Secret,
}

/// Asks intake for links.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    letters: LetterServiceClient<Peer>,
    consents: ConsentServiceClient<Peer>,
}

impl Links {
    pub(crate) fn new(intake: Peer) -> Self {
        Self {
            letters: LetterServiceClient::new(intake.clone()),
            consents: ConsentServiceClient::new(intake),
        }
    }

    /// The link, or what becomes of the mail without one.
    pub(super) async fn fetch(&self, kind: InvitationKind, id: Uuid) -> Result<Link<EmailAddress>, Outcome> {
        let (email, url) = match kind {
            InvitationKind::Sign => self.to_sign(id).await?,
            InvitationKind::Consent => match self.to_consent(id).await? {
                (Some(To::Email(email)), url) => (email, url),
                (Some(To::Number(_)) | None, url) => (String::new(), url),
            },
        };
        link(&email, url)
    }

    /// The link that goes to a number, or what becomes of the text without one.
    pub(super) async fn fetch_for_text(&self, consent: Uuid) -> Result<Link<Tn>, Outcome> {
        match self.to_consent(consent).await? {
            (Some(To::Number(number)), url) => link(&number, url),
            (Some(To::Email(_)) | None, url) => link("", url),
        }
    }

    async fn to_sign(&self, id: Uuid) -> Result<(String, String), Outcome> {
        let request = v1::GetSigningLinkRequest {
            signing_id: id.to_string(),
        };
        let reply = self.letters.clone().get_signing_link(timed(request)).await;
        let reply = reply.map_err(|status| outcome_of(&status))?.into_inner();
        Ok((reply.signing.unwrap_or_default().signer_email, reply.url))
    }

    async fn to_consent(&self, id: Uuid) -> Result<(Option<To>, String), Outcome> {
        let request = v1::TakeConsentLinkRequest {
            consent_id: id.to_string(),
        };
        let reply = self.consents.clone().take_consent_link(timed(request)).await;
        let reply = reply.map_err(|status| outcome_of(&status))?.into_inner();
        Ok((reply.to, reply.url))
    }
}

/// A link without a URL is one of something that is not asked any more.
fn link<T>(to: &str, url: String) -> Result<Link<T>, Outcome>
where
    T: FromStr<Err: Display>,
{
    if url.is_empty() {
        return Err(Outcome::Refused("nothing is asked any more".to_owned()));
    }
    let to = to
        .parse()
        .map_err(|error| Outcome::Refused(format!("not an address that can be written to: {error}")))?;
    Ok(Link {
        to,
        url: Secret::new(url),
    })
}

fn timed<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(FETCH_TIMEOUT);
    request
}

/// What is over stays over; anything else may be mended.
fn outcome_of(status: &Status) -> Outcome {
    let told = format!("intake gave no link: {}", status.message());
    match status.code() {
        Code::FailedPrecondition | Code::NotFound => Outcome::Refused(told),
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::InvalidArgument
        | Code::DeadlineExceeded
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => Outcome::TryAgain(told),
    }
}
