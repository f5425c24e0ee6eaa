//! `portway.gateway.v1.CarrierService`.

use grpc::Reply;
use idempotency::Begun;
use portway_proto::gateway::v1;
use portway_proto::gateway::v1::carrier_service_server::CarrierService;
use service::Base;
use tonic::{Request, Response};

use super::{carrier_convert, convert, status};
use crate::{announce, ops};

/// Serves carriers.
#[derive(Debug)]
pub(crate) struct Carriers {
    base: Base,
}

impl Carriers {
    pub(crate) fn new(base: Base) -> Self {
        Self { base }
    }
}

#[tonic::async_trait]
impl CarrierService for Carriers {
    async fn list_carriers(
        &self,
        request: Request<v1::ListCarriersRequest>,
    ) -> Reply<v1::ListCarriersResponse> {
        let page = convert::carriers_page(request.get_ref())?;
        let carriers = ops::list_carriers(&self.base.pool, &page.after, page.size)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        Ok(Response::new(convert::carriers(&page, &carriers)))
    }

    async fn put_carrier(&self, request: Request<v1::PutCarrierRequest>) -> Reply<v1::PutCarrierResponse> {
        let carrier = carrier_convert::carrier(request.get_ref().carrier.as_ref())?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let carrier = ops::put_carrier(work.conn(), carrier, self.base.clock.now())
            .await
            .map_err(|error| status::put_carrier(&error))?;
        work.finish(v1::PutCarrierResponse {
            carrier: Some(announce::carrier(&carrier)),
        })
        .await
    }
}
