//! `portway completions`.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::{Failure, Outcome};

/// Arguments of `portway completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway completions bash > /etc/bash_completion.d/portway
  portway completions zsh > ~/.zfunc/_portway
  portway completions fish > ~/.config/fish/completions/portway.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<Outcome, Failure> {
    // Into memory first: the generator panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "portway", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Outcome::Yes)
}
