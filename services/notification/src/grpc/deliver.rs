//! `DeliveryService`: what was sent.

use auth::Caller;
use grpc::Reply;
use idempotency::Begun;
use portway_proto::notification::v1 as proto;
use portway_proto::notification::v1::delivery_service_server::{DeliveryService, DeliveryServiceServer};
use service::Base;
use tonic::{Request, Response, async_trait};

use super::{convert, status};
use crate::due::Wakes;
use crate::ops;

/// Serves deliveries.
#[derive(Debug, Clone)]
pub(crate) struct Deliver {
    base: Base,
    wakes: Wakes,
}

impl Deliver {
    pub(crate) fn server(base: Base, wakes: Wakes) -> DeliveryServiceServer<Self> {
        DeliveryServiceServer::new(Self { base, wakes })
    }
}

#[async_trait]
impl DeliveryService for Deliver {
    async fn list_deliveries(
        &self,
        request: Request<proto::ListDeliveriesRequest>,
    ) -> Reply<proto::ListDeliveriesResponse> {
        let account = Caller::of(&request)?.account;
        let query = convert::delivery_query(account, request.get_ref())?;
        let page = ops::list_deliveries(&self.base.pool, &query)
            .await
            .map_err(|error| status::store(&error))?;
        Ok(Response::new(convert::delivery_page(&query, &page)))
    }

    async fn retry_delivery(
        &self,
        request: Request<proto::RetryDeliveryRequest>,
    ) -> Reply<proto::RetryDeliveryResponse> {
        let account = Caller::of(&request)?.account;
        let id = convert::required_id("delivery_id", &request.get_ref().delivery_id)?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let delivery = ops::retry_delivery(work.conn(), account, id)
            .await
            .map_err(status::retry_delivery)?;
        let reply = proto::RetryDeliveryResponse {
            delivery: Some(convert::delivery(&delivery)),
        };
        let reply = work.finish(reply).await?;
        self.wakes.of(delivery.channel).wake();
        Ok(reply)
    }
}
