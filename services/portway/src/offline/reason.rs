//! `portway reason explain`: what a carrier's code means, and what to do about it.

use clap::{Args, Subcommand};
use comfy_table::Table;
use reasons::{Explanation, Network, Vocabulary};
use serde::Serialize;
use types::{CarrierId, InvalidValue};

use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};

/// Arguments of `portway reason`.
#[derive(Debug, Args)]
pub(crate) struct ReasonArgs {
    #[command(subcommand)]
    command: ReasonCommand,
}

#[derive(Debug, Subcommand)]
enum ReasonCommand {
    /// Translate a carrier's rejection code into a reason, its class, its remedy and who has to act.
    ///
    /// A code that is not known is UNMAPPED, which a person looks at; that is an answer as well, and exits with 0.
    Explain(ExplainArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway reason explain --carrier tmobile 6B
  portway reason explain --carrier wireline E6h -o json")]
struct ExplainArgs {
    /// The carrier that sent it, or `wireless` or `wireline` for any carrier of that network.
    #[arg(long, value_parser = parse_vocabulary)]
    carrier: Vocabulary,
    /// The code, or a vendor's text with the code in it.
    code: String,
}

/// A carrier as people write it, `T-Mobile` or `tmobile`, or a network.
fn parse_vocabulary(text: &str) -> Result<Vocabulary, InvalidValue> {
    let name = text.trim().to_lowercase().replace([' ', '_', '&', '.'], "-");
    let network = [Network::Wireless, Network::Wireline]
        .into_iter()
        .find(|network| network.code() == name);
    let carrier = if network.is_none() {
        Some(name.parse::<CarrierId>()?)
    } else {
        None
    };
    Ok(Vocabulary { carrier, network })
}

#[derive(Debug, Serialize)]
struct Answer {
    reason: &'static str,
    class: &'static str,
    remedy: &'static str,
    actor: &'static str,
    raw: String,
}

pub(crate) fn run(args: ReasonArgs, output: Output) -> Result<Outcome, Failure> {
    let ReasonCommand::Explain(args) = args.command;
    let explanation = reasons::explain(&args.carrier, &args.code);
    let answer = Answer {
        reason: explanation.reason.code(),
        class: explanation.class.code(),
        remedy: explanation.remedy,
        actor: explanation.actor.code(),
        raw: explanation.raw.clone(),
    };
    output.value(&answer, || answer_table(&explanation).trim_fmt())?;
    Ok(Outcome::Yes)
}

fn answer_table(explanation: &Explanation) -> Table {
    output::fields([
        ("reason", explanation.reason.code().to_owned()),
        ("meaning", explanation.reason.meaning().to_owned()),
        ("class", explanation.class.code().to_owned()),
        (
            "field",
            explanation
                .field
                .map(|field| field.code().to_owned())
                .unwrap_or_default(),
        ),
        ("remedy", explanation.remedy.to_owned()),
        ("actor", explanation.actor.code().to_owned()),
        ("raw", explanation.raw.clone()),
    ])
}
