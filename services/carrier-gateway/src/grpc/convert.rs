//! Between the wire and the use cases. All faults of a request are named at once.

use ::grpc::{Faults, page};
use carrier_gateway_domain::{Carrier, Command};
use portway_proto::gateway::v1;
use service::stamp;
use tonic::Status;
use uuid::Uuid;

use crate::announce;
use crate::ops::CommandFilter;

const CARRIERS_DEFAULT: i64 = 100;
const COMMANDS_DEFAULT: i64 = 50;
const PAGE_MAX: i64 = 500;
/// Lists without filters still have tokens of their own.
const CARRIERS_LIST: &str = "carriers";

/// A page of carriers that was asked for.
pub(super) struct CarriersPage {
    pub(super) size: i64,
    pub(super) after: String,
}

pub(super) fn carriers_page(request: &v1::ListCarriersRequest) -> Result<CarriersPage, Status> {
    let mut faults = Faults::new();
    let size = page::size(&mut faults, request.page_size, CARRIERS_DEFAULT, PAGE_MAX);
    let after = page::cursor(&mut faults, CARRIERS_LIST, &request.page_token).unwrap_or_default();
    faults.finish(Some(CarriersPage { size, after }))
}

pub(super) fn carriers(page: &CarriersPage, carriers: &[Carrier]) -> v1::ListCarriersResponse {
    let last = carriers.last().filter(|_| is_full(carriers.len(), page.size));
    v1::ListCarriersResponse {
        carriers: carriers.iter().map(announce::carrier).collect(),
        next_page_token: last
            .map(|carrier| page::token(CARRIERS_LIST, &carrier.id.as_str()))
            .unwrap_or_default(),
    }
}

/// A full page may be the last one; then the next is empty.
fn is_full(found: usize, size: i64) -> bool {
    i64::try_from(found).is_ok_and(|found| found == size)
}

/// A page of commands that was asked for.
pub(super) struct CommandsPage {
    pub(super) size: i64,
    pub(super) filter: CommandFilter,
    pub(super) before: Option<i64>,
}

pub(super) fn commands_page(request: &v1::ListCommandsRequest) -> Result<CommandsPage, Status> {
    let mut faults = Faults::new();
    let size = page::size(&mut faults, request.page_size, COMMANDS_DEFAULT, PAGE_MAX);
    let filter = CommandFilter {
        subject: faults.optional::<Uuid>("subject_id", &request.subject_id),
        open_only: request.open_only,
    };
    let before = page::cursor(&mut faults, &filters(filter), &request.page_token);
    faults.finish(Some(CommandsPage { size, filter, before }))
}

pub(super) fn commands(page: &CommandsPage, commands: &[(i64, Command)]) -> v1::ListCommandsResponse {
    let last = commands.last().filter(|_| is_full(commands.len(), page.size));
    v1::ListCommandsResponse {
        commands: commands
            .iter()
            .map(|(_, command)| command_to_wire(command))
            .collect(),
        next_page_token: last
            .map(|(row, _)| page::token(&filters(page.filter), row))
            .unwrap_or_default(),
    }
}

fn filters(filter: CommandFilter) -> String {
    format!("commands {:?} {}", filter.subject, filter.open_only)
}

fn command_to_wire(command: &Command) -> v1::Command {
    v1::Command {
        command_id: command.id.to_string(),
        subject_id: command.about.subject().to_string(),
        account_id: command.account.to_string(),
        pon: command.pon.to_string(),
        ver: command.ver.into(),
        kind: announce::kind(command.about.kind()).into(),
        progress: announce::progress(&command.progress).into(),
        attempts: command.attempts,
        last_error: last_error(command),
        requested_at: Some(stamp::to_proto(command.requested_at)),
    }
}

/// Why it is not done: the last failure, or the refusal.
fn last_error(command: &Command) -> String {
    use carrier_gateway_domain::Progress;
    match &command.progress {
        Progress::Refused { refusal, .. } => refusal.clone(),
        Progress::Requested | Progress::Sent { .. } | Progress::Acknowledged { .. } => {
            command.last_error.clone().unwrap_or_default()
        }
    }
}
