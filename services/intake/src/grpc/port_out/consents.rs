//! `ConsentService`: gives the sender of emails the link by which an end user answers.

use grpc::{Faults, Reply};
use portway_proto::intake::v1;
use portway_proto::intake::v1::consent_service_server::{ConsentService, ConsentServiceServer};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response};

use super::status;
use crate::app::Intake;
use crate::ops;

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
            email: link.consent.email,
            url: link.url.expose().to_owned(),
            expires_at: Some(stamp::to_proto(link.consent.expires_at)),
        }))
    }
}
