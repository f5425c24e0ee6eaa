//! What testcontainers does not do, by the `docker` program: does it answer, which images are there, what was left.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::signals;
use crate::subprocess;

/// The label that tells who started a container, and so whether it was abandoned.
pub(super) const LAUNCHER_LABEL: &str = "portway.launcher";

/// A daemon that is there answers in milliseconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Postgres writes its last checkpoint meanwhile.
const STOP_WITHIN: Duration = Duration::from_mins(1);

/// Whether Docker answers here; if not, why.
pub fn docker_answers() -> Result<(), String> {
    run(&["version", "--format", "{{.Server.Version}}"], ANSWER_WITHIN)
        .map(|_| ())
        .map_err(|reason| format!("Docker does not answer ({reason})"))
}

/// Runs `docker` with these arguments; the error is its last complaint.
pub(super) fn run(arguments: &[&str], within: Duration) -> Result<String, String> {
    subprocess::run_successfully(Command::new("docker").args(arguments), within)
}

/// Whether the image is on this machine.
pub(super) fn has_image(image: &str) -> bool {
    run(&["image", "inspect", "--format", "{{.Id}}", image], ANSWER_WITHIN).is_ok()
}

/// The last that a container said, if it does not run any more.
pub(super) fn last_words(id: &str) -> Option<String> {
    let running = run(&["inspect", "--format", "{{.State.Running}}", id], ANSWER_WITHIN);
    if running.is_ok_and(|running| running.trim() == "true") {
        return None;
    }
    let mut logs = Command::new("docker");
    let said = subprocess::run(logs.args(["logs", "--tail", "8", id]), ANSWER_WITHIN);
    Some(said.map_or_else(|error| error.to_string(), |said| said.stdout + &said.stderr))
}

/// Ends a container of that name, if there is one.
pub(super) fn stop_and_remove(name: &str) {
    // Usually there is none, which is a failure of both.
    let _ = run(&["stop", "--time", "30", name], STOP_WITHIN);
    let _ = run(&["rm", "--force", name], STOP_WITHIN);
}

/// Who we are in [`LAUNCHER_LABEL`]: a process id means something on its own host only, and a container that talks
/// to its host's Docker is another host.
pub(super) fn launcher() -> String {
    format!("{}:{}", hostname(), std::process::id())
}

fn hostname() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "this".to_owned(), |it| it.trim().to_owned())
}

/// Removes the containers of launchers of this host that are gone: unlike a child process, a container does not end
/// with a launcher that is killed. Their data, if kept, is in volumes.
pub(super) fn remove_abandoned() {
    let filter = format!("label={LAUNCHER_LABEL}");
    let format = format!("{{{{.ID}}}} {{{{.Label \"{LAUNCHER_LABEL}\"}}}}");
    let listed = run(
        &["ps", "--all", "--filter", &filter, "--format", &format],
        ANSWER_WITHIN,
    );
    for line in listed.unwrap_or_default().lines() {
        if let Some(id) = abandoned(line, &hostname(), signals::is_alive) {
            // Another starter may have removed it meanwhile.
            let _ = run(&["rm", "--force", "--volumes", id], STOP_WITHIN);
        }
    }
}

/// The id of a container, from a line of the list, if its launcher is gone.
fn abandoned<'a>(line: &'a str, hostname: &str, is_alive: impl Fn(u32) -> bool) -> Option<&'a str> {
    let (id, launcher) = line.split_once(' ')?;
    let pid = launcher
        .trim()
        .strip_prefix(hostname)?
        .strip_prefix(':')?
        .parse()
        .ok()?;
    (!is_alive(pid)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_containers_of_this_host_whose_launcher_is_gone_are_abandoned() {
        let cases = [
            ("c1 here:7", Some("c1")),
            ("c2 here:8", None),
            ("c3 elsewhere:7", None),
            ("c4 here7:7", None),
            ("c5 ", None),
        ];
        for (line, expected) in cases {
            assert_eq!(abandoned(line, "here", |pid| pid != 7), expected, "{line}");
        }
    }
}
