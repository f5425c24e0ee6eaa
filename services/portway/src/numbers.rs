//! `portway numbers`: the inventory of the account.

use clap::{Args, Subcommand, ValueEnum};
use portway_proto::intake::v1::{InventoryState, ListNumbersRequest, Number};

use crate::client::{ConnectArgs, LimitArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::wording;

/// Arguments of `portway numbers`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway numbers list --state in-service
  portway numbers list --limit 20000 -o json")]
pub(crate) struct NumbersArgs {
    #[command(subcommand)]
    command: NumbersCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum NumbersCommand {
    /// List the account's numbers.
    List(ListArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only numbers in this state.
    #[arg(long, value_enum)]
    state: Option<StateFilter>,
    #[command(flatten)]
    limit: LimitArgs,
}

/// The states as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateFilter {
    /// Arriving: not routed yet.
    Incoming,
    /// In service.
    InService,
}

pub(crate) async fn run(args: NumbersArgs, output: Output) -> Result<Outcome, Failure> {
    let client = args.connect.connect()?.numbers()?;
    let NumbersCommand::List(args) = args.command;
    let state = match args.state {
        None => InventoryState::Unspecified,
        Some(StateFilter::Incoming) => InventoryState::Incoming,
        Some(StateFilter::InService) => InventoryState::InService,
    };
    let page = |page_size, page_token| {
        let mut client = client.clone();
        let request = ListNumbersRequest {
            page_size,
            page_token,
            state: state.into(),
            ..ListNumbersRequest::default()
        };
        async move {
            let reply = client.list_numbers(ask(request)).await?.into_inner();
            Ok((reply.numbers, reply.next_page_token))
        }
    };
    let numbers = args.limit.collect(page).await?;
    output.messages(&numbers, numbers_text)?;
    Ok(Outcome::Yes)
}

fn numbers_text(numbers: &[Number]) -> String {
    let mut table = output::table([
        "NUMBER",
        "STATE",
        "SINCE",
        "AGENT",
        "EMAIL",
        "LOCKED",
        "PORT-OUT PIN",
    ]);
    let yes = |so: bool| if so { "yes" } else { "" }.to_owned();
    for number in numbers {
        table.add_row([
            number.tn.clone(),
            wording::inventory_state(number.state),
            wording::instant(number.since.as_ref()),
            number.agent_name.clone(),
            number.agent_email.clone(),
            yes(number.locked),
            yes(number.has_port_out_pin),
        ]);
    }
    table.trim_fmt()
}
