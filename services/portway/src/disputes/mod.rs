//! `portway dispute`: ports that nobody allowed, or that were a mistake, and what is done about them.

mod evidence;
mod list;
mod open;
mod settle;
mod shown;

use clap::{Args, Subcommand};
use portway_proto::intake::v1::{
    AddDisputeStatementRequest, Dispute, GetDisputeRequest, RecordDisputeReturnRequest,
    RequestDisputeSnapbackRequest, WithdrawDisputeRequest,
};

use crate::client::{ChangeArgs, Clients, ConnectArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::Output;

/// Arguments of `portway dispute`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway dispute list --overdue
  portway dispute open --port-out PO_100001 --kind unauthorized --reporter end-user --reporter-name 'Ann Lee' \\
    --statement 'I never asked for this'
  portway dispute state DI_100001 'the letter is signed' --answer
  portway dispute snapback DI_100001 --reason 'the end user did not ask for it'
  portway dispute returned DI_100001 --number +14158675309 --explanation 'the carrier said so by telephone'
  portway dispute settle DI_100001 --outcome upheld --number +14158675309=returned
  portway dispute evidence DI_100001 --file evidence.zip")]
pub(crate) struct DisputeArgs {
    #[command(subcommand)]
    command: DisputeCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum DisputeCommand {
    /// List disputes, newest first.
    List(list::ListArgs),
    /// Show one dispute with everything that was said and asked.
    Show(DisputeName),
    /// Say that a port was unauthorized or a mistake.
    Open(open::OpenArgs),
    /// Put on record what somebody says, or answer the dispute with it.
    State(StateArgs),
    /// Ask the other carrier to undo the port.
    Snapback(SnapbackArgs),
    /// Put on record that numbers are back, without the carrier's answer. For operations.
    Returned(ReturnedArgs),
    /// Take the dispute back.
    Withdraw(WithdrawArgs),
    /// End the dispute with an outcome for each number. For operations.
    Settle(settle::SettleArgs),
    /// Write the evidence to a ZIP file.
    Evidence(evidence::EvidenceArgs),
}

#[derive(Debug, Args)]
struct DisputeName {
    /// Request number, such as DI_100001, or UUID.
    dispute: String,
}

#[derive(Debug, Args)]
struct StateArgs {
    #[command(flatten)]
    name: DisputeName,
    /// What is said. Never a PIN.
    text: String,
    /// This answers the dispute; only while it is open.
    #[arg(long)]
    answer: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct SnapbackArgs {
    #[command(flatten)]
    name: DisputeName,
    /// Why, in words that the carrier reads.
    #[arg(long)]
    reason: String,
    /// Numbers of the dispute; repeat it, or separate with commas. Default: all that are not back.
    #[arg(long = "number", value_name = "TN", value_delimiter = ',', value_parser = parse_number)]
    numbers: Vec<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct ReturnedArgs {
    #[command(flatten)]
    name: DisputeName,
    /// Numbers of the dispute that are back; repeat it, or separate with commas.
    #[arg(long = "number", value_name = "TN", required = true, value_delimiter = ',', value_parser = parse_number)]
    numbers: Vec<String>,
    /// How it is known: who at the carrier said so, and when.
    #[arg(long)]
    explanation: String,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct WithdrawArgs {
    #[command(flatten)]
    name: DisputeName,
    /// Why, for the record.
    #[arg(long, default_value = "", hide_default_value = true)]
    explanation: String,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Reads a number in any punctuation.
fn parse_number(text: &str) -> Result<String, String> {
    let number = numbering::parse(text).map_err(|refusal| format!("{text}: {refusal}"))?;
    Ok(number.to_string())
}

pub(crate) async fn run(args: DisputeArgs, output: Output) -> Result<Outcome, Failure> {
    let clients = args.connect.connect()?;
    let dispute = match args.command {
        DisputeCommand::List(args) => return list::list(args, &clients, output).await,
        DisputeCommand::Evidence(args) => return evidence::download(args, &clients).await,
        DisputeCommand::Show(name) => show(name, &clients).await?,
        DisputeCommand::Open(args) => open::open(args, &clients).await?,
        DisputeCommand::State(args) => state(args, &clients).await?,
        DisputeCommand::Snapback(args) => snapback(args, &clients).await?,
        DisputeCommand::Returned(args) => returned(args, &clients).await?,
        DisputeCommand::Withdraw(args) => withdraw(args, &clients).await?,
        DisputeCommand::Settle(args) => settle::settle(args, &clients).await?,
    };
    let dispute = dispute.ok_or(Failure::Incomplete("dispute"))?;
    output.message(&dispute, shown::dispute_text)?;
    Ok(Outcome::Yes)
}

async fn show(name: DisputeName, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let request = ask(GetDisputeRequest {
        dispute_id: name.dispute,
    });
    let reply = clients.disputes()?.get_dispute(request).await?;
    Ok(reply.into_inner().dispute)
}

async fn state(args: StateArgs, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let request = args.change.request(AddDisputeStatementRequest {
        dispute_id: args.name.dispute,
        text: args.text,
        is_answer: args.answer,
    });
    let reply = clients.disputes()?.add_dispute_statement(request).await?;
    Ok(reply.into_inner().dispute)
}

async fn snapback(args: SnapbackArgs, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let request = args.change.request(RequestDisputeSnapbackRequest {
        dispute_id: args.name.dispute,
        tns: args.numbers,
        reason: args.reason,
    });
    let reply = clients.disputes()?.request_dispute_snapback(request).await?;
    Ok(reply.into_inner().dispute)
}

async fn returned(args: ReturnedArgs, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let request = args.change.request(RecordDisputeReturnRequest {
        dispute_id: args.name.dispute,
        tns: args.numbers,
        explanation: args.explanation,
        etag: String::new(),
    });
    let reply = clients.disputes()?.record_dispute_return(request).await?;
    Ok(reply.into_inner().dispute)
}

async fn withdraw(args: WithdrawArgs, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let request = args.change.request(WithdrawDisputeRequest {
        dispute_id: args.name.dispute,
        explanation: args.explanation,
    });
    let reply = clients.disputes()?.withdraw_dispute(request).await?;
    Ok(reply.into_inner().dispute)
}
