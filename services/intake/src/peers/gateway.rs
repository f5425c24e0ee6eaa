//! Questions to the carrier gateway.

use std::collections::BTreeMap;
use std::time::Duration;

use grpc::Peer;
use intake_domain::carrier::{Holder, Network};
use portway_proto::gateway::v1 as wire;
use portway_proto::gateway::v1::number_lookup_service_client::NumberLookupServiceClient;
use thiserror::Error;
use tonic::{Request, Status};
use types::{InvalidValue, Tn};

/// Somebody waits for the answer and can do without it.
const DEADLINE: Duration = Duration::from_secs(2);
/// As many as the gateway takes.
const TNS_A_CALL: usize = 1_000;

/// The gateway did not say who has a number.
#[derive(Debug, Error)]
pub(crate) enum Unavailable {
    /// It did not answer, or refused.
    #[error("the carrier gateway did not answer")]
    Call(#[from] Status),
    /// What it said cannot be read.
    #[error("the carrier gateway's answer cannot be read")]
    Unreadable(#[from] InvalidValue),
}

/// The carrier gateway, as intake asks it.
#[derive(Debug, Clone)]
pub(crate) struct Gateway(NumberLookupServiceClient<Peer>);

impl Gateway {
    pub(crate) fn new(peer: Peer) -> Self {
        Self(NumberLookupServiceClient::new(peer))
    }

    /// Who has each of these numbers. A number that nobody has by the gateway's data is not in the answer.
    pub(crate) async fn holders(&self, tns: &[Tn]) -> Result<BTreeMap<Tn, Holder>, Unavailable> {
        let mut holders = BTreeMap::new();
        for tns in tns.chunks(TNS_A_CALL) {
            let mut request = Request::new(wire::LookupNumbersRequest {
                tns: tns.iter().map(Tn::to_string).collect(),
            });
            request.set_timeout(DEADLINE);
            let reply = self.0.clone().lookup_numbers(request).await?.into_inner();
            for found in reply.holders {
                let tn = found.tn.parse()?;
                if let Some(holder) = holder(found)? {
                    holders.insert(tn, holder);
                }
            }
        }
        Ok(holders)
    }
}

fn holder(found: wire::NumberHolder) -> Result<Option<Holder>, InvalidValue> {
    let network = match found.network() {
        wire::Network::Wireless => Network::Wireless,
        wire::Network::Wireline => Network::Wireline,
        wire::Network::TollFree => Network::TollFree,
        wire::Network::Unspecified => return Ok(None),
    };
    if !found.known || found.carrier_id.is_empty() {
        return Ok(None);
    }
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(Some(Holder {
        carrier: found.carrier_id.parse()?,
        name: found.name,
        spid: given(found.spid).map(|spid| spid.parse()).transpose()?,
        network,
        resp_org: given(found.resp_org),
    }))
}
