//! What differs from step to step, in words ready to be read. What a step does not have is empty.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use notification_domain::{
    Account, DisputeNews, DisputeNotice, Notice, PortInNews, PortOutNews, PortOutNotice,
};
use serde::Serialize;

/// The names that templates use.
#[derive(Debug, Default, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word that some template asks for, and none depends on another"
)]
pub(super) struct Particulars {
    update_required: bool,
    /// When it happens or happened, in the account's time zone.
    when: String,
    /// When it was to happen before.
    previously: String,
    /// When an answer is due, in the account's time zone.
    answer_due: String,
    /// Until when something is good, in the account's time zone.
    until: String,
    /// The customer asked for it.
    asked_for: bool,
    /// The customer has to act.
    asks_customer: bool,
    /// It was agreed to.
    confirmed: bool,
    /// Who decided; empty: nobody yet.
    decided_by: String,
    /// Numbers that were locked.
    locked: Vec<String>,
    /// What our operations say to it.
    explanation: String,
    /// Sentences, each by itself.
    remarks: Vec<String>,
    /// Request numbers.
    parts: Vec<String>,
    /// The number that stood in for another.
    temporary: String,
    wrong_pins: u32,
    /// What is said to be wrong with a port.
    fault: &'static str,
    /// What people call the port that is disputed.
    port: String,
    /// Whether an answer is overdue, and not the settlement.
    answer_overdue: bool,
    /// Whether the account pays a fee.
    has_fee: bool,
}

impl Particulars {
    pub(super) fn of(notice: &Notice, zone: &TimeZone) -> Self {
        match notice {
            Notice::PortIn(notice) => Self::of_port_in(&notice.news, zone),
            Notice::PortOut(notice) => Self::of_port_out(notice, zone),
            Notice::Dispute(notice) => Self::of_dispute(notice, zone),
            Notice::Account(notice) => Self {
                when: shown(notice.alarm.raised_at, zone),
                wrong_pins: notice.alarm.wrong_pins,
                ..Self::default()
            },
        }
    }

    fn of_port_in(news: &PortInNews, zone: &TimeZone) -> Self {
        let mut told = Self::default();
        match news {
            PortInNews::ActionRequired { update_required, .. } => told.update_required = *update_required,
            PortInNews::FocConfirmed { foc_at: when }
            | PortInNews::Ported { ported_at: when }
            | PortInNews::Signed { signed_at: when } => told.when = shown(*when, zone),
            PortInNews::Returned { remarks } => {
                let remark = |remark: &notification_domain::Remark| match remark.field.as_str() {
                    "" => remark.message.clone(),
                    field => format!("{field}: {}", remark.message),
                };
                told.remarks = remarks.iter().map(remark).collect();
            }
            PortInNews::DraftExpiring { expires_at } | PortInNews::ActionExpiring { expires_at } => {
                told.until = shown(*expires_at, zone);
            }
            PortInNews::Split { parts } => told.parts = parts.iter().map(ToString::to_string).collect(),
            PortInNews::FocMoved {
                foc_at,
                previous,
                asked_for,
            } => {
                told.when = shown(*foc_at, zone);
                told.previously = shown(*previous, zone);
                told.asked_for = *asked_for;
            }
            PortInNews::DateChangeRefused { foc_at } => told.when = shown_or_nothing(*foc_at, zone),
            PortInNews::Commented { asks_customer } => told.asks_customer = *asks_customer,
            PortInNews::SigningRequested(invitation) => told.until = shown(invitation.expires_at, zone),
            PortInNews::HeldBack { holds, lapses_at } => {
                told.remarks.clone_from(holds);
                told.until = shown(*lapses_at, zone);
            }
            PortInNews::TemporarySwapped { temporary } => told.temporary = temporary.to_string(),
            PortInNews::SnapbackSettled { confirmed } => told.confirmed = *confirmed,
            PortInNews::Submitted
            | PortInNews::Resubmitted
            | PortInNews::Pending
            | PortInNews::Delayed { .. }
            | PortInNews::Cancelled
            | PortInNews::Rejected { .. }
            | PortInNews::Abandoned
            | PortInNews::InReview
            | PortInNews::CapabilityFailed { .. }
            | PortInNews::Proved => {}
        }
        told
    }

    fn of_port_out(notice: &PortOutNotice, zone: &TimeZone) -> Self {
        let mut told = Self {
            when: shown_or_nothing(notice.foc_at, zone),
            ..Self::default()
        };
        match &notice.news {
            PortOutNews::Received {
                answer_due_at,
                decided_by,
            } => {
                told.answer_due = shown(*answer_due_at, zone);
                told.decided_by.clone_from(decided_by);
            }
            PortOutNews::PortedOut { ported_at, .. } => told.when = shown(*ported_at, zone),
            PortOutNews::WentWithoutLeave {
                ported_at,
                was_authorized,
                locked,
            } => {
                told.when = shown(*ported_at, zone);
                told.confirmed = *was_authorized;
                told.locked = locked.iter().map(ToString::to_string).collect();
            }
            PortOutNews::Authorized { decided_by, .. } => told.decided_by.clone_from(decided_by),
            PortOutNews::Overruled { explanation } | PortOutNews::Rejected { explanation, .. } => {
                told.explanation.clone_from(explanation);
            }
            PortOutNews::Commented { asks_customer } => told.asks_customer = *asks_customer,
            PortOutNews::ConsentAsked(invited) => told.until = shown(invited.expires_at(), zone),
            PortOutNews::RejectionRequested { .. }
            | PortOutNews::FocChanged
            | PortOutNews::Cancelled
            | PortOutNews::Conflicted
            | PortOutNews::ConflictSettled { .. }
            | PortOutNews::Answered { .. }
            | PortOutNews::NumbersReleased => {}
        }
        told
    }
}

impl Particulars {
    fn of_dispute(notice: &DisputeNotice, zone: &TimeZone) -> Self {
        let mut told = Self {
            fault: notice.kind,
            port: notice.port_number.to_string(),
            ..Self::default()
        };
        match &notice.news {
            DisputeNews::Opened { answer_due_at } => told.answer_due = shown(*answer_due_at, zone),
            DisputeNews::Overdue { is_answer, due_at } => {
                told.answer_overdue = *is_answer;
                told.when = shown(*due_at, zone);
            }
            DisputeNews::SnapbackAsked => {}
            DisputeNews::SnapbackAnswered { confirmed } => told.confirmed = *confirmed,
            DisputeNews::Settled {
                charged,
                outcomes,
                explanation,
            } => {
                told.has_fee = !charged.is_empty();
                told.remarks = outcomes
                    .iter()
                    .map(|(tn, word)| format!("{tn}: {word}"))
                    .collect();
                told.explanation.clone_from(explanation);
            }
        }
        told
    }
}

fn shown_or_nothing(at: Option<Timestamp>, zone: &TimeZone) -> String {
    at.map(|at| shown(at, zone)).unwrap_or_default()
}

/// UTC, and said so, when the zone is not known on this system: a right time in another zone beats no mail.
pub(super) fn zone_of(account: &Account) -> TimeZone {
    TimeZone::get(&account.time_zone).unwrap_or_else(|error| {
        tracing::warn!(%error, "the time zone of an account is not known; telling UTC");
        TimeZone::UTC
    })
}

/// e.g. "Tuesday, September 1, 2026 at 11:00 AM EDT".
fn shown(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%A, %B %-d, %Y at %-I:%M %p %Z")
        .to_string()
}
