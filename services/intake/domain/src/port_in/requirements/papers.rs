//! What bill and customer service record say, against what the order says. All of it is a warning: papers may be old, and
//! what was read in them may be read wrongly. A carrier that has the same on file will reject.

use std::collections::HashSet;

use reasons::Field;
use types::{Secret, Tn};

use super::Requirement;
use crate::port_in::details::SubscriberKind;
use crate::port_in::order::Order;
use crate::port_in::propose::Evidence;
use crate::port_out::is_same_account_number;
use crate::record::{AccountRecord, is_same_address, is_same_name, postal_code_in};

const REMEDY: &str = "Correct the order, or upload a later paper if this one is out of date.";

/// A paper that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// What it says of the account.
    pub record: AccountRecord,
    /// Every number in it.
    pub tns: Vec<Tn>,
}

/// What the papers of an order say, and what the order keeps secret, opened to be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Papers {
    /// The latest customer service record.
    pub csr: Option<Paper>,
    /// The latest bill.
    pub bill: Option<Paper>,
    /// The order's account number.
    pub account_number: Option<Secret>,
}

impl Papers {
    /// What is said of something, and by which paper: the customer service record, for it is what the carrier has on file;
    /// where it says nothing, the bill.
    fn saying<T>(&self, of: impl Fn(&AccountRecord) -> &[T]) -> Option<(&'static str, &[T])> {
        let papers = [
            ("the customer service record", self.csr.as_ref()),
            ("the bill", self.bill.as_ref()),
        ];
        let said = papers
            .into_iter()
            .filter_map(|(name, paper)| Some((name, of(&paper?.record))));
        said.into_iter().find(|(_, values)| !values.is_empty())
    }

    /// What the papers say about the fields of an order. Never a secret.
    pub fn evidence(&self, kind: Option<SubscriberKind>) -> Vec<Evidence> {
        let mut all = Vec::new();
        let mut add = |field, value: String| all.push(Evidence { field, value });
        if let Some((_, [name, ..])) = self.saying(|record| &record.names) {
            match kind {
                Some(SubscriberKind::Business) => add(Field::CompanyName, name.clone()),
                Some(SubscriberKind::Residential) => {
                    let (first, last) = first_and_last(name);
                    add(Field::FirstName, first);
                    add(Field::LastName, last);
                }
                None => {}
            }
        }
        if let Some((_, [address, ..])) = self.saying(|record| &record.addresses) {
            add(Field::ServiceAddress, address.clone());
            add(Field::PostalCode, postal_code_in(address).unwrap_or_default());
        }
        if let Some((_, [btn, ..])) = self.saying(|record| &record.btns) {
            add(Field::Btn, btn.to_string());
        }
        all.retain(|evidence| !evidence.value.is_empty());
        all
    }
}

/// A person's name is the last name, a comma and the rest, or ends in the last name.
fn first_and_last(name: &str) -> (String, String) {
    let parts = name.split_once(',').map(|(last, first)| (first, last));
    let (first, last) = parts.or_else(|| name.rsplit_once(' ')).unwrap_or(("", name));
    (first.trim().to_owned(), last.trim().to_owned())
}

pub(super) fn check(order: &Order, papers: &Papers) -> Vec<Requirement> {
    let mut all = Vec::new();
    all.extend(check_name(order, papers));
    all.extend(check_address(order, papers));
    all.extend(check_account_number(papers));
    all.extend(check_btn(order, papers));
    all.extend(check_numbers(order, papers));
    all
}

fn mismatch(code: &'static str, field: &str, paper: &str, theirs: &str, ours: &str) -> Requirement {
    let message = format!("{paper} says {theirs}, the order says {ours}");
    Requirement::warning(code, field, message, REMEDY)
}

fn check_name(order: &Order, papers: &Papers) -> Option<Requirement> {
    let details = &order.record().details;
    let (kind, ours) = (details.subscriber_kind?, details.end_user_name());
    let (paper, names) = papers.saying(|record| &record.names)?;
    let theirs = names.first()?;
    if ours.is_empty() || names.iter().any(|name| is_same_name(kind, &ours, name)) {
        return None;
    }
    let field = match kind {
        SubscriberKind::Business => "details.company_name",
        SubscriberKind::Residential => {
            let (_, last) = first_and_last(theirs);
            let ours = details.last_name.as_ref().map(ToString::to_string);
            if ours.is_some_and(|ours| is_same_name(kind, &ours, &last)) {
                "details.first_name"
            } else {
                "details.last_name"
            }
        }
    };
    let (theirs, ours) = (format!("{theirs:?}"), format!("{ours:?}"));
    Some(mismatch("RECORD_NAME_MISMATCH", field, paper, &theirs, &ours))
}

fn check_address(order: &Order, papers: &Papers) -> Option<Requirement> {
    let ours = &order.record().details.service_address;
    let street = ours.street.as_ref()?;
    let (paper, addresses) = papers.saying(|record| &record.addresses)?;
    if addresses.iter().any(|address| is_same_address(ours, address)) {
        return None;
    }
    let rest = [
        ours.unit.as_ref().map(ToString::to_string),
        ours.city.as_ref().map(ToString::to_string),
        ours.state.as_ref().map(ToString::to_string),
        ours.postal_code.as_ref().map(ToString::to_string),
    ];
    let ours: Vec<String> = std::iter::once(street.to_string())
        .chain(rest.into_iter().flatten())
        .collect();
    let (theirs, ours) = (
        format!("{:?}", addresses.first()?),
        format!("{:?}", ours.join(", ")),
    );
    let field = "details.service_address";
    Some(mismatch("RECORD_ADDRESS_MISMATCH", field, paper, &theirs, &ours))
}

/// Both are shown masked, as account numbers are everywhere.
fn check_account_number(papers: &Papers) -> Option<Requirement> {
    let ours = papers.account_number.as_ref()?;
    let (paper, numbers) = papers.saying(|record| &record.account_numbers)?;
    let is_same = |theirs: &Secret| is_same_account_number(ours.expose(), theirs.expose());
    if numbers.iter().any(is_same) {
        return None;
    }
    let (theirs, ours) = (numbers.first()?.masked(), ours.masked());
    let field = "details.account_number";
    Some(mismatch(
        "RECORD_ACCOUNT_NUMBER_MISMATCH",
        field,
        paper,
        &theirs,
        &ours,
    ))
}

fn check_btn(order: &Order, papers: &Papers) -> Option<Requirement> {
    let ours = order.record().details.btn?;
    let (paper, btns) = papers.saying(|record| &record.btns)?;
    let is_other = !btns.contains(&ours);
    let theirs = btns.first()?.to_string();
    is_other.then(|| {
        mismatch(
            "RECORD_BTN_MISMATCH",
            "details.btn",
            paper,
            &theirs,
            &ours.to_string(),
        )
    })
}

/// Only a paper that lists the account's lines says of a number that it is not among them.
fn check_numbers(order: &Order, papers: &Papers) -> Vec<Requirement> {
    let listing = |paper: &&Paper| !paper.record.lines.is_empty();
    let papers = [
        ("the customer service record", papers.csr.as_ref()),
        ("the bill", papers.bill.as_ref()),
    ];
    let found = papers
        .into_iter()
        .find_map(|(name, paper)| Some((name, paper.filter(listing)?)));
    let Some((name, paper)) = found else {
        return Vec::new();
    };
    let listed: HashSet<Tn> = paper.tns.iter().chain(&paper.record.lines).copied().collect();
    let missing = order.open_tns().into_iter().filter(|tn| !listed.contains(tn));
    missing
        .map(|tn| {
            let message = format!("{name} lists the account's lines, and {tn} is not among them");
            let remedy = "Check that the number is on this account; if it is on another, make an order of its own for it.";
            Requirement::warning("TN_NOT_ON_RECORD", "numbers", message, remedy).about(tn)
        })
        .collect()
}
