//! The `portway` command: offline tools, a gRPC client of every service, and all services in one process.
//!
//! Start at [`run`]: it parses the arguments, runs one command and turns its end into an exit code ([`Exit`]).
//! What other programs in this repository reuse is public: [`client`] reaches the services, [`order_file`] reads
//! orders, [`upload`] makes the message streams for documents and numbers.
//!
//! **Architecture invariant:** the online commands know the services by their public contracts and by nothing else:
//! what they can do, a customer's program can do.
#![warn(missing_docs)]

mod args;
mod audit;
mod call;
pub mod client;
mod completions;
mod demo;
mod disputes;
mod events;
mod exit;
mod invoices;
mod numbers;
mod offline;
pub mod order_file;
mod output;
mod permission_sets;
mod port_in;
mod port_out;
mod proto_json;
pub mod up;
pub mod upload;
mod user_groups;
mod wording;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

pub use exit::{Exit, Failure, Outcome};

use crate::args::{Arguments, Command};
use crate::output::Output;

/// Runs the command that the arguments name. Errors go to the standard error output.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(told) => return tell(&told),
    };
    let exit = match dispatch(arguments).await {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            // Nothing is left to tell when the reader of the output, or of the errors, has gone.
            let _gone = io::stderr().lock().write_all(failure.render().as_bytes());
            failure.exit()
        }
    };
    exit.into()
}

async fn dispatch(arguments: Arguments) -> Result<Outcome, Failure> {
    let output = Output::new(arguments.output);
    match arguments.command {
        Command::Number(command) => offline::number::run(command, output),
        Command::Calendar(command) => offline::calendar::run(command, output),
        Command::Reason(command) => offline::reason::run(command, output),
        Command::PortIn(command) => port_in::run(command, output).await,
        Command::PortOut(command) => port_out::run(command, output).await,
        Command::Dispute(command) => disputes::run(command, output).await,
        Command::Numbers(command) => numbers::run(command, output).await,
        Command::Events(command) => events::run(command, output).await,
        Command::Invoices(command) => invoices::run(command, output).await,
        Command::PermissionSet(command) => permission_sets::run(command, output).await,
        Command::UserGroup(command) => user_groups::run(command, output).await,
        Command::Audit(command) => audit::run(command, output).await,
        Command::Call(command) => call::run(command, output).await,
        Command::Completions(command) => completions::run(&command),
        Command::Up(args) => up::run(args).await.map(|()| Outcome::Yes).map_err(Failure::Other),
        Command::Demo(args) => demo::run(args)
            .await
            .map(|()| Outcome::Yes)
            .map_err(Failure::Other),
    }
}

/// Prints what the parser has to say: help and version, or what is wrong with the arguments.
fn tell(told: &clap::Error) -> ExitCode {
    let _gone = told.print();
    if told.use_stderr() {
        Exit::Usage
    } else {
        Exit::Fine
    }
    .into()
}
