//! `ClockService`: shows the business clock and moves it, in a system that allows it.

use grpc::{Faults, Reply};
use portway_proto::sim::v1;
use portway_proto::sim::v1::advance_clock_request::Target as Wanted;
use portway_proto::sim::v1::clock_service_server::ClockService;
use service::stamp;
use tonic::{Request, Response, Status};

use super::carrier_convert::instant;
use super::script_convert::to_span;
use super::status;
use crate::app::Simulator;
use crate::ops::{self, Target};

pub(super) struct BusinessClock(pub(super) Simulator);

#[tonic::async_trait]
impl ClockService for BusinessClock {
    async fn get_clock(&self, _request: Request<v1::GetClockRequest>) -> Reply<v1::GetClockResponse> {
        let now = self.0.base.clock.now();
        Ok(Response::new(v1::GetClockResponse {
            now: Some(stamp::to_proto(now)),
        }))
    }

    async fn advance_clock(
        &self,
        request: Request<v1::AdvanceClockRequest>,
    ) -> Reply<v1::AdvanceClockResponse> {
        let target = target(&request.into_inner())?;
        let moved = ops::move_clock(&self.0, target).await;
        let moved = moved.map_err(|error| status::move_clock(&error))?;
        Ok(Response::new(v1::AdvanceClockResponse {
            now: Some(stamp::to_proto(moved.to)),
            steps: i32::try_from(moved.steps).unwrap_or(i32::MAX),
        }))
    }
}

fn target(request: &v1::AdvanceClockRequest) -> Result<Target, Status> {
    let mut faults = Faults::new();
    let target = match &request.target {
        None => {
            faults.add("target", "MISSING", "give to or by");
            None
        }
        Some(Wanted::To(at)) => instant(&mut faults, "to", Some(at)).map(Target::To),
        Some(Wanted::By(by)) => {
            let by = to_span(by).filter(|by| !by.is_negative());
            let by = by.ok_or("must be a span of time, not backwards");
            faults.check("by", "OUT_OF_RANGE", by).map(Target::By)
        }
    };
    faults.finish(target)
}
