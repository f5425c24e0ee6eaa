//! Whether the papers are there, recent, and cover every number.

use std::collections::HashSet;

use calendar::age_in_days;
use jiff::Timestamp;
use jiff::civil::Date;
use types::Tn;

use super::{Requirement, numbers::is_toll_free};
use crate::carrier::LosingCarrier;
use crate::port_in::order::Order;

/// Papers are good for so many days.
const AGE_MAX_DAYS: i64 = 30;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// Letter of authorization.
    Loa,
    /// Bill of the losing carrier.
    Bill,
    /// Customer service record of the losing carrier.
    Csr,
    /// Anything else.
    Other,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Loa, Self::Bill, Self::Csr, Self::Other];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Loa => "LOA",
            Self::Bill => "BILL",
            Self::Csr => "CSR",
            Self::Other => "OTHER",
        }
    }
}

/// What the rules need to know of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// What it is.
    pub kind: DocumentKind,
    /// Date signed or issued.
    pub dated: Option<Date>,
    /// The numbers that were found in it.
    pub tns: Vec<Tn>,
    /// Whether it has text that could be read; a scan has none.
    pub is_readable: bool,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

/// The document of a kind that counts: the one that was uploaded last.
pub(super) fn latest(documents: &[DocumentFacts], kind: DocumentKind) -> Option<&DocumentFacts> {
    let of_kind = documents.iter().filter(move |document| document.kind == kind);
    of_kind.max_by_key(|document| document.uploaded_at)
}

/// Checks the latest document of each kind.
pub(super) fn check(
    order: &Order,
    documents: &[DocumentFacts],
    losing: &LosingCarrier,
    now: Timestamp,
) -> Vec<Requirement> {
    let latest = |kind| latest(documents, kind);
    let mut all = match latest(DocumentKind::Loa) {
        Some(loa) => check_loa(order, loa, now),
        None if is_toll_free(order) => vec![Requirement::fault(
            "LOA_MISSING",
            "documents",
            "toll-free numbers need a letter of authorization",
            "Upload a letter of authorization signed within the last 30 days.",
        )],
        None => Vec::new(),
    };
    match (latest(DocumentKind::Bill), latest(DocumentKind::Csr)) {
        (None, None) => all.push(Requirement::fault(
            "BILL_OR_CSR_MISSING",
            "documents",
            "a bill or a customer service record is missing",
            "Upload the losing carrier's latest bill, or its customer service record.",
        )),
        (Some(bill), None) => all.extend(check_bill(order, bill, losing, now)),
        (Some(_) | None, Some(_)) => {}
    }
    all
}

/// A carrier that says how old a bill it takes refuses older ones; one that does not may.
fn check_bill(
    order: &Order,
    bill: &DocumentFacts,
    losing: &LosingCarrier,
    now: Timestamp,
) -> Option<Requirement> {
    const REMEDY: &str = "Upload a later bill, or the customer service record.";
    let age = age(order, bill, now)?;
    let enforced = losing
        .profile()
        .and_then(|profile| Some((profile, profile.bill_age_max_days?)));
    match enforced {
        Some((profile, limit)) => (age > i64::from(limit.get())).then(|| {
            let message = format!(
                "the bill is {age} days old; {} takes {limit} at most",
                profile.name
            );
            Requirement::fault("BILL_TOO_OLD", "documents", message, REMEDY)
        }),
        None => (age > AGE_MAX_DAYS).then(|| {
            let message = format!("the bill is {age} days old; the carrier may reject it");
            Requirement::warning("BILL_TOO_OLD", "documents", message, REMEDY)
        }),
    }
}

fn check_loa(order: &Order, loa: &DocumentFacts, now: Timestamp) -> Vec<Requirement> {
    const REMEDY: &str =
        "Upload a letter of authorization signed within the last 30 days that lists every number.";
    let mut all = Vec::new();
    match age(order, loa, now) {
        Some(age) if age > AGE_MAX_DAYS => {
            let message = format!("the letter of authorization was signed {age} days ago");
            all.push(Requirement::fault("LOA_EXPIRED", "documents", message, REMEDY));
        }
        Some(age) if age < 0 => {
            let message = "the letter of authorization is dated in the future";
            all.push(Requirement::fault(
                "LOA_DATE_FUTURE",
                "documents",
                message,
                REMEDY,
            ));
        }
        Some(_) | None => {}
    }
    if !loa.is_readable {
        let message =
            "the letter of authorization is a picture; whether it lists every number was not checked";
        all.push(Requirement::warning(
            "LOA_NOT_READABLE",
            "documents",
            message,
            "Nothing need be done if it does.",
        ));
        return all;
    }
    let listed: HashSet<Tn> = loa.tns.iter().copied().collect();
    let open = order.open_tns().into_iter().filter(|tn| !listed.contains(tn));
    all.extend(open.map(|tn| {
        let message = format!("the letter of authorization does not list {tn}");
        Requirement::fault("TN_NOT_ON_LOA", "documents", message, REMEDY).about(tn)
    }));
    all
}

fn age(order: &Order, document: &DocumentFacts, now: Timestamp) -> Option<i64> {
    document
        .dated
        .map(|dated| age_in_days(order.region(), dated, now))
}
