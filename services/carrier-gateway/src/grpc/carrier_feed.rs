//! `portway.gateway.v1.CarrierFeedService`.

use carrier_gateway_domain::Change;
use grpc::{Faults, Reply};
use portway_proto::gateway::v1;
use portway_proto::gateway::v1::carrier_feed_service_server::CarrierFeedService;
use service::Base;
use service::due::Wake;
use tonic::{Request, Response, Status};

use crate::peers::read_changes;
use crate::{CONNECTION, ops};

/// In one call.
const CHANGES_MAX: usize = 500;

/// Takes what carriers say.
#[derive(Debug)]
pub(crate) struct CarrierFeed {
    base: Base,
    inbound_came: Wake,
}

impl CarrierFeed {
    pub(crate) fn new(base: Base, inbound_came: Wake) -> Self {
        Self { base, inbound_came }
    }
}

#[tonic::async_trait]
impl CarrierFeedService for CarrierFeed {
    async fn push_changes(&self, request: Request<v1::PushChangesRequest>) -> Reply<v1::PushChangesResponse> {
        let base = &self.base;
        let changes = read(request.into_inner())?;
        ops::record_pushed(&base.pool, &base.vault, CONNECTION, &changes, base.clock.now())
            .await
            .map_err(|error| ::grpc::status::store(&error))?;
        self.inbound_came.wake();
        Ok(Response::new(v1::PushChangesResponse {}))
    }
}

fn read(request: v1::PushChangesRequest) -> Result<Vec<Change>, Status> {
    let mut faults = Faults::new();
    let count = request.changes.len();
    if count == 0 {
        faults.add("changes", "MISSING", "has none");
    }
    if count > CHANGES_MAX {
        faults.add(
            "changes",
            "TOO_MANY",
            format!("takes at most {CHANGES_MAX}, not {count}"),
        );
    }
    let changes = read_changes(request.changes);
    for (index, change) in changes.iter().enumerate() {
        if let Change::Unreadable(unreadable) = change {
            let message = format!("{}: {}", unreadable.what, unreadable.why);
            faults.add(format!("changes[{index}]"), "UNREADABLE", message);
        }
    }
    faults.finish(Some(changes))
}
