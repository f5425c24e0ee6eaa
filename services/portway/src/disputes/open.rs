//! `portway dispute open`.

use clap::{Args, ValueEnum};
use portway_proto::intake::v1::open_dispute_request::About;
use portway_proto::intake::v1::{Dispute, DisputeKind, DisputeReporter, OpenDisputeRequest};

use super::parse_number;
use crate::client::{ChangeArgs, Clients};
use crate::exit::Failure;

/// Arguments of `portway dispute open`.
#[derive(Debug, Args)]
pub(super) struct OpenArgs {
    /// An order that has ported: its request number, such as PI_100001, or UUID.
    #[arg(long, required_unless_present = "port_out", conflicts_with = "port_out")]
    order: Option<String>,
    /// A port-out whose numbers have left: its request number, such as PO_100001, or UUID.
    #[arg(long)]
    port_out: Option<String>,
    /// Numbers of it; repeat it, or separate with commas. Default: all that ported.
    #[arg(long = "number", value_name = "TN", value_delimiter = ',', value_parser = parse_number)]
    numbers: Vec<String>,
    /// What is wrong with the port.
    #[arg(long, value_enum)]
    kind: Kind,
    /// Who reports it.
    #[arg(long, value_enum)]
    reporter: Reporter,
    /// Name of whoever does.
    #[arg(long, value_name = "NAME")]
    reporter_name: String,
    /// What they say. Never a PIN.
    #[arg(long, value_name = "TEXT")]
    statement: String,
    #[command(flatten)]
    change: ChangeArgs,
}

/// What is wrong, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Whoever has the numbers did not allow it.
    Unauthorized,
    /// It was allowed, and should not have been.
    Mistaken,
}

/// Who reports it, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Reporter {
    /// The account.
    Account,
    /// The end user of the numbers.
    EndUser,
    /// The other carrier.
    Carrier,
}

pub(super) async fn open(args: OpenArgs, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let of_order = args.order.map(About::OrderId);
    let kind = match args.kind {
        Kind::Unauthorized => DisputeKind::Unauthorized,
        Kind::Mistaken => DisputeKind::Mistaken,
    };
    let reporter = match args.reporter {
        Reporter::Account => DisputeReporter::Account,
        Reporter::EndUser => DisputeReporter::EndUser,
        Reporter::Carrier => DisputeReporter::Carrier,
    };
    let request = args.change.request(OpenDisputeRequest {
        about: of_order.or(args.port_out.map(About::PortOutId)),
        tns: args.numbers,
        kind: kind.into(),
        reporter: reporter.into(),
        reporter_name: args.reporter_name,
        statement: args.statement,
    });
    let reply = clients.disputes()?.open_dispute(request).await?;
    Ok(reply.into_inner().dispute)
}
