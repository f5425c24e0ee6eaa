//! `portway calendar ready`: when a port is answered and ready, by the rule of its region and kind.

use calendar::{HolidayCalendar, PortKind, Readiness, ready};
use clap::{Args, Subcommand};
use comfy_table::Table;
use jiff::Timestamp;
use jiff::civil::Date;
use numbering::NpacRegion;
use serde::Serialize;

use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};

/// Arguments of `portway calendar`.
#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    #[command(subcommand)]
    command: CalendarCommand,
}

#[derive(Debug, Subcommand)]
enum CalendarCommand {
    /// Say from when a request counts as received, when its answer is due, and when its numbers are ready.
    Ready(ReadyArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
The holidays are the federal ones of the region's country.

Examples:
  portway calendar ready --region W --received 2026-11-23T20:00:00Z --kind simple
  portway calendar ready --region NE --received 2026-11-25T13:30:00-05:00 --kind simple --closed 2026-11-27 -o json")]
struct ReadyArgs {
    /// NPAC region of the numbers: NE, MA, SE, MW, SW, W, WC or CANADA. `portway number inspect` tells it.
    #[arg(long, value_parser = parse_region)]
    region: NpacRegion,
    /// When the request arrives, RFC 3339 with an offset.
    #[arg(long, value_name = "TIME")]
    received: Timestamp,
    /// simple: one line, wireline or intermodal. complex: any other with a wireline side. wireless: both sides are.
    #[arg(long, value_parser = parse_kind)]
    kind: PortKind,
    /// More days on which the losing carrier is closed.
    #[arg(long, value_name = "DATE", num_args = 1.., value_delimiter = ',')]
    closed: Vec<Date>,
}

fn parse_region(text: &str) -> Result<NpacRegion, types::InvalidValue> {
    text.to_ascii_uppercase().parse()
}

fn parse_kind(text: &str) -> Result<PortKind, types::InvalidValue> {
    text.to_ascii_lowercase().parse()
}

/// The instants, in UTC.
#[derive(Debug, Serialize)]
struct Answer {
    received_at: Timestamp,
    foc_by: Timestamp,
    ready_at: Timestamp,
}

pub(crate) fn run(args: CalendarArgs, output: Output) -> Result<Outcome, Failure> {
    let CalendarCommand::Ready(args) = args.command;
    let holidays = HolidayCalendar::federal(args.region.country()).closed_on(args.closed);
    let Readiness {
        received_at,
        foc_by,
        ready_at,
    } = ready(args.region, args.received, args.kind, &holidays)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let answer = Answer {
        received_at,
        foc_by,
        ready_at,
    };
    output.value(&answer, || answer_table(&answer, args.region).trim_fmt())?;
    Ok(Outcome::Yes)
}

fn answer_table(answer: &Answer, region: NpacRegion) -> Table {
    let local = format!("IN THE REGION ({})", region.time_zone_name());
    let mut table = output::table(["", "UTC", &local]);
    let lines = [
        ("counts as received", answer.received_at),
        ("answer due", answer.foc_by),
        ("ready", answer.ready_at),
    ];
    for (name, at) in lines {
        let there = at
            .to_zoned(region.time_zone())
            .strftime("%a %Y-%m-%d %H:%M:%S %Z");
        table.add_row([name.to_owned(), at.to_string(), there.to_string()]);
    }
    table
}
