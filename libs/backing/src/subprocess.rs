//! Runs a program to its end within a bound, and keeps what it said.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often a wait looks again.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What a program said and how it ended.
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// The output, or why there is none worth having: the last line of complaint.
    pub(crate) fn successful(self) -> Result<String, String> {
        if self.status.success() {
            return Ok(self.stdout);
        }
        let complaint = self
            .stderr
            .lines()
            .rev()
            .map(str::trim)
            .find(|line| !line.is_empty());
        Err(complaint.map_or_else(|| format!("it ended with {}", self.status), str::to_owned))
    }
}

/// Runs `command`; kills it when it has not ended within `bound`.
pub(crate) fn run(command: &mut Command, bound: Duration) -> io::Result<Output> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().map(read_all);
    let stderr = child.stderr.take().map(read_all);
    let status = wait(&mut child, bound)?;
    let text = |reader: Option<JoinHandle<String>>| reader.and_then(|it| it.join().ok()).unwrap_or_default();
    status
        .map(|status| Output {
            status,
            stdout: text(stdout),
            stderr: text(stderr),
        })
        .ok_or_else(|| io::Error::new(io::ErrorKind::TimedOut, format!("no end after {bound:?}")))
}

/// Like [`run`], with every way to fail as one sentence.
pub(crate) fn run_successfully(command: &mut Command, bound: Duration) -> Result<String, String> {
    run(command, bound)
        .map_err(|error| error.to_string())
        .and_then(Output::successful)
}

/// Waits for the end of `child`; after `bound` it is killed, and the answer is `None`.
fn wait(child: &mut Child, bound: Duration) -> io::Result<Option<ExitStatus>> {
    let ended = wait_for_end(child, bound)?;
    if ended.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(ended)
}

/// Waits for the end of `child`; `None` when it still runs after `bound`.
pub(crate) fn wait_for_end(child: &mut Child, bound: Duration) -> io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + bound;
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() >= deadline => return Ok(None),
            None => thread::sleep(LOOK_AGAIN),
        }
    }
}

fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is still worth having.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_is_killed() {
        let started = Instant::now();
        let outcome = run(Command::new("sleep").arg("60"), Duration::from_millis(50));
        assert_eq!(
            outcome.err().map(|error| error.kind()),
            Some(io::ErrorKind::TimedOut)
        );
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_failure_is_told_by_its_last_complaint() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo first >&2; echo 'it is broken' >&2; echo >&2; exit 3"]);
        assert_eq!(
            run_successfully(&mut command, Duration::from_secs(10)),
            Err("it is broken".to_owned())
        );
    }
}
