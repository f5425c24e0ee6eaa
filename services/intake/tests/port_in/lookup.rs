//! Plays the carrier gateway's carrier data: who has which number, as a test says.

use std::sync::{Arc, Mutex};

use portway_proto::gateway::v1 as wire;
use portway_proto::gateway::v1::number_lookup_service_server::NumberLookupService;
use tonic::{Request, Response, Status};

#[derive(Default)]
struct State {
    holders: Vec<wire::NumberHolder>,
    is_away: bool,
    calls: usize,
}

/// The carrier data.
#[derive(Clone, Default)]
pub(crate) struct LookupStub(Arc<Mutex<State>>);

impl LookupStub {
    /// Says who has a number. Nobody has those that are not said.
    pub(crate) fn put(&self, tn: &str, carrier: &wire::Carrier) {
        self.0.lock().unwrap().holders.push(wire::NumberHolder {
            tn: tn.to_owned(),
            carrier_id: carrier.carrier_id.clone(),
            name: carrier.name.clone(),
            spid: carrier.spid.clone(),
            network: carrier.network,
            known: true,
            resp_org: carrier.resp_org.clone(),
        });
    }

    /// Does not answer from now on.
    pub(crate) fn go_away(&self) {
        self.0.lock().unwrap().is_away = true;
    }

    /// How often it was asked.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }
}

#[tonic::async_trait]
impl NumberLookupService for LookupStub {
    async fn lookup_numbers(
        &self,
        request: Request<wire::LookupNumbersRequest>,
    ) -> Result<Response<wire::LookupNumbersResponse>, Status> {
        let mut state = self.0.lock().unwrap();
        state.calls += 1;
        if state.is_away {
            return Err(Status::unavailable("away"));
        }
        let holder = |tn: &String| {
            let known = state.holders.iter().find(|holder| holder.tn == *tn);
            known.cloned().unwrap_or_else(|| wire::NumberHolder {
                tn: tn.clone(),
                ..wire::NumberHolder::default()
            })
        };
        let holders = request.get_ref().tns.iter().map(holder).collect();
        Ok(Response::new(wire::LookupNumbersResponse { holders }))
    }

    async fn put_number_blocks(
        &self,
        _request: Request<wire::PutNumberBlocksRequest>,
    ) -> Result<Response<wire::PutNumberBlocksResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn put_ported_numbers(
        &self,
        _request: Request<wire::PutPortedNumbersRequest>,
    ) -> Result<Response<wire::PutPortedNumbersResponse>, Status> {
        Err(Status::unimplemented("nobody asks"))
    }
}
