//! What end users say to the question whether their numbers may go.
//!
//! Each number is asked about and answered by itself, for several end users can be in one request. What a NO does hangs on
//! the law (see [`PortOutState::object`](super::PortOutState::object)): where silence refuses, it refuses; where silence
//! authorizes, nothing refuses but a lawful reason that somebody checked, and a NO with its proof is one.

use std::net::IpAddr;

use jiff::Timestamp;
use types::{ConsentId, PortOutId, Tn};

use super::decision::{Claim, Claimant};
use super::lawful_reason::LawfulReason;

/// A question to one end user about their numbers of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The case.
    pub port_out: PortOutId,
    /// The numbers.
    pub tns: Vec<Tn>,
    /// Where the link goes.
    pub email: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// What the end user said; `None`: nothing yet.
    pub reply: Option<ConsentReply>,
}

/// What an end user said, and the proof of it: with the link that went to the asked address alone, when and from where it
/// was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentReply {
    /// One for each number of the question, in its order.
    pub answers: Vec<ConsentAnswer>,
    /// When.
    pub at: Timestamp,
    /// The network address that it came from.
    pub remote_address: IpAddr,
    /// The program that sent it, as it says.
    pub user_agent: String,
}

/// What an end user says of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// It may go.
    Yes,
    /// The request is not the end user's.
    No,
}

/// What the answers to all questions about a case come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consented {
    /// Every number has a YES.
    Given,
    /// Some numbers have a NO.
    Withheld(Objection),
    /// No number has a NO, and some have no answer.
    Open,
}

/// That end users say of numbers that the request is not theirs. A carrier must not act on a request that its end user did
/// not make (47 CFR 64.1120), and the proof stands in the words: who was asked, and when and from where the NO came.
///
/// Invariant: it comes from answers on record, so nobody can object in the name of an end user who was not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    tns: Vec<Tn>,
    proof: String,
    at: Timestamp,
}

impl ConsentAnswer {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "YES",
            Self::No => "NO",
        }
    }

    /// Reads a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Yes, Self::No]
            .into_iter()
            .find(|answer| answer.code() == code)
    }
}

impl Consented {
    /// What the answers come to for these numbers: one NO withholds consent; it takes a YES for every number to give it.
    pub fn of(consents: &[Consent], tns: &[Tn]) -> Self {
        let objections = consents.iter().filter_map(|consent| consent.objection(tns));
        if let Some(objection) = objections.reduce(Objection::join) {
            return Self::Withheld(objection);
        }
        let is_given = |tn: &Tn| {
            let mut answers = consents.iter().filter_map(|consent| consent.answer_of(*tn));
            answers.any(|answer| answer == ConsentAnswer::Yes)
        };
        if tns.iter().all(is_given) {
            Self::Given
        } else {
            Self::Open
        }
    }
}

impl Objection {
    /// The numbers.
    pub fn tns(&self) -> &[Tn] {
        &self.tns
    }

    /// As a reason for operations to check.
    pub fn claim(&self) -> Claim {
        Claim {
            reason: LawfulReason::NotAuthorized,
            tns: self.tns.clone(),
            explanation: self.proof.clone(),
            by: Claimant::EndUser,
            at: self.at,
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.tns.extend(other.tns);
        self.proof = format!("{}; {}", self.proof, other.proof);
        self.at = self.at.max(other.at);
        self
    }
}

impl Consent {
    /// Whether it can be answered: not yet answered, and in time.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.reply.is_none() && now < self.expires_at
    }

    /// The numbers with what was answered of each; `None`: nothing yet.
    pub fn answers(&self) -> impl Iterator<Item = (Tn, Option<ConsentAnswer>)> {
        let answer = |place| {
            self.reply
                .as_ref()
                .and_then(|reply| reply.answers.get(place).copied())
        };
        let tns = self.tns.iter().enumerate();
        tns.map(move |(place, tn)| (*tn, answer(place)))
    }

    fn answer_of(&self, tn: Tn) -> Option<ConsentAnswer> {
        self.answers().find(|(asked, _)| *asked == tn)?.1
    }

    /// The NO among the answers, as far as it is about these numbers.
    fn objection(&self, among: &[Tn]) -> Option<Objection> {
        let reply = self.reply.as_ref()?;
        let is_no = |(tn, answer): &(Tn, Option<ConsentAnswer>)| {
            *answer == Some(ConsentAnswer::No) && among.contains(tn)
        };
        let tns: Vec<Tn> = self.answers().filter(is_no).map(|(tn, _)| tn).collect();
        let at = reply.at.strftime("%Y-%m-%d %H:%M:%S UTC");
        let (email, address) = (self.masked_email(), reply.remote_address);
        (!tns.is_empty()).then(|| Objection {
            proof: format!("{email} said NO to {} at {at} from {address}", texts(&tns)),
            at: reply.at,
            tns,
        })
    }

    /// The address as others may see it: its first letter and its domain.
    pub fn masked_email(&self) -> String {
        let (name, domain) = self.email.split_once('@').unwrap_or((&self.email, ""));
        let first: String = name.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

fn texts(tns: &[Tn]) -> String {
    tns.iter().map(Tn::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
