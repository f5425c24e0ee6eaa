//! `portway audit`: what a service has on record of an account, kept and checked.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Subcommand};
use events::audit::{Broken, Link, Verifier};
use portway_proto::events::v1::{AuditEntry, StreamAuditEntriesRequest, StreamAuditEntriesResponse};
use serde::Serialize;
use tonic::Streaming;

use crate::client::{ConnectArgs, Service, ask_stream};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::proto_json;

/// Arguments of `portway audit`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway audit export > intake.jsonl
  portway audit verify --file intake.jsonl
  portway audit verify --service billing --expect 1204:9f2c…")]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Print an account's chain, one entry a line as JSON, oldest first.
    Export(TrailArgs),
    /// Check that every entry hangs together with the one before. Exits with 1 and names the first that does not.
    ///
    /// Prints the head of the chain, NUMBER:HASH. Keep it elsewhere and give it to a later check: a chain that was cut
    /// short or made anew no longer leads through it.
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct TrailArgs {
    /// Whose record: intake, carrier-gateway, notification or billing.
    #[arg(long, default_value = "intake")]
    service: Service,
    /// Another account than the token's, for the platform.
    #[arg(long, value_name = "UUID", default_value = "")]
    account: String,
}

#[derive(Debug, Args)]
struct VerifyArgs {
    #[command(flatten)]
    trail: TrailArgs,
    /// Check what was exported to this file instead of asking the service.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A head that was kept earlier; repeat it for several.
    #[arg(long, value_name = "NUMBER:HASH")]
    expect: Vec<Head>,
}

/// An entry by number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    number: i64,
    link: Link,
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (number, hash) = text.split_once(':')?;
            let link = Link::read(&hex::decode(hash).ok()?)?;
            Some(Self {
                number: number.parse().ok().filter(|number| *number > 0)?,
                link,
            })
        };
        read().ok_or_else(|| {
            "write it as `portway audit verify` prints it, e.g. 12:9f2c… (64 hex digits)".to_owned()
        })
    }
}

/// What came of a check.
#[derive(Debug, Serialize)]
struct Verdict {
    entries: i64,
    head: Option<String>,
    broken_at: Option<i64>,
    problem: Option<String>,
}

/// Follows a chain and compares it with the heads that were kept.
struct Check {
    verifier: Verifier,
    expected: Vec<Head>,
}

impl Check {
    fn entry(&mut self, entry: &AuditEntry) -> Result<(), Broken> {
        self.verifier.check(entry)?;
        let (number, link) = self.verifier.head();
        let same_place = self.expected.iter().filter(|head| head.number == number);
        for head in same_place {
            if head.link != link {
                return Err(Broken {
                    number,
                    why: "does not have the hash that was kept of it: the chain was made anew".to_owned(),
                });
            }
        }
        Ok(())
    }

    fn end(self) -> Verdict {
        let (number, link) = self.verifier.head();
        match self
            .expected
            .iter()
            .map(|head| head.number)
            .find(|kept| *kept > number)
        {
            Some(kept) => Verdict::broken(
                &self.verifier,
                &Broken {
                    number: number.saturating_add(1),
                    why: format!("is missing: the chain once went on to {kept}"),
                },
            ),
            None => Verdict {
                entries: number,
                head: (number > 0).then(|| format!("{number}:{link}")),
                broken_at: None,
                problem: None,
            },
        }
    }
}

impl Verdict {
    fn broken(verifier: &Verifier, broken: &Broken) -> Self {
        Self {
            entries: verifier.head().0,
            head: None,
            broken_at: Some(broken.number),
            problem: Some(broken.to_string()),
        }
    }

    fn text(&self) -> String {
        match (&self.problem, &self.head) {
            (Some(problem), _) => format!("broken: {problem}; the {} before it hold", self.entries),
            (None, Some(head)) => format!("{} entries hold\nhead  {head}", self.entries),
            (None, None) => "there are no entries".to_owned(),
        }
    }
}

pub(crate) async fn run(args: AuditArgs, output: Output) -> Result<Outcome, Failure> {
    match args.command {
        AuditCommand::Export(trail) => {
            let mut parts = open(args.connect, trail).await?;
            while let Some(part) = parts.message().await? {
                for entry in &part.entries {
                    let line = || proto_json::message(entry);
                    output.stream_line(line, || line().unwrap_or_default().to_string())?;
                }
            }
            Ok(Outcome::Yes)
        }
        AuditCommand::Verify(args_of_check) => {
            let mut check = Check {
                verifier: Verifier::default(),
                expected: args_of_check.expect,
            };
            let found = match args_of_check.file {
                Some(path) => check_file(&mut check, &path)?,
                None => check_trail(&mut check, open(args.connect, args_of_check.trail).await?).await?,
            };
            let verdict = match found {
                Ok(()) => check.end(),
                Err(broken) => Verdict::broken(&check.verifier, &broken),
            };
            output.value(&verdict, || verdict.text())?;
            Ok(Outcome::yes_if(verdict.problem.is_none()))
        }
    }
}

async fn open(
    connect: ConnectArgs,
    trail: TrailArgs,
) -> Result<Streaming<StreamAuditEntriesResponse>, Failure> {
    let request = StreamAuditEntriesRequest {
        account_id: trail.account,
        after: 0,
    };
    let mut client = connect.connect()?.audit(trail.service)?;
    Ok(client
        .stream_audit_entries(ask_stream(request))
        .await?
        .into_inner())
}

async fn check_trail(
    check: &mut Check,
    mut parts: Streaming<StreamAuditEntriesResponse>,
) -> Result<Result<(), Broken>, Failure> {
    while let Some(part) = parts.message().await? {
        for entry in &part.entries {
            if let Err(broken) = check.entry(entry) {
                return Ok(Err(broken));
            }
        }
    }
    Ok(Ok(()))
}

fn check_file(check: &mut Check, path: &Path) -> Result<Result<(), Broken>, Failure> {
    let unreadable = |source| Failure::Unreadable {
        path: path.to_owned(),
        source,
    };
    for line in BufReader::new(File::open(path).map_err(unreadable)?).lines() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let entry: AuditEntry = match proto_json::read(&line) {
            Ok(entry) => entry,
            Err(error) => {
                return Ok(Err(Broken {
                    number: check.verifier.head().0.saturating_add(1),
                    why: format!("cannot be read: {error}"),
                }));
            }
        };
        if let Err(broken) = check.entry(&entry) {
            return Ok(Err(broken));
        }
    }
    Ok(Ok(()))
}
