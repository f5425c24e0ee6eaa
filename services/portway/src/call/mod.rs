//! `portway call`: any RPC that users may call, by its name, with its request as JSON. What has no command of its own
//! has this one.

mod codec;
mod rpc;

use std::io::Read as _;

use auth::Repeat;
use clap::Args;
use futures::stream;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::Value;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};

use self::codec::Dynamic;
use self::rpc::Rpc;
use crate::client::{ANSWER_BYTES_MAX, ChangeArgs, Clients, ConnectArgs, Service, ask, ask_stream};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::proto_json;

/// Arguments of `portway call`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway call --list PortOut
  portway call PortOutService.ListPortOuts --show
  portway call PortOutListService.CountPortOuts '{\"filter\": {\"completion\": \"COMPLETION_INCOMPLETE\"}}'
  portway call ProtectionService.SetNumberLock --dry-run '{\"tn\": \"+14158675309\", \"locked\": true}'
  portway call AuditService.ListAuditEntries --of billing")]
pub(crate) struct CallArgs {
    /// The RPC, such as PortInService.GetOrder; with --list: only those with this in their name.
    #[arg(required_unless_present = "list")]
    rpc: Option<String>,
    /// The request as JSON, by the names in its proto; a list of requests for an RPC that takes a stream; `-` reads it
    /// from the standard input.
    #[arg(default_value = "{}", value_name = "JSON")]
    request: String,
    /// List the RPCs.
    #[arg(long, conflicts_with = "show")]
    list: bool,
    /// Show what the RPC takes and gives.
    #[arg(long)]
    show: bool,
    /// The service that is asked, for RPCs that each of them serves.
    #[arg(long, value_name = "SERVICE", default_value = "intake")]
    of: Service,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    connect: ConnectArgs,
}

pub(crate) async fn run(args: CallArgs, output: Output) -> Result<Outcome, Failure> {
    let name = args.rpc.unwrap_or_default();
    if args.list {
        return list(&name, output);
    }
    let rpc = rpc::find(&name)?;
    if args.show {
        let shape = rpc.shape();
        output.value(&shape, || shape.clone())?;
        return Ok(Outcome::Yes);
    }
    let messages = requests(&rpc, &args.request)?;
    let clients = args.connect.connect()?;
    call(&clients, &rpc, args.of, messages, args.change, output).await
}

fn list(part: &str, output: Output) -> Result<Outcome, Failure> {
    let part = part.to_lowercase();
    let rpcs = rpc::all()?;
    let named: Vec<(String, String)> = rpcs
        .iter()
        .filter(|rpc| rpc.name().to_lowercase().contains(&part))
        .map(|rpc| (rpc.name(), rpc.summary()))
        .collect();
    output.value(&named, || {
        let mut table = output::table(["RPC", "WHAT IT DOES"]);
        for (name, summary) in &named {
            table.add_row([name, summary]);
        }
        table.trim_fmt()
    })?;
    Ok(Outcome::Yes)
}

/// The messages that a call sends.
fn requests(rpc: &Rpc, text: &str) -> Result<Vec<DynamicMessage>, Failure> {
    let mut read = String::new();
    let text = if text == "-" {
        std::io::stdin().read_to_string(&mut read).map_err(unread)?;
        read.as_str()
    } else {
        text
    };
    let wrong = |error: serde_json::Error| Failure::Usage(format!("the request is not JSON: {error}"));
    let value: Value = serde_json::from_str(text).map_err(wrong)?;
    let values = match value.as_array() {
        Some(values) if rpc.method.is_client_streaming() => values.clone(),
        Some(_) | None => vec![value],
    };
    let contract = rpc.method.input();
    values
        .into_iter()
        .map(|value| message(&contract, value))
        .collect()
}

fn unread(source: std::io::Error) -> Failure {
    Failure::Unreadable {
        path: "the standard input".into(),
        source,
    }
}

fn message(contract: &MessageDescriptor, value: Value) -> Result<DynamicMessage, Failure> {
    DynamicMessage::deserialize(contract.clone(), value)
        .map_err(|error| Failure::Usage(format!("the request is no {}: {error}", contract.name())))
}

/// Every kind of RPC is a stream of requests and a stream of replies, some of one message.
async fn call(
    clients: &Clients,
    rpc: &Rpc,
    of: Service,
    messages: Vec<DynamicMessage>,
    change: ChangeArgs,
    output: Output,
) -> Result<Outcome, Failure> {
    let wire = clients.wire(rpc.service.unwrap_or(of))?;
    let mut grpc = Grpc::new(wire).max_decoding_message_size(ANSWER_BYTES_MAX);
    let path = PathAndQuery::try_from(rpc::path(&rpc.method))
        .map_err(|error| Failure::Usage(format!("{} is no path: {error}", rpc.name())))?;
    let codec = Dynamic {
        reply: rpc.method.output(),
    };
    let is_stream = rpc.method.is_server_streaming();
    let messages = stream::iter(messages);
    let request: Request<_> = match rpc.repeat {
        Repeat::Key => change.request(messages),
        Repeat::Read | Repeat::Natural if is_stream => ask_stream(messages),
        Repeat::Read | Repeat::Natural => ask(messages),
    };
    grpc.ready()
        .await
        .map_err(|error| Status::from_error(error.into()))?;
    let mut replies = grpc.streaming(request, path, codec).await?.into_inner();
    while let Some(reply) = replies.message().await? {
        let value = proto_json::dynamic(&reply)?;
        if is_stream {
            let line = value.to_string();
            output.stream_line(|| Ok(value), || line)?;
        } else {
            output.value(&value, || format!("{value:#}"))?;
        }
    }
    Ok(Outcome::Yes)
}
