//! Serves letters of authorization: made, sent to be signed, branded.

mod render;
mod request;
mod status;

use auth::{Caller, DryRun};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use grpc::{Faults, Reply};
use idempotency::Begun;
use portway_proto::intake::v1;
use portway_proto::intake::v1::letter_service_server::{LetterService, LetterServiceServer};
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};

use super::port_in::{order_name, pieces, requester};
use crate::app::Intake;
use crate::ops::letters;

/// Adds the service of letters.
pub(crate) fn add_letters(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(LetterServiceServer::new(Letters {
        intake: intake.clone(),
    }));
}

struct Letters {
    intake: Intake,
}

#[tonic::async_trait]
impl LetterService for Letters {
    type GetLetterContentStream = BoxStream<'static, Result<v1::GetLetterContentResponse, Status>>;

    async fn make_letters(&self, request: Request<v1::MakeLettersRequest>) -> Reply<v1::MakeLettersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let name = faults.finish(name)?;
        let idempotency = &self.intake.base.idempotency;
        // What was done before is not done again; the PDF goes to the store outside of the transaction.
        match idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => drop(work),
        }
        let is_dry_run = request.extensions().get::<DryRun>().is_some();
        let made = letters::compose(&self.intake, &requester, name, is_dry_run)
            .await
            .map_err(|error| status::make(&error))?;
        let mut work = match idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let made = letters::record(&self.intake, work.conn(), &requester, made)
            .await
            .map_err(|error| status::make(&error))?;
        work.finish(v1::MakeLettersResponse {
            letters: made.iter().map(render::letter).collect(),
        })
        .await
    }

    async fn get_letter_content(
        &self,
        request: Request<v1::GetLetterContentRequest>,
    ) -> Reply<Self::GetLetterContentStream> {
        use v1::get_letter_content_response::Part as Sent;
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let id = faults.required("letter_id", &request.get_ref().letter_id);
        let id = faults.finish(id)?;
        let (letter, content) = letters::content(&self.intake, &requester, id)
            .await
            .map_err(|error| status::find(&error))?;
        let head = Sent::Letter(render::letter(&letter));
        let parts = std::iter::once(head).chain(pieces(content).map(Sent::Chunk));
        let messages = parts.map(|part| Ok(v1::GetLetterContentResponse { part: Some(part) }));
        Ok(Response::new(stream::iter(messages).boxed()))
    }

    async fn send_letter_for_signing(
        &self,
        request: Request<v1::SendLetterForSigningRequest>,
    ) -> Reply<v1::SendLetterForSigningResponse> {
        let requester = requester(&request)?;
        let now = self.intake.base.clock.now();
        let new = request::new_signing(request.get_ref(), now);
        let mut reply = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => reply,
            Begun::Fresh(mut work) => {
                let shown = letters::send(&self.intake, work.conn(), &requester, new?)
                    .await
                    .map_err(|error| status::send(&error))?;
                // Replies are kept, links are not: it is put in below, whether this is the first reply or a later one.
                work.finish(v1::SendLetterForSigningResponse {
                    signing: Some(render::signing(&shown, now)),
                    url: String::new(),
                })
                .await?
            }
        };
        let signing = reply.get_ref().signing.as_ref();
        if let Some(id) = signing.and_then(|signing| signing.signing_id.parse().ok()) {
            let url = letters::link_of(&self.intake, id).await;
            reply.get_mut().url = url
                .map_err(|error| grpc::status::store(&error))?
                .unwrap_or_default();
        }
        Ok(reply)
    }

    async fn revoke_signing(
        &self,
        request: Request<v1::RevokeSigningRequest>,
    ) -> Reply<v1::RevokeSigningResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let id = faults.required("signing_id", &request.get_ref().signing_id);
        let id = faults.finish(id)?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let shown = letters::revoke(&self.intake, work.conn(), &requester, id)
            .await
            .map_err(|error| status::send(&error))?;
        work.finish(v1::RevokeSigningResponse {
            signing: Some(render::signing(&shown, self.intake.base.clock.now())),
        })
        .await
    }

    async fn list_signings(
        &self,
        request: Request<v1::ListSigningsRequest>,
    ) -> Reply<v1::ListSigningsResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let name = faults.finish(name)?;
        let listed = letters::list_signings(&self.intake, &requester, name)
            .await
            .map_err(|error| status::find(&error))?;
        let now = self.intake.base.clock.now();
        let shown = listed.iter().map(|shown| render::signing(shown, now));
        Ok(Response::new(v1::ListSigningsResponse {
            signings: shown.collect(),
        }))
    }

    async fn get_signing_link(
        &self,
        request: Request<v1::GetSigningLinkRequest>,
    ) -> Reply<v1::GetSigningLinkResponse> {
        let mut faults = Faults::new();
        let id = faults.required("signing_id", &request.get_ref().signing_id);
        let id = faults.finish(id)?;
        let found = letters::signing_link(&self.intake, id)
            .await
            .map_err(|error| status::find(&error))?;
        let now = self.intake.base.clock.now();
        Ok(Response::new(v1::GetSigningLinkResponse {
            signing: Some(render::signing(&found.shown, now)),
            url: found.url.unwrap_or_default(),
            asked_by: found.asked_by,
        }))
    }

    async fn get_letter_brand(
        &self,
        request: Request<v1::GetLetterBrandRequest>,
    ) -> Reply<v1::GetLetterBrandResponse> {
        let account = Caller::of(&request)?.account;
        let brand = letters::get_brand(&self.intake.base.pool, account)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        Ok(Response::new(v1::GetLetterBrandResponse {
            brand: Some(render::brand(&brand)),
        }))
    }

    async fn set_letter_brand(
        &self,
        request: Request<v1::SetLetterBrandRequest>,
    ) -> Reply<v1::SetLetterBrandResponse> {
        let account = Caller::of(&request)?.account;
        let brand = request::brand(request.get_ref().brand.as_ref())?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        letters::set_brand(work.conn(), account, &brand)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        work.finish(v1::SetLetterBrandResponse {
            brand: Some(render::brand(&brand)),
        })
        .await
    }
}
