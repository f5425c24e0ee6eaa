//! Intake, as far as it hands out links, on a real socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use notification::Settings;
use portway_proto::intake::v1;
use portway_proto::intake::v1::consent_service_server::{ConsentService, ConsentServiceServer};
use portway_proto::intake::v1::letter_service_server::{LetterService, LetterServiceServer};
use portway_proto::intake::v1::take_consent_link_response::To;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// What intake says when it is asked for a link.
#[derive(Debug, Clone)]
pub(crate) enum Says {
    /// Here it is.
    Link(&'static str),
    /// It was signed, answered, revoked or has expired.
    Closed,
    /// It is away.
    Away,
}

/// Hands out links to `signer@elsewhere.test`, and to `user@elsewhere.test` or a number.
#[derive(Debug, Clone)]
pub(crate) struct IntakeStub {
    says: Arc<Mutex<Says>>,
    /// The number that consents are asked of; none: an address.
    texted: Arc<Mutex<Option<String>>>,
    address: SocketAddr,
}

impl IntakeStub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub = Self {
            says: Arc::new(Mutex::new(Says::Link("https://links.portway.test/first"))),
            texted: Arc::default(),
            address: listener.local_addr().unwrap(),
        };
        let serving = Server::builder()
            .add_service(LetterServiceServer::new(stub.clone()))
            .add_service(ConsentServiceServer::new(stub.clone()))
            .serve_with_incoming(TcpIncoming::from(listener));
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(serving);
        stub
    }

    pub(crate) fn says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// Whoever is asked from now on is asked by a text to this number.
    pub(crate) fn asks_by_text(&self, number: &str) {
        *self.texted.lock().unwrap() = Some(number.to_owned());
    }

    /// Settings of a service that calls this intake.
    pub(crate) fn known_to(&self, settings: Settings) -> Settings {
        Settings {
            intake_endpoint: format!("http://{}", self.address),
            ..settings
        }
    }

    fn answer(&self) -> Result<String, Status> {
        match self.says.lock().unwrap().clone() {
            Says::Link(url) => Ok(url.to_owned()),
            Says::Closed => Ok(String::new()),
            Says::Away => Err(Status::unavailable("intake is away")),
        }
    }
}

fn not_asked<T>() -> Result<T, Status> {
    Err(Status::unimplemented("notification does not ask for this"))
}

#[tonic::async_trait]
impl ConsentService for IntakeStub {
    async fn take_consent_link(
        &self,
        _request: Request<v1::TakeConsentLinkRequest>,
    ) -> Result<Response<v1::TakeConsentLinkResponse>, Status> {
        Ok(Response::new(v1::TakeConsentLinkResponse {
            to: Some(match self.texted.lock().unwrap().clone() {
                Some(number) => To::Number(number),
                None => To::Email("user@elsewhere.test".to_owned()),
            }),
            url: self.answer()?,
            expires_at: None,
        }))
    }

    async fn record_text_reply(
        &self,
        _request: Request<v1::RecordTextReplyRequest>,
    ) -> Result<Response<v1::RecordTextReplyResponse>, Status> {
        not_asked()
    }
}

#[tonic::async_trait]
impl LetterService for IntakeStub {
    type GetLetterContentStream = futures::stream::Empty<Result<v1::GetLetterContentResponse, Status>>;

    async fn get_signing_link(
        &self,
        request: Request<v1::GetSigningLinkRequest>,
    ) -> Result<Response<v1::GetSigningLinkResponse>, Status> {
        let signing = v1::Signing {
            signing_id: request.into_inner().signing_id,
            signer_email: "signer@elsewhere.test".to_owned(),
            ..v1::Signing::default()
        };
        Ok(Response::new(v1::GetSigningLinkResponse {
            signing: Some(signing),
            url: self.answer()?,
            asked_by: "Harbor Realty".to_owned(),
        }))
    }

    async fn make_letters(
        &self,
        _request: Request<v1::MakeLettersRequest>,
    ) -> Result<Response<v1::MakeLettersResponse>, Status> {
        not_asked()
    }

    async fn get_letter_content(
        &self,
        _request: Request<v1::GetLetterContentRequest>,
    ) -> Result<Response<Self::GetLetterContentStream>, Status> {
        not_asked()
    }

    async fn send_letter_for_signing(
        &self,
        _request: Request<v1::SendLetterForSigningRequest>,
    ) -> Result<Response<v1::SendLetterForSigningResponse>, Status> {
        not_asked()
    }

    async fn list_signings(
        &self,
        _request: Request<v1::ListSigningsRequest>,
    ) -> Result<Response<v1::ListSigningsResponse>, Status> {
        not_asked()
    }

    async fn revoke_signing(
        &self,
        _request: Request<v1::RevokeSigningRequest>,
    ) -> Result<Response<v1::RevokeSigningResponse>, Status> {
        not_asked()
    }

    async fn get_letter_brand(
        &self,
        _request: Request<v1::GetLetterBrandRequest>,
    ) -> Result<Response<v1::GetLetterBrandResponse>, Status> {
        not_asked()
    }

    async fn set_letter_brand(
        &self,
        _request: Request<v1::SetLetterBrandRequest>,
    ) -> Result<Response<v1::SetLetterBrandResponse>, Status> {
        not_asked()
    }
}
