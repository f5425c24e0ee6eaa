//! Port-outs by the many: a list, how many there are, and a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use portway_proto::intake::v1::{
    AnswerState, Completion, CountPortOutsRequest, CountPortOutsResponse, ExportPortOutsRequest,
    ListPortOutsRequest, PortOut, PortOutCount, PortOutFilter, PortOutSort, PortOutState,
};
use tokio::io::AsyncWriteExt as _;

use crate::client::{Clients, LimitArgs, ask, ask_stream};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output, note};
use crate::wording;

/// Which port-outs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filter")]
pub(super) struct FilterArgs {
    /// Only requests that have not ended.
    #[arg(long, conflicts_with = "ended")]
    open: bool,
    /// Only requests that have ended.
    #[arg(long)]
    ended: bool,
    /// Only requests in one of these states.
    #[arg(long, value_enum, value_delimiter = ',')]
    state: Vec<StateFilter>,
    /// Only requests with this number, in any punctuation.
    #[arg(long, value_name = "TN")]
    number: Option<String>,
    /// Only the request with this number for people, such as `PO_100001`.
    #[arg(long, value_name = "PO_NUMBER")]
    request: Option<String>,
    /// Only requests of this winning carrier, by its SPID.
    #[arg(long)]
    spid: Option<String>,
    /// Only requests of this winning carrier, by its whole name.
    #[arg(long, value_name = "NAME")]
    carrier: Option<String>,
    /// Only requests with this purchase order number.
    #[arg(long)]
    pon: Option<String>,
    /// Only requests for this end user, by the whole name.
    #[arg(long, value_name = "NAME")]
    end_user: Option<String>,
    /// Only requests with this ZIP or postal code.
    #[arg(long, value_name = "CODE")]
    postal_code: Option<String>,
    /// Only requests that this decided: a subject, silence, policy, "end user" or overruled.
    #[arg(long, value_name = "WHO")]
    decided_by: Option<String>,
    /// Only requests that were rejected for this reason.
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// Only requests our answer to which has come this far.
    #[arg(long, value_enum)]
    answer: Option<AnswerFilter>,
    /// Only requests with so many numbers or more.
    #[arg(long, value_name = "COUNT")]
    numbers_min: Option<u16>,
    /// Only requests with so many numbers or fewer.
    #[arg(long, value_name = "COUNT")]
    numbers_max: Option<u16>,
    /// For the platform: only requests of this account.
    #[arg(long, value_name = "UUID")]
    account: Option<String>,
}

/// The states as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateFilter {
    Pending,
    Authorized,
    RejectionReview,
    Rejected,
    PortedOut,
    Cancelled,
}

impl From<StateFilter> for PortOutState {
    fn from(state: StateFilter) -> Self {
        match state {
            StateFilter::Pending => Self::Pending,
            StateFilter::Authorized => Self::Authorized,
            StateFilter::RejectionReview => Self::RejectionReview,
            StateFilter::Rejected => Self::Rejected,
            StateFilter::PortedOut => Self::PortedOut,
            StateFilter::Cancelled => Self::Cancelled,
        }
    }
}

/// How far an answer has come, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum AnswerFilter {
    Requested,
    Sent,
    Acknowledged,
    Refused,
}

impl From<AnswerFilter> for AnswerState {
    fn from(answer: AnswerFilter) -> Self {
        match answer {
            AnswerFilter::Requested => Self::Requested,
            AnswerFilter::Sent => Self::Sent,
            AnswerFilter::Acknowledged => Self::Acknowledged,
            AnswerFilter::Refused => Self::Refused,
        }
    }
}

impl FilterArgs {
    fn filter(self) -> PortOutFilter {
        let completion = match (self.open, self.ended) {
            (true, _) => Completion::Incomplete,
            (false, true) => Completion::Complete,
            (false, false) => Completion::Unspecified,
        };
        let states = self.state.into_iter().map(PortOutState::from);
        PortOutFilter {
            completion: completion.into(),
            states: states.map(Into::into).collect(),
            request_number: self.request.unwrap_or_default(),
            phone_number: self.number.unwrap_or_default(),
            winning_spid: self.spid.unwrap_or_default(),
            winning_name: self.carrier.unwrap_or_default(),
            pon: self.pon.unwrap_or_default(),
            end_user_name: self.end_user.unwrap_or_default(),
            postal_code: self.postal_code.unwrap_or_default(),
            decided_by: self.decided_by.unwrap_or_default(),
            rejection_reason: self.reason.unwrap_or_default(),
            answer_state: self.answer.map(AnswerState::from).unwrap_or_default().into(),
            numbers_min: self.numbers_min.unwrap_or_default().into(),
            numbers_max: self.numbers_max.unwrap_or_default().into(),
            account_id: self.account.unwrap_or_default(),
            ..PortOutFilter::default()
        }
    }
}

/// In which order.
#[derive(Debug, Args)]
pub(super) struct SortArgs {
    /// What they are sorted by.
    #[arg(long, value_enum, default_value_t = SortChoice::RequestNumber)]
    sort: SortChoice,
    /// The earliest or the fewest first.
    #[arg(long)]
    ascending: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SortChoice {
    RequestNumber,
    Received,
    Foc,
    AnswerDue,
    Ended,
    Numbers,
}

impl From<SortChoice> for PortOutSort {
    fn from(sort: SortChoice) -> Self {
        match sort {
            SortChoice::RequestNumber => Self::RequestNumber,
            SortChoice::Received => Self::Received,
            SortChoice::Foc => Self::Foc,
            SortChoice::AnswerDue => Self::AnswerDue,
            SortChoice::Ended => Self::Ended,
            SortChoice::Numbers => Self::Numbers,
        }
    }
}

/// Arguments of `portway port-out list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    sort: SortArgs,
    #[command(flatten)]
    limit: LimitArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

/// Arguments of `portway port-out export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The CSV file to write; one that is there is replaced.
    file: PathBuf,
    #[command(flatten)]
    sort: SortArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

pub(super) async fn list(args: ListArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let client = clients.port_outs()?;
    let wanted = ListPortOutsRequest {
        filter: Some(args.filter.filter()),
        sort: PortOutSort::from(args.sort.sort).into(),
        ascending: args.sort.ascending,
        ..ListPortOutsRequest::default()
    };
    let page = |page_size, page_token| {
        let (mut client, request) = (
            client.clone(),
            ListPortOutsRequest {
                page_size,
                page_token,
                ..wanted.clone()
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

pub(super) async fn count(filter: FilterArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let request = CountPortOutsRequest {
        filter: Some(filter.filter()),
    };
    let reply = clients.port_out_lists()?.count_port_outs(ask(request)).await?;
    output.message(&reply.into_inner(), counts_text)?;
    Ok(Outcome::Yes)
}

pub(super) async fn export(args: ExportArgs, clients: &Clients) -> Result<Outcome, Failure> {
    let request = ExportPortOutsRequest {
        filter: Some(args.filter.filter()),
        sort: PortOutSort::from(args.sort.sort).into(),
        ascending: args.sort.ascending,
    };
    let mut pieces = clients
        .port_out_lists()?
        .export_port_outs(ask_stream(request))
        .await?
        .into_inner();
    let mut file = tokio::fs::File::create(&args.file).await?;
    while let Some(piece) = pieces.message().await? {
        file.write_all(&piece.csv).await?;
    }
    file.sync_all().await?;
    note(&format!("written to {}", args.file.display()));
    Ok(Outcome::Yes)
}

fn counts_text(counts: &CountPortOutsResponse) -> String {
    let of = |count: Option<&PortOutCount>| {
        let count = count.copied().unwrap_or_default();
        let more = if count.more { " and more" } else { "" };
        format!("{}{more}", count.count)
    };
    let mut table = output::table(["STATE", "PORT-OUTS"]);
    for state in &counts.states {
        table.add_row([wording::port_out_state(state.state), of(state.port_outs.as_ref())]);
    }
    format!("found: {}\n\n{}", of(counts.found.as_ref()), table.trim_fmt())
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
            port_out.number_count.to_string(),
            wording::instant(port_out.answer_due_at.as_ref()),
            wording::instant(port_out.foc_at.as_ref()),
        ]);
    }
    table.trim_fmt()
}
