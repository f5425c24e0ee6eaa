//! The `portway` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    portway::run(std::env::args_os()).await
}
