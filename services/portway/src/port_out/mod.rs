//! `portway port-out`: numbers that other carriers ask for, and the account's decision on each request.

mod list;

use clap::{Args, Subcommand};
use portway_proto::intake::v1::{
    AcceptPortOutRequest, GetPortOutRequest, ListPortOutTimelineRequest, ListRejectionReasonsRequest,
    PortOut, PortOutTimelineEntry, RejectPortOutRequest, RejectionReason,
};

use crate::client::{ChangeArgs, Clients, ConnectArgs, LimitArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::wording;

/// Arguments of `portway port-out`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway port-out list --open
  portway port-out list --carrier 'Winner Wireless' --sort foc
  portway port-out export port-outs.csv --ended
  portway port-out accept PO_100001
  portway port-out timeline PO_100001
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
    List(list::ListArgs),
    /// Say how many requests there are.
    Count(list::FilterArgs),
    /// Write requests to a CSV file.
    Export(list::ExportArgs),
    /// Show one request with the verdict on each number.
    Show(PortOutName),
    /// Let the numbers go.
    Accept(AcceptArgs),
    /// Refuse, for one of the reasons that the law allows.
    Reject(RejectArgs),
    /// List what happened to one request, oldest first.
    Timeline(TimelineArgs),
    /// List the reasons for which a request may lawfully be refused.
    Reasons(PortOutName),
}

#[derive(Debug, Args)]
struct PortOutName {
    /// Request number, such as PO_100001, or UUID.
    port_out: String,
}

#[derive(Debug, Args)]
struct TimelineArgs {
    #[command(flatten)]
    name: PortOutName,
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
        PortOutCommand::List(args) => return list::list(args, &clients, output).await,
        PortOutCommand::Count(filter) => return list::count(filter, &clients, output).await,
        PortOutCommand::Export(args) => return list::export(args, &clients).await,
        PortOutCommand::Timeline(args) => return timeline(args, &clients, output).await,
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
            let request = args.change.request(request);
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
            let request = args.change.request(request);
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

async fn timeline(args: TimelineArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let client = clients.port_outs()?;
    let page = |page_size, page_token| {
        let mut client = client.clone();
        let request = ListPortOutTimelineRequest {
            port_out_id: args.name.port_out.clone(),
            page_size,
            page_token,
        };
        async move {
            let reply = client.list_port_out_timeline(ask(request)).await?.into_inner();
            Ok((reply.entries, reply.next_page_token))
        }
    };
    let entries = args.limit.collect(page).await?;
    output.messages(&entries, timeline_text)?;
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
        (
            "foc asked for",
            wording::instant(port_out.requested_foc_at.as_ref()),
        ),
        ("foc", wording::instant(port_out.foc_at.as_ref())),
        ("decided by", port_out.decided_by.clone()),
        ("rejected for", port_out.rejection_reason.clone()),
        ("answer", wording::answer_state(port_out.answer_state)),
        ("answer refused for", port_out.answer_refusal.clone()),
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

fn reasons_text(reasons: &[RejectionReason]) -> String {
    let mut table = output::table(["CODE", "MEANING", "PROOF"]);
    for reason in reasons {
        table.add_row([&reason.code, &reason.meaning, &reason.proof]);
    }
    table.trim_fmt()
}

fn timeline_text(entries: &[PortOutTimelineEntry]) -> String {
    let mut table = output::table(["WHEN", "WHO", "WHAT", "NOTE"]);
    for entry in entries {
        table.add_row([
            wording::instant(entry.at.as_ref()),
            entry.actor.clone(),
            entry.action.clone(),
            entry.note.clone(),
        ]);
    }
    table.trim_fmt()
}
