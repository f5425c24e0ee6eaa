//! The arguments of the command line, down to the groups of commands; each command's own are with the command.

use clap::{Parser, Subcommand};

use crate::audit::AuditArgs;
use crate::call::CallArgs;
use crate::completions::CompletionsArgs;
use crate::disputes::DisputeArgs;
use crate::events::EventsArgs;
use crate::invoices::InvoicesArgs;
use crate::numbers::NumbersArgs;
use crate::offline::calendar::CalendarArgs;
use crate::offline::number::NumberArgs;
use crate::offline::reason::ReasonArgs;
use crate::output::Format;
use crate::permission_sets::PermissionSetArgs;
use crate::port_in::PortInArgs;
use crate::port_out::PortOutArgs;
use crate::user_groups::UserGroupArgs;
use crate::{demo, up};

const AFTER_HELP: &str = "\
Exit codes:
  0  done; the answer is yes
  1  done; the answer is no: a number is refused, a requirement is not met, an order ended without porting
  2  the command or the data given is wrong
  3  no token, not a valid one, or no permission
  4  no such thing
  5  a service cannot be reached or is busy: try again
  6  the state of the thing does not allow it, or somebody else changed it
  7  anything else

Examples:
  portway number inspect '+1 (415) 867-5309' 8762345678
  portway port-in create --file order.toml --numbers numbers.csv --loa loa.pdf --loa-signed 2026-11-20 --submit
  portway port-in watch PI_100001
  portway completions bash > /etc/bash_completion.d/portway";

/// Moves telephone numbers between carriers: port-ins, port-outs, and the tools around them.
#[derive(Debug, Parser)]
#[command(name = "portway", version, after_help = AFTER_HELP, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to print: a table for people, or JSON for programs.
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

/// The groups of commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what numbers are and whether they can be ported. Works offline.
    Number(NumberArgs),
    /// Say when a port is answered and ready by rule. Works offline.
    Calendar(CalendarArgs),
    /// Say what a carrier's code means and what to do. Works offline.
    Reason(ReasonArgs),
    /// Bring numbers in from another carrier.
    PortIn(PortInArgs),
    /// Decide on numbers that other carriers ask for.
    PortOut(PortOutArgs),
    /// Dispute ports that nobody allowed, or that were a mistake.
    Dispute(DisputeArgs),
    /// Show the numbers of the account.
    Numbers(NumbersArgs),
    /// Follow what a service announces.
    Events(EventsArgs),
    /// Show the invoices of the account.
    Invoices(InvoicesArgs),
    /// Say who may do what in the account, by named sets of permissions.
    PermissionSet(PermissionSetArgs),
    /// Put the account's users into groups.
    UserGroup(UserGroupArgs),
    /// Keep and check what a service has on record.
    Audit(AuditArgs),
    /// Call any RPC by its name, with its request as JSON.
    Call(CallArgs),
    /// Print the completions for a shell.
    Completions(CompletionsArgs),
    /// Run every service in one process, on a private Postgres and Redis.
    Up(up::UpArgs),
    /// Port a number in and another out, for real, and show each step.
    Demo(demo::DemoArgs),
}
