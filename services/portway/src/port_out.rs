//! `portway port-out`: numbers that other carriers ask for, and the account's decision on each request.

use clap::{Args, Subcommand};
use portway_proto::intake::v1::{
    AcceptPortOutRequest, Completion, GetPortOutRequest, ListPortOutsRequest, ListRejectionReasonsRequest,
    PortOut, RejectPortOutRequest, RejectionReason,
};

use crate::client::{ChangeArgs, Clients, ConnectArgs, LimitArgs, ask, change};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::wording;

/// Arguments of `portway port-out`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway port-out list --open
  portway port-out accept PO_100001
  portway port-out reasons PO_100001
  portway port-out reject PO_100001 --reason PIN --explanation 'the PIN given is not ours'")]
pub(crate) struct PortOutArgs {
    #[command(subcommand)]
    command: PortOutCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum PortOutCommand {
    /// List requests, newest first.
    List(ListArgs),
    /// Show one request with the verdict on each number.
    Show(PortOutName),
    /// Let the numbers go.
    Accept(AcceptArgs),
    /// Refuse, for one of the reasons that the law allows.
    Reject(RejectArgs),
    /// List the reasons for which a request may lawfully be refused.
    Reasons(PortOutName),
}

#[derive(Debug, Args)]
struct PortOutName {
    /// Request number, such as PO_100001, or UUID.
    port_out: String,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only requests that have not ended.
    #[arg(long, conflicts_with = "ended")]
    open: bool,
    /// Only requests that have ended.
    #[arg(long)]
    ended: bool,
    /// Only requests with this number.
    #[arg(long, value_name = "TN")]
    number: Option<String>,
    #[command(flatten)]
    limit: LimitArgs,
}

#[derive(Debug, Args)]
struct AcceptArgs {
    #[command(flatten)]
    name: PortOutName,
    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(Debug, Args)]
struct RejectArgs {
    #[command(flatten)]
    name: PortOutName,
    /// Code of a reason; `portway port-out reasons` lists them.
    #[arg(long, value_name = "CODE")]
    reason: String,
    /// What proves it, in words for the operations that review it.
    #[arg(long, default_value = "", hide_default_value = true)]
    explanation: String,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: PortOutArgs, output: Output) -> Result<Outcome, Failure> {
    let clients = args.connect.connect()?;
    let port_out = match args.command {
        PortOutCommand::List(args) => return list(args, &clients, output).await,
        PortOutCommand::Reasons(name) => return reasons(name, &clients, output).await,
        PortOutCommand::Show(name) => {
            let request = GetPortOutRequest {
                port_out_id: name.port_out,
            };
            clients
                .port_outs()?
                .get_port_out(ask(request))
                .await?
                .into_inner()
                .port_out
        }
        PortOutCommand::Accept(args) => {
            let request = AcceptPortOutRequest {
                port_out_id: args.name.port_out,
            };
            let request = change(request, &args.change.key());
            clients
                .port_outs()?
                .accept_port_out(request)
                .await?
                .into_inner()
                .port_out
        }
        PortOutCommand::Reject(args) => {
            let request = RejectPortOutRequest {
                port_out_id: args.name.port_out,
                reason: args.reason,
                explanation: args.explanation,
                tns: Vec::new(),
            };
            let request = change(request, &args.change.key());
            clients
                .port_outs()?
                .reject_port_out(request)
                .await?
                .into_inner()
                .port_out
        }
    };
    output.message(&port_out.ok_or(Failure::Incomplete("port-out"))?, port_out_text)?;
    Ok(Outcome::Yes)
}

async fn list(args: ListArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let client = clients.port_outs()?;
    let completion = match (args.open, args.ended) {
        (true, _) => Completion::Incomplete,
        (false, true) => Completion::Complete,
        (false, false) => Completion::Unspecified,
    };
    let filter = ListPortOutsRequest {
        completion: completion.into(),
        phone_number: args.number.unwrap_or_default(),
        ..ListPortOutsRequest::default()
    };
    let page = |page_size, page_token| {
        let (mut client, request) = (
            client.clone(),
            ListPortOutsRequest {
                page_size,
                page_token,
                ..filter.clone()
            },
        );
        async move {
            let reply = client.list_port_outs(ask(request)).await?.into_inner();
            Ok((reply.port_outs, reply.next_page_token))
        }
    };
    let port_outs = args.limit.collect(page).await?;
    output.messages(&port_outs, port_outs_text)?;
    Ok(Outcome::Yes)
}

async fn reasons(name: PortOutName, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let request = ListRejectionReasonsRequest {
        port_out_id: name.port_out,
    };
    let reply = clients
        .port_outs()?
        .list_rejection_reasons(ask(request))
        .await?
        .into_inner();
    output.messages(&reply.reasons, reasons_text)?;
    Ok(Outcome::Yes)
}

fn port_out_text(port_out: &PortOut) -> String {
    let fields = output::fields([
        (
            "port-out",
            format!("{} ({})", port_out.request_number, port_out.port_out_id),
        ),
        ("state", wording::port_out_state(port_out.state)),
        (
            "winning carrier",
            format!("{} ({})", port_out.winning_name, port_out.winning_spid),
        ),
        (
            "order there",
            format!("{} version {:02}", port_out.pon, port_out.ver),
        ),
        ("end user", port_out.end_user_name.clone()),
        ("postal code", port_out.postal_code.clone()),
        ("received", wording::instant(port_out.received_at.as_ref())),
        ("answer due", wording::instant(port_out.answer_due_at.as_ref())),
        ("foc", wording::instant(port_out.foc_at.as_ref())),
        ("decided by", port_out.decided_by.clone()),
        ("rejected for", port_out.rejection_reason.clone()),
        ("answer", wording::answer_state(port_out.answer_state)),
        ("ended", wording::instant(port_out.ended_at.as_ref())),
    ]);
    let mut table = output::table(["NUMBER", "MAY GO"]);
    for number in &port_out.numbers {
        let verdict = if number.denial.is_empty() {
            "yes".to_owned()
        } else {
            format!("no: {}", number.denial)
        };
        table.add_row([number.tn.clone(), verdict]);
    }
    format!("{}\n\n{}", fields.trim_fmt(), table.trim_fmt())
}

fn port_outs_text(port_outs: &[PortOut]) -> String {
    let mut table = output::table([
        "PORT-OUT",
        "STATE",
        "WINNING CARRIER",
        "NUMBERS",
        "ANSWER DUE",
        "FOC",
    ]);
    for port_out in port_outs {
        table.add_row([
            port_out.request_number.clone(),
            wording::port_out_state(port_out.state),
            port_out.winning_name.clone(),
            port_out.numbers.len().to_string(),
            wording::instant(port_out.answer_due_at.as_ref()),
            wording::instant(port_out.foc_at.as_ref()),
        ]);
    }
    table.trim_fmt()
}

fn reasons_text(reasons: &[RejectionReason]) -> String {
    let mut table = output::table(["CODE", "MEANING", "PROOF"]);
    for reason in reasons {
        table.add_row([&reason.code, &reason.meaning, &reason.proof]);
    }
    table.trim_fmt()
}
