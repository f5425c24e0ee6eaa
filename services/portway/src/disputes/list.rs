//! `portway dispute list`.

use clap::{Args, ValueEnum};
use portway_proto::intake::v1::{DisputeDirection, DisputeState, ListDisputesRequest};

use super::shown;
use crate::client::{Clients, LimitArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::Output;

/// Arguments of `portway dispute list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    limit: LimitArgs,
    /// Only disputes in one of these states.
    #[arg(long, value_enum, value_delimiter = ',')]
    state: Vec<StateFilter>,
    /// Only disputes over ports in this direction.
    #[arg(long, value_enum)]
    direction: Option<DirectionFilter>,
    /// Only disputes about this number, in any punctuation.
    #[arg(long, value_name = "TN")]
    number: Option<String>,
    /// Only disputes that are not settled and have a clock that has run out.
    #[arg(long)]
    overdue: bool,
    /// Only disputes of this account. For the platform: everybody else sees their own account's alone.
    #[arg(long, value_name = "UUID")]
    account: Option<String>,
}

/// The states as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateFilter {
    Open,
    Answered,
    SnapbackAsked,
    SnapbackRefused,
    Returned,
    Settled,
}

impl From<StateFilter> for DisputeState {
    fn from(state: StateFilter) -> Self {
        match state {
            StateFilter::Open => Self::Open,
            StateFilter::Answered => Self::Answered,
            StateFilter::SnapbackAsked => Self::SnapbackAsked,
            StateFilter::SnapbackRefused => Self::SnapbackRefused,
            StateFilter::Returned => Self::Returned,
            StateFilter::Settled => Self::Settled,
        }
    }
}

/// The directions as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum DirectionFilter {
    PortIn,
    PortOut,
}

impl From<DirectionFilter> for DisputeDirection {
    fn from(direction: DirectionFilter) -> Self {
        match direction {
            DirectionFilter::PortIn => Self::PortIn,
            DirectionFilter::PortOut => Self::PortOut,
        }
    }
}

pub(super) async fn list(args: ListArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let client = clients.disputes()?;
    let states = args.state.into_iter().map(DisputeState::from);
    let wanted = ListDisputesRequest {
        account_id: args.account.unwrap_or_default(),
        states: states.map(Into::into).collect(),
        direction: args
            .direction
            .map(DisputeDirection::from)
            .unwrap_or_default()
            .into(),
        phone_number: args.number.unwrap_or_default(),
        overdue: args.overdue,
        ..ListDisputesRequest::default()
    };
    let page = |page_size, page_token| {
        let mut client = client.clone();
        let request = ListDisputesRequest {
            page_size,
            page_token,
            ..wanted.clone()
        };
        async move {
            let reply = client.list_disputes(ask(request)).await?.into_inner();
            Ok((reply.disputes, reply.next_page_token))
        }
    };
    let disputes = args.limit.collect(page).await?;
    output.messages(&disputes, shown::disputes_text)?;
    Ok(Outcome::Yes)
}
