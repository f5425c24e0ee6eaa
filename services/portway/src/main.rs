//! The `portway` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // The first to install one wins, and there is no other.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    portway::run(std::env::args_os()).await
}
