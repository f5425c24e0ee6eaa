//! `portway dispute settle`.

use clap::{Args, ValueEnum};
use portway_proto::intake::v1::{Dispute, DisputeNumberOutcome, DisputeOutcome, SettleDisputeRequest};

use super::{DisputeName, parse_number};
use crate::client::{ChangeArgs, Clients};
use crate::exit::Failure;

/// Arguments of `portway dispute settle`.
#[derive(Debug, Args)]
#[command(after_help = "\
A number that is back is RETURNED and nothing else; no other number is.

Examples:
  portway dispute settle DI_100001 --outcome returned --explanation 'the letter was not signed'
  portway dispute settle DI_100001 --outcome upheld --number +14158675309=returned --waive-fee")]
pub(super) struct SettleArgs {
    #[command(flatten)]
    name: DisputeName,
    /// The outcome of every number that `--number` does not name.
    #[arg(long, value_enum, required_unless_present = "numbers")]
    outcome: Option<OutcomeChoice>,
    /// The outcome of one number; repeat it.
    #[arg(long = "number", value_name = "TN=OUTCOME", value_parser = parse_outcome)]
    numbers: Vec<DisputeNumberOutcome>,
    /// Told to the account.
    #[arg(long, default_value = "", hide_default_value = true)]
    explanation: String,
    /// Charge no fee even where the rule has one.
    #[arg(long)]
    waive_fee: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

/// The outcomes as they are typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OutcomeChoice {
    /// It is back where it was before the port.
    Returned,
    /// The port stands.
    Upheld,
    /// Whoever opened the dispute took it back.
    Withdrawn,
}

impl From<OutcomeChoice> for DisputeOutcome {
    fn from(outcome: OutcomeChoice) -> Self {
        match outcome {
            OutcomeChoice::Returned => Self::Returned,
            OutcomeChoice::Upheld => Self::Upheld,
            OutcomeChoice::Withdrawn => Self::Withdrawn,
        }
    }
}

/// Reads `number=outcome`.
fn parse_outcome(text: &str) -> Result<DisputeNumberOutcome, String> {
    let (number, outcome) = text.split_once('=').ok_or("must be NUMBER=OUTCOME")?;
    let ignores_case = true;
    let outcome = OutcomeChoice::from_str(outcome, ignores_case)
        .map_err(|_| format!("{outcome}: must be returned, upheld or withdrawn"))?;
    Ok(DisputeNumberOutcome {
        tn: parse_number(number)?,
        outcome: DisputeOutcome::from(outcome).into(),
    })
}

pub(super) async fn settle(args: SettleArgs, clients: &Clients) -> Result<Option<Dispute>, Failure> {
    let outcome = args.outcome.map(DisputeOutcome::from);
    let request = args.change.request(SettleDisputeRequest {
        dispute_id: args.name.dispute,
        outcome: outcome.unwrap_or_default().into(),
        outcomes: args.numbers,
        explanation: args.explanation,
        waive_fee: args.waive_fee,
        etag: String::new(),
    });
    let reply = clients.disputes()?.settle_dispute(request).await?;
    Ok(reply.into_inner().dispute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_names_its_number_in_any_punctuation() {
        let read = parse_outcome("(415) 867-5309=Returned").unwrap();
        assert_eq!(
            (read.tn.as_str(), read.outcome()),
            ("+14158675309", DisputeOutcome::Returned)
        );
        for wrong in ["+14158675309", "+14158675309=kept", "12=upheld"] {
            assert!(parse_outcome(wrong).is_err(), "{wrong}");
        }
    }
}
