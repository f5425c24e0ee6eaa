//! `PreferenceService`: who is told what.

use auth::Caller;
use grpc::Reply;
use idempotency::Begun;
use portway_proto::notification::v1 as proto;
use portway_proto::notification::v1::preference_service_server::{
    PreferenceService, PreferenceServiceServer,
};
use service::Base;
use tonic::{Request, Response, async_trait};

use super::{convert, status};
use crate::ops;

/// Serves preferences.
#[derive(Debug, Clone)]
pub(crate) struct Prefer {
    base: Base,
    allow_private: bool,
}

impl Prefer {
    pub(crate) fn server(base: Base, allow_private: bool) -> PreferenceServiceServer<Self> {
        PreferenceServiceServer::new(Self { base, allow_private })
    }

    /// Puts the secret into a reply that was kept with the sealed one, now or when it was first given.
    fn reveal(
        &self,
        reply: Response<proto::CreateWebhookEndpointResponse>,
    ) -> Reply<proto::CreateWebhookEndpointResponse> {
        let (metadata, mut message, extensions) = reply.into_parts();
        let id = convert::id_of_reply(&message)?;
        let secret = ops::reveal_secret(&self.base.vault, id, &message.secret)
            .map_err(|error| status::vault(&error))?;
        secret.expose().clone_into(&mut message.secret);
        Ok(Response::from_parts(metadata, message, extensions))
    }
}

#[async_trait]
impl PreferenceService for Prefer {
    async fn create_webhook_endpoint(
        &self,
        request: Request<proto::CreateWebhookEndpointRequest>,
    ) -> Reply<proto::CreateWebhookEndpointResponse> {
        let account = Caller::of(&request)?.account;
        let new = convert::new_endpoint(request.get_ref(), self.allow_private)?;
        let reply = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => reply,
            Begun::Fresh(mut work) => {
                let now = self.base.clock.now();
                let created = ops::create_endpoint(work.conn(), &self.base.vault, account, new, now)
                    .await
                    .map_err(status::create_endpoint)?;
                work.finish(convert::created_endpoint(created)).await?
            }
        };
        self.reveal(reply)
    }

    async fn list_webhook_endpoints(
        &self,
        request: Request<proto::ListWebhookEndpointsRequest>,
    ) -> Reply<proto::ListWebhookEndpointsResponse> {
        let account = Caller::of(&request)?.account;
        let endpoints = ops::list_endpoints(&self.base.pool, account)
            .await
            .map_err(|error| status::store(&error))?;
        let endpoints = endpoints.iter().map(convert::endpoint).collect();
        Ok(Response::new(proto::ListWebhookEndpointsResponse { endpoints }))
    }

    async fn delete_webhook_endpoint(
        &self,
        request: Request<proto::DeleteWebhookEndpointRequest>,
    ) -> Reply<proto::DeleteWebhookEndpointResponse> {
        let account = Caller::of(&request)?.account;
        let id = convert::required_id("endpoint_id", &request.get_ref().endpoint_id)?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        ops::delete_endpoint(work.conn(), account, id)
            .await
            .map_err(status::delete_endpoint)?;
        work.finish(proto::DeleteWebhookEndpointResponse {}).await
    }

    async fn create_contact(
        &self,
        request: Request<proto::CreateContactRequest>,
    ) -> Reply<proto::CreateContactResponse> {
        let account = Caller::of(&request)?.account;
        let contact = convert::new_contact(request.get_ref())?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        ops::create_contact(work.conn(), account, &contact)
            .await
            .map_err(status::create_contact)?;
        let contact = Some(convert::contact(&contact));
        work.finish(proto::CreateContactResponse { contact }).await
    }

    async fn list_contacts(
        &self,
        request: Request<proto::ListContactsRequest>,
    ) -> Reply<proto::ListContactsResponse> {
        let account = Caller::of(&request)?.account;
        let contacts = ops::list_contacts(&self.base.pool, account)
            .await
            .map_err(|error| status::store(&error))?;
        let contacts = contacts.iter().map(convert::contact).collect();
        Ok(Response::new(proto::ListContactsResponse { contacts }))
    }

    async fn delete_contact(
        &self,
        request: Request<proto::DeleteContactRequest>,
    ) -> Reply<proto::DeleteContactResponse> {
        let account = Caller::of(&request)?.account;
        let id = convert::required_id("contact_id", &request.get_ref().contact_id)?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        ops::delete_contact(work.conn(), account, id)
            .await
            .map_err(status::delete_contact)?;
        work.finish(proto::DeleteContactResponse {}).await
    }
}
