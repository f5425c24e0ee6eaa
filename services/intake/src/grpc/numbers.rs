//! `NumberService`: the inventory.

use auth::Caller;
use grpc::{Faults, Reply, page};
use idempotency::Begun;
use intake_domain::port_in::Reference;
use portway_proto::intake::v1;
use portway_proto::intake::v1::number_service_server::{NumberService, NumberServiceServer};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Code, Request, Response, Status};

use super::port_in::configuration::read_each_once;
use super::port_in::number_fields::{self, SETTINGS, Said};
use super::port_in::requester;
use crate::app::Intake;
use crate::ops;
use crate::ops::numbers::{InventoryNumber, InventoryState, NumberFilter, NumberSettings, NumbersError};

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
        let filters = filters_text(request.get_ref());
        let filter = parse(request.get_ref(), &filters)?;
        let size = filter.limit;
        let filter = NumberFilter {
            limit: size + 1,
            ..filter
        };
        let found = ops::numbers::list(&self.intake.base.pool, caller.account, &filter)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        Ok(Response::new(render(&found, size, &filters)))
    }

    async fn get_number(&self, request: Request<v1::GetNumberRequest>) -> Reply<v1::GetNumberResponse> {
        let caller = Caller::of(&request)?;
        let mut faults = Faults::new();
        let raw = &request.get_ref().phone_number;
        let parsed = numbering::parse(raw);
        let tn = parsed.map_err(|refusal| faults.add("phone_number", refusal.code(), refusal.to_string()));
        let tn = faults.finish(tn.ok())?;
        let found = ops::numbers::get(&self.intake.base.pool, caller.account, tn)
            .await
            .map_err(|error| grpc::status::store(&error))?;
        let number = found.ok_or_else(|| {
            let message = "the account has no such number";
            grpc::status::fail(Code::NotFound, "NUMBER_NOT_FOUND", message)
        })?;
        Ok(Response::new(v1::GetNumberResponse {
            number: Some(to_proto(&number)),
        }))
    }

    async fn update_numbers(
        &self,
        request: Request<v1::UpdateNumbersRequest>,
    ) -> Reply<v1::UpdateNumbersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let updates = read_updates(&mut faults, request.get_ref());
        faults.finish(Some(()))?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let changed = ops::numbers::update(&self.intake, work.conn(), &requester, updates)
            .await
            .map_err(|error| status(&error))?;
        work.finish(v1::UpdateNumbersResponse {
            numbers: changed.iter().map(to_proto).collect(),
        })
        .await
    }
}

fn read_updates(faults: &mut Faults, body: &v1::UpdateNumbersRequest) -> Vec<NumberSettings> {
    let names = number_fields::names(faults, &body.update_fields, &SETTINGS);
    let said = body.numbers.iter().map(|number| number.phone_number.as_str());
    let tns = read_each_once(faults, said);
    let mut updates = Vec::with_capacity(tns.len());
    for (index, (update, tn)) in body.numbers.iter().zip(tns).enumerate() {
        let said = Said {
            place: format!("numbers[{index}]"),
            pin: "",
            agent_name: &update.agent_name,
            agent_email: &update.agent_email,
            config: update.config.clone().unwrap_or_default(),
            overrides: v1::NumberOverrides::default(),
        };
        let settings = said.settings(faults, &names);
        updates.extend(tn.map(|tn| NumberSettings { tn, settings }));
    }
    updates
}

fn status(error: &NumbersError) -> Status {
    match error {
        NumbersError::NotInInventory(tns) => {
            let mut faults = Faults::new();
            for tn in tns {
                faults.add(
                    "numbers",
                    "TN_NOT_IN_INVENTORY",
                    format!("the account does not have {tn}"),
                );
            }
            faults
                .finish(None::<()>)
                .err()
                .unwrap_or_else(|| grpc::status::fail(Code::NotFound, "NUMBER_NOT_FOUND", error.to_string()))
        }
        NumbersError::Store(error) => grpc::status::store(error),
    }
}

fn parse(request: &v1::ListNumbersRequest, filters: &str) -> Result<NumberFilter, Status> {
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
    let between = read_prefix(&mut faults, &request.prefix);
    let subaccount: Option<Reference> = faults.optional("subaccount", &request.subaccount);
    let application: Option<Reference> = faults.optional("application", &request.application);
    let limit = page::size(&mut faults, request.page_size, PAGE_SIZE, PAGE_SIZE_MAX);
    let after = page::cursor(&mut faults, filters, &request.page_token).unwrap_or_default();
    faults.finish(Some(NumberFilter {
        state,
        between,
        subaccount,
        application,
        after,
        limit,
    }))
}

/// The bounds of the numbers that begin with these digits.
fn read_prefix(faults: &mut Faults, raw: &str) -> Option<(String, String)> {
    const DIGITS: usize = 10;
    if raw.is_empty() {
        return None;
    }
    let is_taken = |character: char| character.is_ascii_digit() || " -.()/+".contains(character);
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let digits = if digits.len() > DIGITS || raw.trim_start().starts_with('+') {
        digits.strip_prefix('1').unwrap_or(&digits).to_owned()
    } else {
        digits
    };
    let filled = |fill: char| {
        let rest: String = std::iter::repeat_n(fill, DIGITS.saturating_sub(digits.len())).collect();
        format!("+1{digits}{rest}")
    };
    let is_prefix = raw.chars().all(is_taken) && (1..=DIGITS).contains(&digits.len());
    let between = is_prefix.then(|| (filled('0'), filled('9')));
    if between.is_none() {
        faults.add(
            "prefix",
            "INVALID",
            "must be the first 1 to 10 digits of a number",
        );
    }
    between
}

fn filters_text(request: &v1::ListNumbersRequest) -> String {
    format!(
        "numbers {} {:?} {:?} {:?}",
        request.state, request.prefix, request.subaccount, request.application
    )
}

/// One more number than the page's size was read, to know whether there is a next page.
fn render(found: &[InventoryNumber], size: i64, filters: &str) -> v1::ListNumbersResponse {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let shown = &found[..found.len().min(size)];
    let next_page_token = match shown.last() {
        Some(last) if found.len() > size => page::token(filters, &last.tn.to_string()),
        Some(_) | None => String::new(),
    };
    v1::ListNumbersResponse {
        numbers: shown.iter().map(to_proto).collect(),
        next_page_token,
    }
}

fn to_proto(number: &InventoryNumber) -> v1::Number {
    let state = match number.state {
        InventoryState::Incoming => v1::InventoryState::Incoming,
        InventoryState::InService => v1::InventoryState::InService,
    };
    let text = |value: Option<String>| value.unwrap_or_default();
    v1::Number {
        tn: number.tn.to_string(),
        state: state.into(),
        origin_order_id: number.origin.to_string(),
        agent_name: text(number.config.agent_name.as_ref().map(ToString::to_string)),
        agent_email: text(number.config.agent_email.as_ref().map(ToString::to_string)),
        since: Some(stamp::to_proto(number.since)),
        locked: number.locked,
        has_port_out_pin: number.has_port_out_pin,
        config: Some(number_fields::config(&number.config)),
        origin_request_number: text(number.origin_number.map(|number| number.to_string())),
        arrived_at: number.arrived_at.map(stamp::to_proto),
    }
}
