//! `ConsentService`: gives the sender of emails and texts the link by which an end user answers, and takes in what is
//! answered by text.

use grpc::status::fail;
use grpc::{Faults, Reply};
use intake_domain::port_out::{Asked, ConsentAnswer};
use portway_proto::intake::v1;
use portway_proto::intake::v1::consent_service_server::{ConsentService, ConsentServiceServer};
use portway_proto::intake::v1::take_consent_link_response::To;
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Code, Request, Response, Status};

use super::{convert, status};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_out::TextReply;

/// Adds the service to the routes.
pub(super) fn add_consents(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(ConsentServiceServer::new(Consents {
        intake: intake.clone(),
    }));
}

struct Consents {
    intake: Intake,
}

#[tonic::async_trait]
impl ConsentService for Consents {
    async fn take_consent_link(
        &self,
        request: Request<v1::TakeConsentLinkRequest>,
    ) -> Reply<v1::TakeConsentLinkResponse> {
        let mut faults = Faults::new();
        let id = faults.required("consent_id", &request.get_ref().consent_id);
        let id = faults.finish(id)?;
        let link = ops::port_out::take_consent_link(&self.intake, id)
            .await
            .map_err(|error| status::consent(&error))?;
        Ok(Response::new(v1::TakeConsentLinkResponse {
            to: Some(match link.consent.asked {
                Asked::ByEmail { email, .. } => To::Email(email),
                Asked::BySms { tn } => To::Number(tn.to_string()),
            }),
            url: link.url.expose().to_owned(),
            expires_at: Some(stamp::to_proto(link.consent.expires_at)),
        }))
    }

    async fn record_text_reply(
        &self,
        request: Request<v1::RecordTextReplyRequest>,
    ) -> Reply<v1::RecordTextReplyResponse> {
        let reply = text_reply(request.get_ref())?;
        let answered = ops::port_out::record_text_reply(&self.intake, reply)
            .await
            .map_err(|error| status::consent(&error))?;
        Ok(Response::new(v1::RecordTextReplyResponse {
            consent_id: answered.id.to_string(),
            port_out_id: answered.port_out.to_string(),
            answer: convert::consent_as_a_whole(&answered).into(),
        }))
    }
}

/// A text that is unclear and nothing else is refused with a reason of its own, so that the sender can be asked again.
fn text_reply(request: &v1::RecordTextReplyRequest) -> Result<TextReply, Status> {
    let mut faults = Faults::new();
    let from = faults.required("from", &request.from);
    let message = faults.required("message_id", &request.message_id);
    let answer = match ConsentAnswer::from_text(&request.text) {
        Err(unclear) if faults.is_empty() => {
            return Err(fail(Code::InvalidArgument, "REPLY_UNCLEAR", unclear.to_string()));
        }
        read => faults.check("text", "INVALID", read),
    };
    let ((from, message), answer) = faults.finish(from.zip(message).zip(answer))?;
    Ok(TextReply {
        from,
        message,
        answer,
    })
}
