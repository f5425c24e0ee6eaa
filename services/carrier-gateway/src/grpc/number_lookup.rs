//! `portway.gateway.v1.NumberLookupService`.

use grpc::Reply;
use idempotency::Begun;
use jiff::tz::TimeZone;
use portway_proto::gateway::v1;
use portway_proto::gateway::v1::number_lookup_service_server::NumberLookupService;
use service::Base;
use tonic::{Request, Response};

use super::lookup_convert as convert;
use crate::ops;

/// Says who has a number.
#[derive(Debug)]
pub(crate) struct NumberLookup {
    base: Base,
}

impl NumberLookup {
    pub(crate) fn new(base: Base) -> Self {
        Self { base }
    }
}

#[tonic::async_trait]
impl NumberLookupService for NumberLookup {
    async fn lookup_numbers(
        &self,
        request: Request<v1::LookupNumbersRequest>,
    ) -> Reply<v1::LookupNumbersResponse> {
        let tns = convert::tns(request.get_ref())?;
        let holders = ops::look_up_numbers(&self.base.pool, &tns)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        let today = self.base.clock.now().to_zoned(TimeZone::UTC).date();
        Ok(Response::new(convert::holders(&holders, today)))
    }

    async fn put_number_blocks(
        &self,
        request: Request<v1::PutNumberBlocksRequest>,
    ) -> Reply<v1::PutNumberBlocksResponse> {
        let named = convert::named_in_blocks(request.get_ref());
        let known = ops::list_known_carriers(&self.base.pool, &named)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        let blocks = convert::blocks(request.get_ref(), &known)?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        ops::put_holders(work.conn(), &blocks)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        work.finish(v1::PutNumberBlocksResponse {}).await
    }

    async fn put_ported_numbers(
        &self,
        request: Request<v1::PutPortedNumbersRequest>,
    ) -> Reply<v1::PutPortedNumbersResponse> {
        let named = convert::named_in_numbers(request.get_ref());
        let known = ops::list_known_carriers(&self.base.pool, &named)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        let numbers = convert::ported_numbers(request.get_ref(), &known)?;
        let mut work = match self.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        ops::put_holders(work.conn(), &numbers)
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        work.finish(v1::PutPortedNumbersResponse {}).await
    }
}
