//! The four system calls that std has no safe form for. All unsafe code of this workspace is in this file.

#![expect(
    unsafe_code,
    reason = "std offers code between fork and exec only as unsafe, and kill and geteuid not at all"
)]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// A signal that asks a server to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Postgres's fast shutdown: open connections are closed, and a clean checkpoint is written.
    Interrupt,
    /// The clean shutdown of Redis.
    Terminate,
    /// No shutdown at all.
    Kill,
}

impl Signal {
    fn number(self) -> libc::c_int {
        match self {
            Self::Interrupt => libc::SIGINT,
            Self::Terminate => libc::SIGTERM,
            Self::Kill => libc::SIGKILL,
        }
    }
}

/// Lets the kernel send `signal` to the child when the *thread* that starts it ends, however it ends (Linux only;
/// elsewhere a killed launcher leaves its servers, and the next start on the directory ends them).
///
/// std runs this after it has changed the user, which would clear the setting, and after it has reset the signal
/// mask.
pub(crate) fn die_with_parent(command: &mut Command, signal: Signal) {
    let number = signal.number();
    let launcher = std::process::id();
    // SAFETY: the closure only makes system calls that are async-signal-safe and allocates nothing.
    unsafe {
        command.pre_exec(move || end_with_launcher(number, launcher));
    }
}

#[cfg(target_os = "linux")]
fn end_with_launcher(signal: libc::c_int, launcher: u32) -> io::Result<()> {
    // SAFETY: plain system calls on integers.
    let (set, parent) = unsafe {
        let signal = libc::c_ulong::try_from(signal).unwrap_or(0);
        (libc::prctl(libc::PR_SET_PDEATHSIG, signal), libc::getppid())
    };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    // The launcher may have been killed before the setting was made.
    if u32::try_from(parent) == Ok(launcher) {
        Ok(())
    } else {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_launcher(_signal: libc::c_int, _launcher: u32) -> io::Result<()> {
    Ok(())
}

/// Sends `signal` to one process. A process that is gone already is no error.
pub(crate) fn send(pid: u32, signal: Signal) -> io::Result<()> {
    match kill(pid, signal.number()) {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        outcome => outcome,
    }
}

/// Whether there is a process with this id, of whatever user.
pub(crate) fn is_alive(pid: u32) -> bool {
    kill(pid, 0)
        .err()
        .is_none_or(|error| error.raw_os_error() == Some(libc::EPERM))
}

fn kill(pid: u32, signal: libc::c_int) -> io::Result<()> {
    // Zero would mean the whole process group of the caller.
    let pid = libc::pid_t::try_from(pid)
        .ok()
        .filter(|pid| *pid > 0)
        .ok_or(io::ErrorKind::InvalidInput)?;
    // SAFETY: a plain system call on integers.
    if unsafe { libc::kill(pid, signal) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The user that this process acts as.
pub(crate) fn effective_user() -> u32 {
    // SAFETY: a plain system call that cannot fail.
    unsafe { libc::geteuid() }
}
