//! `NumberService`: the inventory.

use auth::Caller;
use grpc::{Faults, Reply, page};
use portway_proto::intake::v1;
use portway_proto::intake::v1::number_service_server::{NumberService, NumberServiceServer};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};

use crate::app::Intake;
use crate::ops;
use crate::ops::numbers::{InventoryNumber, InventoryState};

const PAGE_SIZE: i64 = 100;
const PAGE_SIZE_MAX: i64 = 1_000;

/// Adds the service to the routes.
pub(super) fn add_numbers(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(NumberServiceServer::new(Numbers {
        intake: intake.clone(),
    }));
}

struct Numbers {
    intake: Intake,
}

#[tonic::async_trait]
impl NumberService for Numbers {
    async fn list_numbers(&self, request: Request<v1::ListNumbersRequest>) -> Reply<v1::ListNumbersResponse> {
        let caller = Caller::of(&request)?;
        let asked = parse(request.get_ref())?;
        let pool = &self.intake.base.pool;
        let found = ops::numbers::list(pool, caller.account, asked.state, &asked.after, asked.size + 1)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        Ok(Response::new(asked.render(&found)))
    }

    async fn get_number(&self, _request: Request<v1::GetNumberRequest>) -> Reply<v1::GetNumberResponse> {
        Err(not_yet())
    }

    async fn update_numbers(
        &self,
        _request: Request<v1::UpdateNumbersRequest>,
    ) -> Reply<v1::UpdateNumbersResponse> {
        Err(not_yet())
    }
}

fn not_yet() -> Status {
    grpc::status::fail(tonic::Code::Unimplemented, "UNKNOWN_METHOD", "not served yet")
}

struct AskedPage {
    state: Option<InventoryState>,
    after: String,
    size: i64,
}

fn parse(request: &v1::ListNumbersRequest) -> Result<AskedPage, Status> {
    let mut faults = Faults::new();
    let state = match v1::InventoryState::try_from(request.state) {
        Ok(v1::InventoryState::Unspecified) => None,
        Ok(v1::InventoryState::Incoming) => Some(InventoryState::Incoming),
        Ok(v1::InventoryState::InService) => Some(InventoryState::InService),
        Err(error) => {
            faults.add("state", "INVALID", error.to_string());
            None
        }
    };
    let size = page::size(&mut faults, request.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
    let after = page::cursor(&mut faults, &filters(state), &request.page_token).unwrap_or_default();
    faults.finish(Some(AskedPage { state, after, size }))
}

fn filters(state: Option<InventoryState>) -> String {
    format!("numbers {state:?}")
}

impl AskedPage {
    /// One more number than the page's size was read, to know whether there is a next page.
    fn render(&self, found: &[InventoryNumber]) -> v1::ListNumbersResponse {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let shown = &found[..found.len().min(size)];
        let next_page_token = match shown.last() {
            Some(last) if found.len() > size => page::token(&filters(self.state), &last.tn.to_string()),
            Some(_) | None => String::new(),
        };
        v1::ListNumbersResponse {
            numbers: shown.iter().map(to_proto).collect(),
            next_page_token,
        }
    }
}

fn to_proto(number: &InventoryNumber) -> v1::Number {
    let state = match number.state {
        InventoryState::Incoming => v1::InventoryState::Incoming,
        InventoryState::InService => v1::InventoryState::InService,
    };
    v1::Number {
        tn: number.tn.to_string(),
        state: state.into(),
        origin_order_id: number.origin.to_string(),
        agent_name: number.agent_name.clone(),
        agent_email: number.agent_email.clone(),
        since: Some(stamp::to_proto(number.since)),
        locked: number.locked,
        // No number has one so far.
        has_port_out_pin: false,
        ..v1::Number::default()
    }
}
