//! `ScenarioService`: scripts what the carriers answer and plays winning ones.

use grpc::Reply;
use grpc::status::store;
use portway_proto::sim::v1;
use portway_proto::sim::v1::scenario_service_server::ScenarioService;
use tonic::{Request, Response};

use super::{scenario_convert as convert, script_convert, status};
use crate::app::Simulator;
use crate::ops;
use crate::port_out::WinnerPlays;

pub(super) struct Scenario(pub(super) Simulator);

#[tonic::async_trait]
impl ScenarioService for Scenario {
    async fn put_script(&self, request: Request<v1::PutScriptRequest>) -> Reply<v1::PutScriptResponse> {
        let put = script_convert::script(&request.into_inner())?;
        let done = ops::put_script(&self.0, put.script_of, &put.script, put.fail_calls).await;
        done.map_err(|error| store(&error))?;
        Ok(Response::new(v1::PutScriptResponse {}))
    }

    async fn request_port_out(
        &self,
        request: Request<v1::RequestPortOutRequest>,
    ) -> Reply<v1::RequestPortOutResponse> {
        let request = request.into_inner();
        let port_out = convert::port_out(&request, self.0.base.clock.now())?;
        let plays = WinnerPlays {
            completes_at_foc: request.complete_at_foc,
            refuses_conflicts: request.refuse_conflicts,
        };
        let done = ops::request_port_out(&self.0, &port_out, plays).await;
        done.map_err(|error| store(&error))?;
        Ok(Response::new(v1::RequestPortOutResponse {}))
    }

    async fn report_port_out(
        &self,
        request: Request<v1::ReportPortOutRequest>,
    ) -> Reply<v1::ReportPortOutResponse> {
        let news = convert::progress(&request.into_inner(), self.0.base.clock.now())?;
        let done = ops::report_port_out(&self.0, &news).await;
        done.map_err(|error| status::report_port_out(&error))?;
        Ok(Response::new(v1::ReportPortOutResponse {}))
    }

    async fn list_calls(&self, request: Request<v1::ListCallsRequest>) -> Reply<v1::ListCallsResponse> {
        let (pon, limit) = convert::call_list(&request.into_inner())?;
        let calls = ops::list_calls(&self.0, pon.as_ref(), limit).await;
        let calls = calls.map_err(|error| store(&error))?;
        Ok(Response::new(v1::ListCallsResponse {
            calls: calls.into_iter().map(v1::Call::from).collect(),
        }))
    }
}
