//! `PortOutListService`: counts of port-outs, and port-outs as a file.

use std::sync::Arc;

use auth::Caller;
use futures::StreamExt;
use grpc::Reply;
use intake_domain::port_out::StateName;
use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_list_service_server::{PortOutListService, PortOutListServiceServer};
use tonic::service::RoutesBuilder;
use tonic::{Request, Response};
use types::Tn;

use super::{convert, filter};
use crate::app::Intake;
use crate::grpc::csv;
use crate::grpc::files::{self, FILE_PAGE, Pieces};
use crate::ops;
use crate::ops::port_out::{Count, Page, Seen};

/// Adds the service to the routes.
pub(super) fn add_lists(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(PortOutListServiceServer::new(PortOutLists {
        intake: intake.clone(),
    }));
}

struct PortOutLists {
    intake: Intake,
}

#[tonic::async_trait]
impl PortOutListService for PortOutLists {
    type ExportPortOutsStream = Pieces<v1::ExportPortOutsResponse>;

    async fn count_port_outs(
        &self,
        request: Request<v1::CountPortOutsRequest>,
    ) -> Reply<v1::CountPortOutsResponse> {
        let caller = Caller::of(&request)?;
        let filter = filter::count(&caller, request.get_ref().filter.as_ref())?;
        let counts = ops::port_out::count(&self.intake.base.pool, &filter)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let states = counts
            .states
            .into_iter()
            .map(|(state, port_outs)| v1::PortOutStateCount {
                state: convert::state(state).into(),
                port_outs: Some(count(port_outs)),
            });
        Ok(Response::new(v1::CountPortOutsResponse {
            found: Some(count(counts.found)),
            states: states.collect(),
        }))
    }

    async fn export_port_outs(
        &self,
        request: Request<v1::ExportPortOutsRequest>,
    ) -> Reply<Pieces<v1::ExportPortOutsResponse>> {
        let caller = Caller::of(&request)?;
        let asked = Arc::new(filter::export(&caller, request.get_ref())?);
        let pool = self.intake.base.pool.clone();
        let file = files::pieces(csv::write([HEADER.map(str::to_owned)]), move |after| {
            let (asked, pool) = (asked.clone(), pool.clone());
            async move {
                let page = Page {
                    sort: asked.sort,
                    ascending: asked.ascending,
                    after,
                    limit: FILE_PAGE,
                };
                let (port_outs, next) = ops::port_out::list(&pool, &asked.filter, page)
                    .await
                    .map_err(|error| grpc::status::store(&error))?;
                Ok((csv::write(port_outs.iter().map(cells))?, next))
            }
        });
        let pieces = file.map(|csv| csv.map(|csv| v1::ExportPortOutsResponse { csv }));
        Ok(Response::new(Box::pin(pieces)))
    }
}

fn count(port_outs: Count) -> v1::PortOutCount {
    v1::PortOutCount {
        count: i32::try_from(port_outs.count).unwrap_or(i32::MAX),
        more: port_outs.more,
    }
}

/// The columns. Times are RFC 3339 in UTC; empty: not known. Several numbers are separated by blanks.
const HEADER: [&str; 22] = [
    "Request Number",
    "Port-Out Id",
    "Account Id",
    "Status",
    "Winning Carrier",
    "Winning SPID",
    "Purchase Order Number",
    "Version",
    "Total TNs",
    "Numbers",
    "Denied Numbers",
    "End User",
    "Postal Code",
    "Requested FOC At",
    "FOC At",
    "Received At",
    "Answer Due At",
    "Decided By",
    "Decided At",
    "Rejection Reason",
    "Answer",
    "Ended At",
];

fn cells(seen: &Seen) -> [String; 22] {
    let (case, request) = (&seen.case, &seen.case.request);
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let joined = |tns: Vec<Tn>| tns.iter().map(Tn::to_string).collect::<Vec<_>>().join(" ");
    let denied = case.numbers.iter().filter(|number| number.denial.is_some());
    let decision = case.state.decision();
    [
        case.number.to_string(),
        case.id.to_string(),
        case.account.to_string(),
        StateName::from(&case.state).code().to_owned(),
        request.winning_name.clone(),
        request.key.winning_spid.to_string(),
        request.key.pon.to_string(),
        request.key.ver.to_string(),
        case.numbers.len().to_string(),
        joined(case.tns()),
        joined(denied.map(|number| number.tn).collect()),
        request.end_user_name.clone(),
        request.postal_code.clone(),
        at(request.requested_foc_at),
        at(case.foc_at),
        at(Some(request.received_at)),
        at(case.state.answer_due_at()),
        decision
            .map(|decision| decision.by.to_string())
            .unwrap_or_default(),
        at(decision.map(|decision| decision.at)),
        convert::rejection_reason(&case.state).to_owned(),
        case.answer
            .as_ref()
            .map(|answer| answer.state.code().to_owned())
            .unwrap_or_default(),
        at(case.state.ended_at()),
    ]
}
