//! Servers whose launcher is gone.
//!
//! A launcher that was killed leaves servers that are shutting down (Linux tells them to, see [`crate::signals`])
//! or that still run (elsewhere). Two servers must never have one directory, so the next start waits for them.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{BackingError, Doing};
use crate::local::Launch;
use crate::signals;
use crate::subprocess::LOOK_AGAIN;

/// A shutdown that is under way is usually over by then; after that the server is asked to end.
const GRACE: Duration = Duration::from_secs(2);
/// A last checkpoint of much data on a slow disk takes its time.
const END_WITHIN: Duration = Duration::from_secs(30);

/// Waits until no server of an earlier launcher has the directory of `launch`. We hold the directory's lock, so a
/// server that is found there has lost its launcher.
pub(crate) fn wait_until_gone(launch: &Launch) -> Result<(), BackingError> {
    let started = Instant::now();
    let mut was_asked = false;
    while let Some(pid) = recorded_pid(&launch.pid_file) {
        if !has_directory(pid, &launch.work_dir) {
            return forget_reused(pid, &launch.pid_file);
        }
        if !was_asked && started.elapsed() >= GRACE {
            was_asked = true;
            signals::send(pid, launch.stop_signal)
                .doing(|| format!("stop process {pid}, which was left behind"))?;
        }
        if started.elapsed() >= END_WITHIN {
            return Err(BackingError::Orphan {
                engine: launch.engine,
                pid,
                dir: launch.work_dir.clone(),
            });
        }
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// Postgres refuses to start while the process id in its file belongs to anyone of its own account, as it may after
/// a reboot, or when nobody has taken note of the end of a process. Its parent's id is the one that it does not mind,
/// and the rest of the file stays, by which it learns whether processes of the earlier server are still about.
fn forget_reused(pid: u32, pid_file: &Path) -> Result<(), BackingError> {
    if !signals::is_alive(pid) {
        return Ok(());
    }
    let doing = || format!("correct {}", pid_file.display());
    let text = fs::read_to_string(pid_file).doing(doing)?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    fs::write(pid_file, format!("{}\n{rest}", std::process::id())).doing(doing)
}

/// The first line of the file, where both servers write their process id.
fn recorded_pid(pid_file: &Path) -> Option<u32> {
    fs::read_to_string(pid_file)
        .ok()?
        .lines()
        .next()?
        .trim()
        .parse()
        .ok()
}

/// Whether that process is a server of that directory: both servers make it their working directory.
#[cfg(target_os = "linux")]
fn has_directory(pid: u32, dir: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == dir)
}

/// The same, where there is no /proc: macOS has `lsof`.
#[cfg(not(target_os = "linux"))]
fn has_directory(pid: u32, dir: &Path) -> bool {
    let mut lsof = std::process::Command::new("lsof");
    lsof.args(["-a", "-d", "cwd", "-F", "n", "-p", &pid.to_string()]);
    let said = crate::subprocess::run_successfully(&mut lsof, GRACE).unwrap_or_default();
    said.lines()
        .any(|line| line.strip_prefix('n').is_some_and(|cwd| Path::new(cwd) == dir))
}
