//! Commands that show orders and change nothing.

use clap::{Args, ValueEnum};
use portway_proto::intake::v1::{
    GetOrderRequest, ListOrdersRequest, ListRequirementsRequest, ListTimelineRequest, Order, OrderFilter,
    OrderState, Requirement, TimelineEntry,
};

use crate::client::{Clients, LimitArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::port_in::present;
use crate::wording;

/// Filters of `portway port-in list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway port-in list --state action-required,pending
  portway port-in list --number '(415) 867-5309' -o json")]
pub(super) struct ListArgs {
    /// Only orders in one of these states.
    #[arg(long, value_enum, value_delimiter = ',')]
    state: Vec<StateFilter>,
    /// Only orders with this number.
    #[arg(long, value_name = "TN")]
    number: Option<String>,
    /// Only orders with this reference of the customer.
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    limit: LimitArgs,
}

/// The states as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateFilter {
    Draft,
    Submitted,
    Pending,
    ActionRequired,
    FocConfirmed,
    Activating,
    Ported,
    CancelRequested,
    Cancelled,
    Rejected,
    Abandoned,
}

impl From<StateFilter> for OrderState {
    fn from(state: StateFilter) -> Self {
        match state {
            StateFilter::Draft => Self::Draft,
            StateFilter::Submitted => Self::Submitted,
            StateFilter::Pending => Self::Pending,
            StateFilter::ActionRequired => Self::ActionRequired,
            StateFilter::FocConfirmed => Self::FocConfirmed,
            StateFilter::Activating => Self::Activating,
            StateFilter::Ported => Self::Ported,
            StateFilter::CancelRequested => Self::CancelRequested,
            StateFilter::Cancelled => Self::Cancelled,
            StateFilter::Rejected => Self::Rejected,
            StateFilter::Abandoned => Self::Abandoned,
        }
    }
}

/// Reads one order.
pub(super) async fn get(order: String, clients: &Clients) -> Result<Order, Failure> {
    let reply = clients
        .port_in()?
        .get_order(ask(GetOrderRequest { order_id: order }))
        .await?;
    present(reply.into_inner().order)
}

pub(super) async fn show(order: String, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    output.message(&get(order, clients).await?, order_text)?;
    Ok(Outcome::Yes)
}

pub(super) async fn list(args: ListArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let client = clients.port_in()?;
    let filter = OrderFilter {
        states: args
            .state
            .into_iter()
            .map(|state| OrderState::from(state).into())
            .collect(),
        phone_number: args.number.unwrap_or_default(),
        customer_reference: args.reference.unwrap_or_default(),
        ..OrderFilter::default()
    };
    let page = |page_size, page_token| {
        let (mut client, request) = (
            client.clone(),
            ListOrdersRequest {
                page_size,
                page_token,
                filter: Some(filter.clone()),
                ..ListOrdersRequest::default()
            },
        );
        async move {
            let reply = client.list_orders(ask(request)).await?.into_inner();
            Ok((reply.orders, reply.next_page_token))
        }
    };
    let orders = args.limit.collect(page).await?;
    output.messages(&orders, orders_text)?;
    Ok(Outcome::Yes)
}

pub(super) async fn requirements(
    order: String,
    clients: &Clients,
    output: Output,
) -> Result<Outcome, Failure> {
    let request = ListRequirementsRequest { order_id: order };
    let reply = clients
        .port_in()?
        .list_requirements(ask(request))
        .await?
        .into_inner();
    output.message(&reply, |reply| {
        requirements_text(&reply.requirements, reply.ready)
    })?;
    Ok(Outcome::yes_if(reply.ready))
}

pub(super) async fn timeline(
    order: String,
    limit: &LimitArgs,
    clients: &Clients,
    output: Output,
) -> Result<Outcome, Failure> {
    let client = clients.port_in()?;
    let page = |page_size, page_token| {
        let mut client = client.clone();
        let request = ListTimelineRequest {
            order_id: order.clone(),
            page_size,
            page_token,
        };
        async move {
            let reply = client.list_timeline(ask(request)).await?.into_inner();
            Ok((reply.entries, reply.next_page_token))
        }
    };
    let entries = limit.collect(page).await?;
    output.messages(&entries, timeline_text)?;
    Ok(Outcome::Yes)
}

/// One order in full.
pub(super) fn order_text(order: &Order) -> String {
    let details = order.details.clone().unwrap_or_default();
    let mut parts = vec![
        output::fields([
            ("order", format!("{} ({})", order.request_number, order.order_id)),
            ("state", wording::order_state(order.state)),
            ("since", wording::instant(order.since.as_ref())),
            ("turn", wording::court(order.court)),
            ("version", format!("{:02}", order.ver)),
            ("losing carrier", details.losing_carrier),
            ("reference", details.customer_reference),
            ("wanted", wording::date(details.wanted_date.as_ref())),
            ("foc", wording::instant(order.foc_at.as_ref())),
            ("submitted", wording::instant(order.submitted_at.as_ref())),
            ("ended", wording::instant(order.ended_at.as_ref())),
            ("numbers", order.number_count.to_string()),
        ])
        .trim_fmt(),
    ];
    if !order.numbers.is_empty() {
        parts.push(numbers_text(order));
    }
    if !order.reasons.is_empty() {
        parts.push(reasons_text(order));
    }
    if !order.commands.is_empty() {
        let mut table = output::table(["COMMAND", "VERSION", "STATE", "SINCE"]);
        for command in &order.commands {
            table.add_row([
                command.kind.clone(),
                format!("{:02}", command.ver),
                wording::command_state(command.state),
                wording::instant(command.since.as_ref()),
            ]);
        }
        parts.push(table.trim_fmt());
    }
    parts.join("\n\n")
}

fn numbers_text(order: &Order) -> String {
    let mut table = output::table(["NUMBER", "STATE", "REGION", "PIN", "AGENT"]);
    for number in &order.numbers {
        table.add_row([
            number.tn.clone(),
            wording::number_state(number.state),
            number.region.clone(),
            number.masked_pin.clone(),
            number.agent_name.clone(),
        ]);
    }
    table.trim_fmt()
}

/// What the carrier said, and what to do about each.
fn reasons_text(order: &Order) -> String {
    let mut table = output::table(["REASON", "CLASS", "NUMBER", "FIELD", "CODE", "REMEDY"]);
    for reason in &order.reasons {
        table.add_row([
            reason.reason.clone(),
            wording::reason_class(reason.reason_class),
            reason.tn.clone(),
            reason.field.clone(),
            reason.raw_code.clone(),
            reason.remedy.clone(),
        ]);
    }
    table.trim_fmt()
}

fn orders_text(orders: &[Order]) -> String {
    let mut table = output::table([
        "ORDER",
        "STATE",
        "TURN",
        "SINCE",
        "NUMBERS",
        "CARRIER",
        "FOC",
        "REFERENCE",
    ]);
    for order in orders {
        let details = order.details.clone().unwrap_or_default();
        table.add_row([
            order.request_number.clone(),
            wording::order_state(order.state),
            wording::court(order.court),
            wording::instant(order.since.as_ref()),
            order.number_count.to_string(),
            details.losing_carrier,
            wording::instant(order.foc_at.as_ref()),
            details.customer_reference,
        ]);
    }
    table.trim_fmt()
}

fn requirements_text(requirements: &[Requirement], is_ready: bool) -> String {
    let verdict = if is_ready {
        "The order can be submitted."
    } else {
        "The order cannot be submitted yet."
    };
    if requirements.is_empty() {
        return verdict.to_owned();
    }
    let mut table = output::table(["", "CODE", "FIELD", "NUMBER", "WHAT", "REMEDY"]);
    for requirement in requirements {
        let weight = if requirement.warning { "warning" } else { "fault" };
        table.add_row([
            weight,
            &requirement.code,
            &requirement.field,
            &requirement.tn,
            &requirement.message,
            &requirement.remedy,
        ]);
    }
    format!("{}\n\n{verdict}", table.trim_fmt())
}

fn timeline_text(entries: &[TimelineEntry]) -> String {
    let mut table = output::table(["AT", "WHO", "WHAT", "FROM", "TO", "VERSION", "NOTE"]);
    for entry in entries {
        table.add_row([
            wording::instant(entry.at.as_ref()),
            entry.actor.clone(),
            entry.action.clone(),
            wording::order_state(entry.from),
            wording::order_state(entry.to),
            format!("{:02}", entry.ver),
            entry.note.clone(),
        ]);
    }
    table.trim_fmt()
}
