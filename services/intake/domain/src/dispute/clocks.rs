//! The clocks of a dispute, as data.

use jiff::{SignedDuration, Timestamp};

use super::terms::words;

words! {
    /// What a clock measures.
    ClockKind {
        /// Until somebody answers, or asks for the numbers.
        Answer = "ANSWER",
        /// Until the dispute is settled.
        Resolution = "RESOLUTION",
    }
}

/// How long a clock runs, and who says so. Both run from the report on, day and night: neither law nor practice stops
/// them on a weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockRule {
    /// What it measures.
    pub kind: ClockKind,
    /// How long.
    pub span: SignedDuration,
    /// Where the time comes from. The law names none: 47 CFR 64.2010 and 52.37 want fraud looked into promptly.
    pub source: &'static str,
}

/// The clocks of every dispute, the one that runs out first before the other.
pub const CLOCKS: [ClockRule; 2] = [
    ClockRule {
        kind: ClockKind::Answer,
        span: SignedDuration::from_hours(24),
        source: "practice between carriers: a port that is disputed within a day is undone without further ado",
    },
    ClockRule {
        kind: ClockKind::Resolution,
        span: SignedDuration::from_hours(7 * 24),
        source: "practice between carriers: after a week a number is not snapped back but ported back",
    },
];

impl ClockRule {
    /// When it runs out for a dispute that was opened then.
    pub fn due_at(&self, opened_at: Timestamp) -> Timestamp {
        opened_at.checked_add(self.span).unwrap_or(Timestamp::MAX)
    }
}

/// One clock of one dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it measures.
    pub kind: ClockKind,
    /// When it runs out.
    pub due_at: Timestamp,
    /// Whether what it waits for has yet to happen.
    pub is_running: bool,
    /// When it was found to have run out.
    pub missed_at: Option<Timestamp>,
}

/// Which clocks were found to have run out, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missed {
    /// That of the answer.
    pub answer: Option<Timestamp>,
    /// That of the settlement.
    pub resolution: Option<Timestamp>,
}

impl Missed {
    /// When that one was.
    pub const fn of(&self, kind: ClockKind) -> Option<Timestamp> {
        match kind {
            ClockKind::Answer => self.answer,
            ClockKind::Resolution => self.resolution,
        }
    }

    pub(super) const fn note(&mut self, kind: ClockKind, now: Timestamp) {
        match kind {
            ClockKind::Answer => self.answer = Some(now),
            ClockKind::Resolution => self.resolution = Some(now),
        }
    }
}
