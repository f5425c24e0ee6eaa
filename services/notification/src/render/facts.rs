//! What the template of a mail or a text may say, in words ready to be read.

use notification_domain::{Account, Notice, Reason};
use serde::Serialize;
use types::{RequestKind, Tn};

use super::particulars::{Particulars, zone_of};

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
    /// The first of them as people read one aloud, e.g. "+1 201 867 5501".
    number: String,
    more_numbers: usize,
    /// "1 number", "3 numbers".
    count: String,
    /// The carrier on the other side.
    carrier: String,
    customer_reference: String,
    reasons: Vec<ReasonGroup>,
    #[serde(flatten)]
    particulars: Particulars,
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

impl MailFacts {
    pub(super) fn new(notice: &Notice, account: &Account, console_url: &str) -> Self {
        let number = notice.request_number();
        let link = match number.map(|number| (number, number.kind())) {
            Some((number, RequestKind::PortIn)) => format!("{console_url}/port-ins/{number}"),
            Some((number, RequestKind::PortOut)) => format!("{console_url}/port-outs/{number}"),
            Some((number, RequestKind::Dispute)) => format!("{console_url}/disputes/{number}"),
            None => format!("{console_url}/account"),
        };
        let (ver, carrier, customer_reference) = match notice {
            Notice::PortIn(notice) => (
                notice.ver.get(),
                or_else(&notice.losing_carrier_name, "your current carrier"),
                notice.customer_reference.clone(),
            ),
            Notice::PortOut(notice) => (
                notice.ver.get(),
                or_else(&notice.winning_name, "another carrier"),
                String::new(),
            ),
            Notice::Dispute(notice) => (
                0,
                or_else(&notice.carrier_name, "the other carrier"),
                String::new(),
            ),
            Notice::Account(notice) => (
                0,
                or_else(&notice.alarm.winning_name, "another carrier"),
                String::new(),
            ),
        };
        let tns = notice.tns();
        Self {
            account_name: account.name.clone(),
            request_number: number.map(|number| number.to_string()).unwrap_or_default(),
            link,
            ver,
            numbers: tns.iter().take(NUMBERS_MAX).map(Tn::to_string).collect(),
            number: tns.first().copied().map(in_groups).unwrap_or_default(),
            more_numbers: tns.len().saturating_sub(NUMBERS_MAX),
            count: match tns.len() {
                1 => "1 number".to_owned(),
                many => format!("{many} numbers"),
            },
            carrier,
            customer_reference,
            reasons: grouped(notice.reasons()),
            particulars: Particulars::of(notice, &zone_of(account)),
        }
    }
}

fn in_groups(tn: Tn) -> String {
    format!("+1 {:03} {:03} {:04}", tn.npa(), tn.nxx(), tn.line())
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
