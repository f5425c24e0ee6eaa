//! Prints answers: tables for people, JSON for programs. The only place that writes to the standard output.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use prost::{Message, Name};
use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;
use crate::proto_json::{self, JsonError};

/// The narrowest terminal that tables are wrapped for, in characters.
const WRAP_WIDTH_MIN: u16 = 60;

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns.
    Table,
    /// One JSON value; one per line where the output is a stream.
    Json,
}

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) const fn new(format: Format) -> Self {
        Self { format }
    }

    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Whether a person watches, so that lines may be drawn over.
    pub(crate) fn is_live(self) -> bool {
        !self.is_json() && io::stdout().is_terminal()
    }

    /// Prints a value: as JSON, or as what `text` makes of it.
    pub(crate) fn value(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.json(value),
            Format::Table => self.line(&text()),
        }
    }

    /// Prints a service's message: as JSON by the proto's names, or as what `text` makes of it.
    pub(crate) fn message<M: Message + Name>(
        self,
        message: &M,
        text: impl FnOnce(&M) -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.json(&proto_json::message(message)?),
            Format::Table => self.line(&text(message)),
        }
    }

    /// Prints a list of a service's messages: as a JSON list, or as what `text` makes of them.
    pub(crate) fn messages<M: Message + Name>(
        self,
        messages: &[M],
        text: impl FnOnce(&[M]) -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                let values: Result<Vec<_>, _> = messages.iter().map(proto_json::message).collect();
                self.json(&values?)
            }
            Format::Table => self.line(&text(messages)),
        }
    }

    /// Prints one line of a stream: JSON on a line of its own, or a text.
    pub(crate) fn stream_line(
        self,
        value: impl FnOnce() -> Result<Value, JsonError>,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.line(&value()?.to_string()),
            Format::Table => self.line(&text()),
        }
    }

    /// Prints a text that is meant for people; nothing when programs read.
    pub(crate) fn remark(self, text: &str) -> Result<(), Failure> {
        match self.format {
            Format::Json => Ok(()),
            Format::Table => self.line(text),
        }
    }

    #[expect(
        clippy::unused_self,
        reason = "printing goes through an Output, so that it stays in this file"
    )]
    fn line(self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{text}")?;
        stdout.flush()?;
        Ok(())
    }

    fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        self.line(&text)
    }
}

/// Tells a person something beside the answer, on the standard error output.
pub(crate) fn note(text: &str) {
    // Whoever does not listen misses it; the answer itself is printed with care.
    let _gone = writeln!(io::stderr().lock(), "{text}");
}

/// A table with a line of headings.
pub(crate) fn table<const N: usize>(headings: [&str; N]) -> Table {
    let mut table = bare();
    table.set_header(headings);
    table
}

/// A table of names and values, one a line; lines without a value are left out.
pub(crate) fn fields<const N: usize>(lines: [(&str, String); N]) -> Table {
    let mut table = bare();
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        table.add_row([name.to_owned(), value]);
    }
    table
}

fn bare() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    // Some terminals tell no width; wrapping to that would leave a letter a line.
    if table.width().is_some_and(|width| width >= WRAP_WIDTH_MIN) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}
