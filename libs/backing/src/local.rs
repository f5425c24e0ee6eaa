//! A server as a child process: start it, wait until it answers, stop it, start it again on the same port.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::{BackingError, Doing};
use crate::options::Engine;
use crate::port;
use crate::signals::{self, Signal};
use crate::subprocess::{LOOK_AGAIN, wait_for_end};
use crate::{orphan, probe};

/// Recovery after a crash counts in.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// What a killed server leaves (processes, shared memory, a port) is gone well before.
const RETRY_WITHIN: Duration = Duration::from_secs(15);
/// After that a server that was asked to end is killed.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// A log larger than this is begun anew at the next start.
const LOG_BYTES_MAX: u64 = 16 << 20;
/// How much of its log an error shows.
const LOG_LINES_SHOWN: usize = 8;
const HOST: &str = "127.0.0.1";

/// How one server is run, but for its port.
pub(crate) struct Launch {
    pub(crate) engine: Engine,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// The argument that the port follows.
    pub(crate) port_flag: &'static str,
    /// Where its data lies; its working directory.
    pub(crate) work_dir: PathBuf,
    pub(crate) log: PathBuf,
    /// Where the server writes its process id.
    pub(crate) pid_file: PathBuf,
    pub(crate) account: Option<Account>,
    /// The signal that asks it for a clean shutdown.
    pub(crate) stop_signal: Signal,
    pub(crate) password: String,
}

/// A server that runs, or ran, as a child of this process.
pub(crate) struct LocalServer {
    launch: Launch,
    port: u16,
    running: Mutex<Option<Running>>,
}

/// A child, and the thread that started it. The kernel ends the child with that thread, so it has to live as long.
struct Running {
    child: Child,
    _keeper: mpsc::Sender<()>,
}

/// Why a server that was started is not there.
enum Fault {
    /// Someone else has the port.
    PortTaken,
    /// Something of an earlier server has not been cleaned up yet.
    Leftovers,
    /// It will not get better by waiting.
    Lasting(BackingError),
}

impl LocalServer {
    /// Starts the server on `wished_port` if that is free, else on another, and waits until it answers.
    pub(crate) fn start(launch: Launch, wished_port: Option<u16>) -> Result<Self, BackingError> {
        orphan::wait_until_gone(&launch)?;
        let find_port = || port::free_port().doing(|| "find a free port".to_owned());
        let mut port = wished_port
            .filter(|port| port::is_free(*port))
            .map_or_else(find_port, Ok)?;
        let deadline = Instant::now() + RETRY_WITHIN;
        loop {
            match launch.run(port) {
                Ok(running) => {
                    return Ok(Self {
                        launch,
                        port,
                        running: Mutex::new(Some(running)),
                    });
                }
                Err(fault) => {
                    let is_taken = matches!(fault, Fault::PortTaken);
                    launch.retry_or_give_up(fault, deadline)?;
                    port = if is_taken { find_port()? } else { port };
                }
            }
        }
    }

    /// Starts the server again, on the port that it had. Does nothing while it runs.
    pub(crate) fn restart(&self) -> Result<(), BackingError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Running { child, .. }) = running.as_mut()
            && matches!(child.try_wait(), Ok(None))
        {
            return Ok(());
        }
        orphan::wait_until_gone(&self.launch)?;
        let deadline = Instant::now() + RETRY_WITHIN;
        loop {
            match self.launch.run(self.port) {
                Ok(started) => {
                    *running = Some(started);
                    return Ok(());
                }
                Err(fault) => self.launch.retry_or_give_up(fault, deadline)?,
            }
        }
    }

    /// Asks the server to end and waits for it; kills it after a while. Does nothing when it does not run.
    pub(crate) fn stop(&self) -> Result<(), BackingError> {
        self.end(self.launch.stop_signal)
    }

    /// Ends the server as a crash would.
    pub(crate) fn kill(&self) -> Result<(), BackingError> {
        self.end(Signal::Kill)
    }

    fn end(&self, signal: Signal) -> Result<(), BackingError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Running { mut child, .. }) = running.take() else {
            return Ok(());
        };
        end(&mut child, signal).doing(|| format!("stop {}", self.launch.engine))
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        // Nobody is left to tell; the kernel ends what does not end now.
        let _ = self.stop();
    }
}

/// Signals a child that has not been waited for, so its process id is still its own.
fn end(child: &mut Child, signal: Signal) -> io::Result<()> {
    if child.try_wait()?.is_some() {
        return Ok(());
    }
    signals::send(child.id(), signal)?;
    if wait_for_end(child, STOP_WITHIN)?.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(())
}

impl Launch {
    fn run(&self, port: u16) -> Result<Running, Fault> {
        let (log, log_start) = self.open_log().map_err(Fault::Lasting)?;
        let mut running = self.spawn(port, log).map_err(Fault::Lasting)?;
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let ended = running
                .child
                .try_wait()
                .doing(|| format!("wait for {}", self.engine));
            if ended.map_err(Fault::Lasting)?.is_some() {
                return Err(self.explain_end(log_start));
            }
            if self.answers(port) {
                return Ok(running);
            }
            if Instant::now() >= deadline {
                // The timeout is the news, not whether the attempt could be cleared away.
                let _ = end(&mut running.child, self.stop_signal);
                let reason = format!("no answer within {READY_WITHIN:?}; see {}", self.log.display());
                return Err(Fault::Lasting(BackingError::Start {
                    engine: self.engine,
                    reason,
                }));
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    fn answers(&self, port: u16) -> bool {
        match self.engine {
            Engine::Postgres => probe::postgres_answers(HOST, port),
            Engine::Redis => probe::redis_answers(HOST, port, &self.password),
        }
    }

    fn spawn(&self, port: u16, log: File) -> Result<Running, BackingError> {
        let doing = || format!("start {}", self.program.display());
        let mut command = self.command(port, log).doing(doing)?;
        let (started, outcome) = mpsc::channel();
        let (keeper, released) = mpsc::channel::<()>();
        let keep = move || {
            // Nobody waits any more if the receiver is gone; then the child ends with this thread.
            let _ = started.send(command.spawn());
            // Ends when the sender is dropped, with the server.
            let _ = released.recv();
        };
        thread::Builder::new()
            .name(format!("{}-keeper", self.engine.slug()))
            .spawn(keep)
            .doing(doing)?;
        let spawned = outcome
            .recv()
            .unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        let child = spawned.doing(doing)?;
        Ok(Running {
            child,
            _keeper: keeper,
        })
    }

    fn command(&self, port: u16, log: File) -> io::Result<Command> {
        let mut command = plain_command(&self.program, &self.work_dir, self.account);
        command
            .args(&self.arguments)
            .arg(self.port_flag)
            .arg(port.to_string());
        // A group of its own, so that a Ctrl-C in the terminal is the launcher's to handle.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        signals::die_with_parent(&mut command, self.stop_signal);
        Ok(command)
    }

    fn open_log(&self) -> Result<(File, u64), BackingError> {
        let doing = || format!("open {}", self.log.display());
        let is_large = fs::metadata(&self.log).is_ok_and(|metadata| metadata.len() > LOG_BYTES_MAX);
        if is_large {
            fs::remove_file(&self.log).doing(doing)?;
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .doing(doing)?;
        let length = log.metadata().doing(doing)?.len();
        Ok((log, length))
    }

    fn explain_end(&self, log_start: u64) -> Fault {
        let said = read_from(&self.log, log_start).unwrap_or_default();
        if said.contains("Address already in use") {
            return Fault::PortTaken;
        }
        // In Postgres's words, which are English because its locale is C.
        if said.contains("shared memory block") || said.contains("is another postmaster") {
            return Fault::Leftovers;
        }
        let lines: Vec<&str> = said.lines().collect();
        let shown = lines
            .get(lines.len().saturating_sub(LOG_LINES_SHOWN)..)
            .unwrap_or_default()
            .join("\n  ");
        let reason = format!("it ended at once; from {}:\n  {shown}", self.log.display());
        Fault::Lasting(BackingError::Start {
            engine: self.engine,
            reason,
        })
    }

    fn retry_or_give_up(&self, fault: Fault, deadline: Instant) -> Result<(), BackingError> {
        let lasting = match fault {
            Fault::Lasting(error) => return Err(error),
            Fault::PortTaken => "its port stays taken",
            Fault::Leftovers => "something of an earlier server stays",
        };
        if Instant::now() < deadline {
            thread::sleep(LOOK_AGAIN.saturating_mul(10));
            return Ok(());
        }
        let reason = format!("{lasting}; see {}", self.log.display());
        Err(BackingError::Start {
            engine: self.engine,
            reason,
        })
    }
}

/// A command with nothing of our environment: settings like `PGPORT` are for clients of other servers.
pub(crate) fn plain_command(program: &Path, work_dir: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(work_dir).env_clear();
    command
        .env("LC_ALL", "C")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", work_dir);
    if let Some(account) = account {
        account.apply(&mut command);
    }
    command
}

fn read_from(path: &Path, start: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(LOG_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
