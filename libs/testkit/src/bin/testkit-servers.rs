//! `testkit-servers -- COMMAND [ARGUMENT…]` runs a command, usually the test runner, on servers that start once and
//! stop with it: `DATABASE_URL` and `REDIS_URL` are set for the command. Servers that these two name already are
//! taken as they are.

use std::process::{ExitCode, ExitStatus};

use testkit::PrivateServers;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// As shells say that a command could not be run.
const NOT_RUN: u8 = 127;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1).skip_while(|word| word == "--");
    let Some(program) = words.next() else {
        eprintln!("usage: testkit-servers -- COMMAND [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let servers = PrivateServers::shared();
    eprintln!("testkit: Postgres: {}", servers.postgres.origin());
    eprintln!("testkit: Redis: {}", servers.redis.origin());
    let mut command = Command::new(&program);
    command.args(words).kill_on_drop(true);
    command
        .env("DATABASE_URL", servers.postgres.url())
        .env("REDIS_URL", servers.redis.url());
    let ended = match (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        command.spawn(),
    ) {
        (Ok(terminate), Ok(interrupt), Ok(child)) => wait(child, terminate, interrupt).await,
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => Err(error),
    };
    match ended {
        Ok(status) => exit_code(status),
        Err(error) => {
            eprintln!("testkit: {} could not be run: {error}", program.display());
            ExitCode::from(NOT_RUN)
        }
    }
}

/// Waits for the command to end. A Ctrl-C reaches it without us; a termination is handed on by ending it.
async fn wait(mut child: Child, mut terminate: Signal, mut interrupt: Signal) -> std::io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            _ = terminate.recv() => child.start_kill()?,
            _ = interrupt.recv() => {}
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    // One that was ended by a signal has none.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
