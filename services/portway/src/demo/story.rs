//! What the demo prints: chapters, steps with the calendar date, and a plain summary.

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::demo::Totals;

/// The demo's narrator.
pub(super) struct Story {
    now: Option<Timestamp>,
}

impl Story {
    pub(super) fn new() -> Self {
        Self { now: None }
    }

    pub(super) fn progress(line: &str) {
        let _closed = writeln!(io::stdout(), "    … {line}");
    }

    pub(super) fn chapter(title: &str) -> io::Result<()> {
        writeln!(io::stdout(), "\n== {title}")
    }

    /// From now on the steps are of this business time.
    pub(super) fn set_now(&mut self, now: Timestamp) {
        self.now = Some(now);
    }

    pub(super) fn step(&self, text: &str) -> io::Result<()> {
        let date = self.now.map_or_else(
            || "                ".to_owned(),
            |now| now.to_zoned(time_zone()).strftime("%a %Y-%m-%d").to_string(),
        );
        writeln!(io::stdout(), "  {date:<15} {text}")
    }

    pub(super) fn detail(text: &str) -> io::Result<()> {
        writeln!(io::stdout(), "                    {text}")
    }

    pub(super) fn summary(
        totals: &Totals,
        mails: usize,
        webhooks: usize,
        elapsed: Duration,
    ) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "\n== Done")?;
        writeln!(
            out,
            "  orders      {} (created and submitted twice with the same idempotency keys: still one)",
            totals.orders
        )?;
        writeln!(
            out,
            "  numbers     {} ported in, {} left after the port-out",
            totals.numbers_ported, totals.numbers_left
        )?;
        writeln!(out, "  port-outs   {}", totals.port_outs)?;
        writeln!(out, "  events      {} announced by intake", totals.events)?;
        writeln!(out, "  emails      {mails} over SMTP")?;
        writeln!(out, "  webhooks    {webhooks}, every signature verified")?;
        writeln!(out, "  charges     {} on {}", totals.charges, totals.invoice)?;
        writeln!(out, "  seconds     {:.1}", elapsed.as_secs_f64())
    }
}

/// The account's time zone; UTC where the machine knows no zones.
pub(super) fn time_zone() -> TimeZone {
    TimeZone::get("America/New_York").unwrap_or(TimeZone::UTC)
}
