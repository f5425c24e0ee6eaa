//! `portway number inspect`: what numbers are, or why they cannot be ported.

use std::io::{self, BufRead};

use clap::{Args, Subcommand};
use clock::Clock;
use comfy_table::Table;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use numbering::{NumberInfo, NumberRefusal, NumberingTable};
use serde::Serialize;

use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};

/// How many numbers one call takes: five times the largest order.
const NUMBERS_MAX: usize = 100_000;

/// Arguments of `portway number`.
#[derive(Debug, Args)]
pub(crate) struct NumberArgs {
    #[command(subcommand)]
    command: NumberCommand,
}

#[derive(Debug, Subcommand)]
enum NumberCommand {
    /// Say kind, country, state and NPAC region of each number, or the code of its refusal.
    ///
    /// A number that repeats an earlier one is refused as DUPLICATE_TN, as an order would. Exits with 1 when any
    /// number is refused.
    Inspect(InspectArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway number inspect '+1 (415) 867-5309' 876-234-5678
  cut -d, -f1 numbers.csv | tail -n +2 | portway number inspect - -o json")]
struct InspectArgs {
    /// Numbers in any usual punctuation; `-` reads them from the standard input, one a line.
    #[arg(required = true, value_name = "TN")]
    numbers: Vec<String>,
    /// Read letters as the keypad has them: 1-800-FLOWERS.
    #[arg(long)]
    vanity: bool,
    /// Judge by the area codes in use on this day instead of today.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

/// What is known about one number. `code` is null when it can be ported.
#[derive(Debug, Serialize)]
struct Verdict {
    input: String,
    tn: Option<String>,
    kind: Option<&'static str>,
    country: Option<String>,
    state: Option<String>,
    region: Option<&'static str>,
    code: Option<&'static str>,
    /// The refusal in a sentence, for people.
    #[serde(skip)]
    problem: String,
}

pub(crate) fn run(args: NumberArgs, output: Output) -> Result<Outcome, Failure> {
    let NumberCommand::Inspect(args) = args.command;
    let numbers = read_numbers(args.numbers)?;
    let on = args
        .on
        .unwrap_or_else(|| Clock::system().now().to_zoned(TimeZone::UTC).date());
    let mut verdicts = judge(&spelled(&numbers, args.vanity), on);
    for (verdict, input) in verdicts.iter_mut().zip(&numbers) {
        verdict.input.clone_from(input);
    }
    output.value(&verdicts, || verdict_table(&verdicts).trim_fmt())?;
    Ok(Outcome::yes_if(
        verdicts.iter().all(|verdict| verdict.code.is_none()),
    ))
}

/// The numbers named, with those of the standard input in the place of `-`.
fn read_numbers(named: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut numbers = Vec::new();
    for number in named {
        if number == "-" {
            let unreadable = |source| Failure::Unreadable {
                path: "the standard input".into(),
                source,
            };
            for line in io::stdin().lock().lines().take(NUMBERS_MAX + 1) {
                let line = line.map_err(unreadable)?;
                if !line.trim().is_empty() {
                    numbers.push(line);
                }
            }
        } else {
            numbers.push(number);
        }
    }
    if numbers.len() > NUMBERS_MAX {
        return Err(Failure::Usage(format!("at most {NUMBERS_MAX} numbers at once")));
    }
    Ok(numbers)
}

/// The numbers in digits: in vanity mode the letters of those that can be read so are replaced.
fn spelled(numbers: &[String], vanity: bool) -> Vec<String> {
    let spell = |raw: &String| match numbering::parse_vanity(raw) {
        Ok(tn) if vanity => tn.to_string(),
        Ok(_) | Err(_) => raw.clone(),
    };
    numbers.iter().map(spell).collect()
}

fn judge(numbers: &[String], on: Date) -> Vec<Verdict> {
    let table = NumberingTable::in_force();
    let read = table.parse_list(numbers.iter().map(String::as_str));
    let judged = numbers.iter().zip(read);
    judged
        .map(|(input, read)| match read.and_then(|tn| table.describe(tn, on)) {
            Ok(info) => Verdict::known(input, &info),
            Err(refusal) => Verdict::refused(input, &refusal, on),
        })
        .collect()
}

impl Verdict {
    fn known(input: &str, info: &NumberInfo) -> Self {
        Self {
            input: input.to_owned(),
            tn: Some(info.tn.to_string()),
            kind: Some(info.kind.code()),
            country: info.country.map(|country| country.to_string()),
            state: info.state.as_ref().map(ToString::to_string),
            region: info.region.map(numbering::NpacRegion::code),
            code: None,
            problem: String::new(),
        }
    }

    /// A refused number keeps what is known all the same: of a repeated one everything, of one abroad its country.
    fn refused(input: &str, refusal: &NumberRefusal, on: Date) -> Self {
        let known = if let NumberRefusal::DuplicateTn { .. } = refusal {
            numbering::inspect(input, on).ok()
        } else {
            None
        };
        let blank = Self {
            input: input.to_owned(),
            tn: None,
            kind: None,
            country: refusal.country().map(str::to_owned),
            state: None,
            region: None,
            code: None,
            problem: String::new(),
        };
        Self {
            code: Some(refusal.code()),
            problem: refusal.to_string(),
            ..known.map_or(blank, |info| Self::known(input, &info))
        }
    }
}

fn verdict_table(verdicts: &[Verdict]) -> Table {
    let mut table = output::table(["INPUT", "TN", "KIND", "COUNTRY", "STATE", "REGION", "CODE", "WHY"]);
    for verdict in verdicts {
        table.add_row([
            verdict.input.as_str(),
            verdict.tn.as_deref().unwrap_or("-"),
            verdict.kind.unwrap_or("-"),
            verdict.country.as_deref().unwrap_or("-"),
            verdict.state.as_deref().unwrap_or("-"),
            verdict.region.unwrap_or("-"),
            verdict.code.unwrap_or("ok"),
            &verdict.problem,
        ]);
    }
    table
}
