//! Links for people outside the account, fetched from intake at the moment of sending and kept nowhere.

use grpc::Peer;
use notification_domain::{EmailAddress, InvitationKind};
use portway_proto::intake::v1;
use portway_proto::intake::v1::consent_service_client::ConsentServiceClient;
use portway_proto::intake::v1::letter_service_client::LetterServiceClient;
use std::time::Duration;
use tonic::{Code, Request, Status};
use types::Secret;
use uuid::Uuid;

use crate::ops::Outcome;

/// With the mail server's time well below the lease.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);

/// Who is written to, and the link: whoever has it can sign or consent.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) to: EmailAddress,
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
    pub(super) async fn fetch(&self, kind: InvitationKind, id: Uuid) -> Result<Link, Outcome> {
        let (email, url) = match kind {
            InvitationKind::Sign => self.to_sign(id).await,
            InvitationKind::Consent => self.to_consent(id).await,
        }
        .map_err(|status| outcome_of(&status))?;
        if url.is_empty() {
            return Err(Outcome::Refused("nothing is asked any more".to_owned()));
        }
        let to = email
            .parse()
            .map_err(|error| Outcome::Refused(format!("not an address that can be written to: {error}")))?;
        Ok(Link {
            to,
            url: Secret::new(url),
        })
    }

    async fn to_sign(&self, id: Uuid) -> Result<(String, String), Status> {
        let request = v1::GetSigningLinkRequest {
            signing_id: id.to_string(),
        };
        let reply = self.letters.clone().get_signing_link(timed(request)).await?;
        let reply = reply.into_inner();
        Ok((reply.signing.unwrap_or_default().signer_email, reply.url))
    }

    async fn to_consent(&self, id: Uuid) -> Result<(String, String), Status> {
        let request = v1::TakeConsentLinkRequest {
            consent_id: id.to_string(),
        };
        let reply = self.consents.clone().take_consent_link(timed(request)).await?;
        let reply = reply.into_inner();
        Ok((reply.email, reply.url))
    }
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
