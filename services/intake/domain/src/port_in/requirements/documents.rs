//! Whether the papers are there, recent, and cover every number.

use std::cmp::Reverse;
use std::collections::HashSet;

use calendar::age_in_days;
use jiff::Timestamp;
use jiff::civil::Date;
use types::Tn;

use super::{Requirement, numbers::is_toll_free};
use crate::carrier::LosingCarrier;
use crate::document_policy::{AccountProof, DocumentPolicy};
use crate::port_in::order::Order;

/// Documents are good for so many days.
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

/// The documents of an order, and which there must be.
#[derive(Debug, Clone, Copy)]
pub struct Documents<'a> {
    /// Those that there are, newest first.
    pub kept: &'a [DocumentFacts],
    /// Those, and what was uploaded but names other numbers alone: of an order in several parts, the papers of the others.
    pub uploaded: &'a [DocumentFacts],
    /// What the account's orders must have.
    pub policy: DocumentPolicy,
}

impl<'a> Documents<'a> {
    /// What holds for an account of which nothing was said.
    pub fn by_default(kept: &'a [DocumentFacts]) -> Self {
        Self {
            kept,
            uploaded: kept,
            policy: DocumentPolicy::default(),
        }
    }

    /// Says that something is missing, and why, when there is one that does not count.
    fn missing(&self, what: &str, kinds: &[DocumentKind]) -> String {
        let is_of_others = self
            .uploaded
            .iter()
            .any(|document| kinds.contains(&document.kind));
        let why = if is_of_others {
            "; what was uploaded names other numbers"
        } else {
            ""
        };
        format!("{what} is missing{why}")
    }

    /// The document of a kind that counts: the one that was uploaded last, the first of several at the same instant.
    pub(super) fn latest(&self, kind: DocumentKind) -> Option<&'a DocumentFacts> {
        let of_kind = self.kept.iter().filter(move |document| document.kind == kind);
        of_kind.min_by_key(|document| Reverse(document.uploaded_at))
    }
}

/// Checks the latest document of each kind.
pub(super) fn check(
    order: &Order,
    documents: &Documents<'_>,
    losing: &LosingCarrier,
    now: Timestamp,
) -> Vec<Requirement> {
    let is_toll_free = is_toll_free(order);
    let mut all = match documents.latest(DocumentKind::Loa) {
        Some(loa) => check_loa(order, loa, now),
        None if documents.policy.needs_loa(is_toll_free) => vec![Requirement::fault(
            "LOA_MISSING",
            "documents",
            if is_toll_free {
                "toll-free numbers need a letter of authorization".to_owned()
            } else {
                documents.missing("a letter of authorization", &[DocumentKind::Loa])
            },
            "Upload a letter of authorization signed within the last 30 days, or make one and have it signed.",
        )],
        None => Vec::new(),
    };
    all.extend(check_proof(order, documents, losing, now));
    all
}

/// What proves the account at the losing carrier. A record of the carrier's own is as good as a late bill; where the bill
/// itself is asked for, its age counts beside a record, too.
fn check_proof(
    order: &Order,
    documents: &Documents<'_>,
    losing: &LosingCarrier,
    now: Timestamp,
) -> Vec<Requirement> {
    let (bill, csr) = (
        documents.latest(DocumentKind::Bill),
        documents.latest(DocumentKind::Csr),
    );
    let proof = documents.policy.proof(is_toll_free(order));
    let (lacks_bill, lacks_csr) = match proof {
        AccountProof::BillOrCsr if bill.is_none() && csr.is_none() => {
            return vec![Requirement::fault(
                "BILL_OR_CSR_MISSING",
                "documents",
                documents.missing(
                    "a bill or a customer service record",
                    &[DocumentKind::Bill, DocumentKind::Csr],
                ),
                "Upload the losing carrier's latest bill, or its customer service record.",
            )];
        }
        AccountProof::Nothing | AccountProof::BillOrCsr => (false, false),
        AccountProof::Bill => (bill.is_none(), false),
        AccountProof::Csr => (false, csr.is_none()),
        AccountProof::BillAndCsr => (bill.is_none(), csr.is_none()),
    };
    let mut all = Vec::new();
    if lacks_bill {
        all.push(Requirement::fault(
            "BILL_MISSING",
            "documents",
            documents.missing("a bill", &[DocumentKind::Bill]),
            "Upload the losing carrier's latest bill.",
        ));
    }
    if lacks_csr {
        all.push(Requirement::fault(
            "CSR_MISSING",
            "documents",
            documents.missing("a customer service record", &[DocumentKind::Csr]),
            "Ask the losing carrier for the customer service record, and upload it.",
        ));
    }
    let counts_bill = match proof {
        AccountProof::Bill | AccountProof::BillAndCsr => true,
        AccountProof::Nothing | AccountProof::BillOrCsr | AccountProof::Csr => csr.is_none(),
    };
    let bill = bill.filter(|_| counts_bill);
    all.extend(bill.and_then(|bill| check_bill(order, bill, losing, now)));
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
