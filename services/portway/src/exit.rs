//! How commands end: the exit codes that scripts rely on, and the errors behind them.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use tonic::{Code, Status};
use types::InvalidValue;

use crate::client::{ConnectError, errors};
use crate::order_file::OrderFileError;
use crate::proto_json::JsonError;

/// The exit codes. `portway --help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, and the answer is yes.
    Fine,
    /// Done, and the answer is no: a number is refused, a requirement is not met, an order ended without porting.
    No,
    /// The command or the data given is wrong. Trying again changes nothing.
    Usage,
    /// There is no token, it is not valid, or its subject may not do this.
    Denied,
    /// There is no such thing, or it is another account's.
    NotFound,
    /// A service cannot be reached, or cannot answer now. Trying again helps.
    Unavailable,
    /// The state of the thing does not allow it, or somebody else changed it.
    Conflict,
    /// Anything else; most likely a mistake of ours.
    Other,
}

impl Exit {
    /// The code of a service's refusal.
    pub fn of(status: &Status) -> Self {
        match status.code() {
            Code::FailedPrecondition if errors::reason(status) == "REQUIREMENTS_NOT_MET" => Self::No,
            Code::Ok => Self::Fine,
            Code::InvalidArgument => Self::Usage,
            Code::Unauthenticated | Code::PermissionDenied => Self::Denied,
            Code::NotFound => Self::NotFound,
            Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted | Code::Cancelled => {
                Self::Unavailable
            }
            Code::FailedPrecondition | Code::Aborted | Code::AlreadyExists | Code::OutOfRange => {
                Self::Conflict
            }
            Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => Self::Other,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        let number: u8 = match exit {
            Exit::Fine => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Denied => 3,
            Exit::NotFound => 4,
            Exit::Unavailable => 5,
            Exit::Conflict => 6,
            Exit::Other => 7,
        };
        Self::from(number)
    }
}

/// The answer of a command that ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for is so.
    Yes,
    /// It is not.
    No,
}

impl Outcome {
    /// Yes if so.
    pub(crate) const fn yes_if(so: bool) -> Self {
        if so { Self::Yes } else { Self::No }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Yes => Self::Fine,
            Outcome::No => Self::No,
        }
    }
}

/// Why a command did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given makes no sense together.
    #[error("{0}")]
    Usage(String),
    /// There is no way to the service.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A service refused.
    #[error("{}", .0.message())]
    Refused(Box<Status>),
    /// A file cannot be read.
    #[error("cannot read {path}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The order file is wrong.
    #[error(transparent)]
    OrderFile(#[from] OrderFileError),
    /// The output cannot be written.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
    /// A service answered without what its contract promises.
    #[error("the service's answer has no {0}")]
    Incomplete(&'static str),
    /// A service's answer cannot be shown as JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A command of another kind failed.
    #[error("{0:#}")]
    Other(anyhow::Error),
}

impl Failure {
    /// The exit code it ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Connect(ConnectError::NoToken) => Exit::Denied,
            Self::Usage(_) | Self::Unreadable { .. } | Self::OrderFile(_) | Self::Connect(_) => Exit::Usage,
            Self::Refused(status) => Exit::of(status),
            // Whoever closed the pipe has seen enough, as in `portway events tail | head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
            Self::Output(_) | Self::Incomplete(_) | Self::Json(_) | Self::Other(_) => Exit::Other,
        }
    }

    /// What to tell on the standard error output.
    pub fn render(&self) -> String {
        match self {
            Self::Refused(status) => errors::render(status),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => String::new(),
            Self::Usage(_)
            | Self::Connect(_)
            | Self::Unreadable { .. }
            | Self::OrderFile(_)
            | Self::Output(_)
            | Self::Incomplete(_)
            | Self::Json(_)
            | Self::Other(_) => format!("error: {}\n", chain(self)),
        }
    }
}

impl From<InvalidValue> for Failure {
    fn from(error: InvalidValue) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Refused(Box::new(status))
    }
}

/// An error and its sources in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}
