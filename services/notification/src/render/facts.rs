//! What a mail's template may say, in words ready to be read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use notification_domain::{Account, Notice, PortInNews, PortInNotice, PortOutNews, PortOutNotice, Reason};
use serde::Serialize;
use types::{RequestKind, Tn};

/// A mail lists this many numbers; the request lists all.
const NUMBERS_MAX: usize = 50;

/// The names that templates use. What a step does not have is empty.
#[derive(Debug, Serialize)]
pub(super) struct MailFacts {
    account_name: String,
    request_number: String,
    link: String,
    ver: u16,
    numbers: Vec<String>,
    more_numbers: usize,
    /// "1 number", "3 numbers".
    count: String,
    /// The carrier on the other side.
    carrier: String,
    customer_reference: String,
    reasons: Vec<ReasonGroup>,
    update_required: bool,
    /// When it happens or happened, in the account's time zone.
    when: String,
    /// When an answer is due, in the account's time zone.
    answer_due: String,
}

/// One reason and every number that it is about.
#[derive(Debug, Serialize)]
struct ReasonGroup {
    meaning: String,
    remedy: String,
    raw_code: String,
    /// Who has to act, when it is not the reader.
    actor: &'static str,
    numbers: Vec<String>,
}

/// What differs from step to step.
#[derive(Default)]
struct Particulars {
    update_required: bool,
    when: Option<Timestamp>,
    answer_due: Option<Timestamp>,
}

impl MailFacts {
    pub(super) fn new(notice: &Notice, account: &Account, console_url: &str) -> Self {
        let number = notice.request_number();
        let folder = match number.kind() {
            RequestKind::PortIn => "port-ins",
            RequestKind::PortOut => "port-outs",
        };
        let (ver, carrier, customer_reference, particulars) = match notice {
            Notice::PortIn(notice) => (
                notice.ver,
                or_else(&notice.losing_carrier, "your current carrier"),
                notice.customer_reference.clone(),
                of_port_in(notice),
            ),
            Notice::PortOut(notice) => (
                notice.ver,
                or_else(&notice.winning_name, "another carrier"),
                String::new(),
                of_port_out(notice),
            ),
        };
        let zone = zone_of(account);
        let in_zone = |at: Option<Timestamp>| at.map(|at| shown(at, &zone)).unwrap_or_default();
        let tns = notice.tns();
        Self {
            account_name: account.name.clone(),
            request_number: number.to_string(),
            link: format!("{console_url}/{folder}/{number}"),
            ver: ver.get(),
            numbers: tns.iter().take(NUMBERS_MAX).map(Tn::to_string).collect(),
            more_numbers: tns.len().saturating_sub(NUMBERS_MAX),
            count: match tns.len() {
                1 => "1 number".to_owned(),
                many => format!("{many} numbers"),
            },
            carrier,
            customer_reference,
            reasons: grouped(notice.reasons()),
            update_required: particulars.update_required,
            when: in_zone(particulars.when),
            answer_due: in_zone(particulars.answer_due),
        }
    }
}

fn of_port_in(notice: &PortInNotice) -> Particulars {
    match notice.news {
        PortInNews::ActionRequired { update_required, .. } => Particulars {
            update_required,
            ..Particulars::default()
        },
        PortInNews::FocConfirmed { foc_at: when } | PortInNews::Ported { ported_at: when } => Particulars {
            when: Some(when),
            ..Particulars::default()
        },
        PortInNews::Submitted
        | PortInNews::Resubmitted
        | PortInNews::Pending
        | PortInNews::Delayed { .. }
        | PortInNews::Cancelled
        | PortInNews::Rejected { .. }
        | PortInNews::Abandoned => Particulars::default(),
    }
}

fn of_port_out(notice: &PortOutNotice) -> Particulars {
    match notice.news {
        PortOutNews::Received { answer_due_at } => Particulars {
            when: notice.foc_at,
            answer_due: Some(answer_due_at),
            ..Particulars::default()
        },
        PortOutNews::PortedOut { ported_at } => Particulars {
            when: Some(ported_at),
            ..Particulars::default()
        },
        PortOutNews::Overruled
        | PortOutNews::FocChanged
        | PortOutNews::Authorized { .. }
        | PortOutNews::RejectionRequested { .. }
        | PortOutNews::Rejected { .. }
        | PortOutNews::Cancelled => Particulars {
            when: notice.foc_at,
            ..Particulars::default()
        },
    }
}

/// Every reason once, with all the numbers it is about, in the order of the answer.
fn grouped(reasons: &[Reason]) -> Vec<ReasonGroup> {
    let mut groups: Vec<(&Reason, Vec<String>)> = Vec::new();
    for reason in reasons {
        let number = reason.tn.map(|tn| tn.to_string());
        let same = groups.iter_mut().find(|(first, _)| {
            (&first.code, &first.remedy, &first.raw_code, first.tn.is_some())
                == (
                    &reason.code,
                    &reason.remedy,
                    &reason.raw_code,
                    reason.tn.is_some(),
                )
        });
        match same {
            Some((_, numbers)) => numbers.extend(number),
            None => groups.push((reason, number.into_iter().collect())),
        }
    }
    let groups = groups.into_iter();
    groups
        .map(|(reason, numbers)| ReasonGroup {
            meaning: meaning(&reason.code),
            remedy: reason.remedy.clone(),
            raw_code: reason.raw_code.clone(),
            actor: actor(&reason.actor),
            numbers,
        })
        .collect()
}

/// A reason in a plain sentence. One that has none is told by its name.
fn meaning(code: &str) -> String {
    match code.parse::<reasons::Reason>() {
        Ok(reason) => reason.meaning().to_owned(),
        Err(_) => format!("{}.", code.replace('_', " ").to_lowercase()),
    }
}

/// Who has to act, when it is not the reader.
fn actor(actor: &str) -> &'static str {
    match actor {
        "end_user" => "the user of the number",
        "us" => "we do; nothing is asked of you",
        "gaining_carrier" => "our carrier partner; nothing is asked of you",
        "losing_carrier" => "the losing carrier; nothing is asked of you",
        _ => "",
    }
}

fn or_else(name: &str, unnamed: &str) -> String {
    if name.is_empty() {
        unnamed.to_owned()
    } else {
        name.to_owned()
    }
}

/// UTC, and said so, when the zone is not known on this system: a right time in another zone beats no mail.
fn zone_of(account: &Account) -> TimeZone {
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
