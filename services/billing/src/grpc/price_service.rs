//! Prices and quotes.

use ::grpc::{Reply, status as shared};
use auth::Caller;
use idempotency::Begun;
use portway_proto::billing::v1::price_service_server::PriceService;
use portway_proto::billing::v1::{PutPriceRequest, PutPriceResponse, QuoteRequest, QuoteResponse};
use service::Base;
use tonic::{Request, Response};

use super::{convert, status};
use crate::{ops, render};

/// The price service.
#[derive(Debug)]
pub(super) struct Prices {
    pub(super) base: Base,
}

#[tonic::async_trait]
impl PriceService for Prices {
    async fn quote(&self, request: Request<QuoteRequest>) -> Reply<QuoteResponse> {
        let account = Caller::of(&request)?.account;
        let (kind, numbers) = convert::quote(request.into_inner())?;
        let now = self.base.clock.now();
        let quote = ops::prices::quote(&self.base.pool, account, kind, numbers, now)
            .await
            .map_err(|error| status::quote(&error))?;
        Ok(Response::new(render::quote(quote)))
    }

    async fn put_price(&self, request: Request<PutPriceRequest>) -> Reply<PutPriceResponse> {
        let caller = Caller::of(&request)?;
        let price = convert::price(request.get_ref())?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        ops::prices::put_price(work.conn(), price, &caller.subject, self.base.clock.now())
            .await
            .map_err(|error| shared::store(&error))?;
        work.finish(PutPriceResponse {
            price: Some(render::price(price)),
        })
        .await
    }
}
