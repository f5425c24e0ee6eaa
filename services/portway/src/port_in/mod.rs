//! `portway port-in`: from the first draft of an order to its last number.

mod attach;
mod change;
mod create;
mod fix;
mod look;
mod watch;

use clap::{Args, Subcommand};
use portway_proto::intake::v1::Order;

use crate::client::{ConnectArgs, LimitArgs};
use crate::exit::{Failure, Outcome};
use crate::output::Output;

/// Arguments of `portway port-in`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway port-in create --file order.toml --numbers numbers.csv --loa loa.pdf --loa-signed 2026-11-20
  portway port-in requirements PI_100001
  portway port-in submit PI_100001
  portway port-in watch PI_100001
  portway port-in fix PI_100001 --set pin:+14158675309=1234")]
pub(crate) struct PortInArgs {
    #[command(subcommand)]
    command: PortInCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum PortInCommand {
    /// Start an order: its details from a file, its numbers and documents with it.
    Create(create::CreateArgs),
    /// Replace details of a draft by those that a file names.
    Update(create::UpdateArgs),
    /// Add numbers and documents to a draft.
    Add(create::AddArgs),
    /// Show one order with its numbers, what the carrier said, and the commands to the carrier.
    Show(OrderArgs),
    /// List orders, newest first.
    List(look::ListArgs),
    /// List what is still missing or wrong. Exits with 1 unless the order can be submitted.
    Requirements(OrderArgs),
    /// Check an order and hand it in. Exits with 1 when something is missing or wrong.
    Submit(change::OrderChangeArgs),
    /// Correct what the carrier found wrong and send the order again.
    Fix(fix::FixArgs),
    /// Say that the matter is settled at the losing carrier, and have the order sent again.
    Confirm(change::OrderChangeArgs),
    /// Cancel an order.
    Cancel(change::OrderChangeArgs),
    /// Show an order's history, oldest first.
    Timeline(TimelineArgs),
    /// Follow an order until it ends. Exits with 0 when it ported, with 1 when it ended otherwise.
    Watch(OrderArgs),
}

#[derive(Debug, Args)]
struct OrderArgs {
    /// Request number, such as PI_100001, or UUID.
    order: String,
}

#[derive(Debug, Args)]
struct TimelineArgs {
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    limit: LimitArgs,
}

pub(crate) async fn run(args: PortInArgs, output: Output) -> Result<Outcome, Failure> {
    let clients = args.connect.connect()?;
    match args.command {
        PortInCommand::Create(args) => create::create(args, &clients, output).await,
        PortInCommand::Update(args) => create::update(args, &clients, output).await,
        PortInCommand::Add(args) => create::add(args, &clients, output).await,
        PortInCommand::Show(args) => look::show(args.order, &clients, output).await,
        PortInCommand::List(args) => look::list(args, &clients, output).await,
        PortInCommand::Requirements(args) => look::requirements(args.order, &clients, output).await,
        PortInCommand::Submit(args) => change::submit(args, &clients, output).await,
        PortInCommand::Fix(args) => fix::fix(args, &clients, output).await,
        PortInCommand::Confirm(args) => change::confirm(args, &clients, output).await,
        PortInCommand::Cancel(args) => change::cancel(args, &clients, output).await,
        PortInCommand::Timeline(args) => {
            look::timeline(args.order.order, &args.limit, &clients, output).await
        }
        PortInCommand::Watch(args) => watch::watch(args.order, &clients, output).await,
    }
}

/// The order that every answer about an order carries.
fn present(order: Option<Order>) -> Result<Order, Failure> {
    order.ok_or(Failure::Incomplete("order"))
}
