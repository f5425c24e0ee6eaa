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
use super::policy::AskBy;
use super::text_reply::TextId;

/// Who is asked about which numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Whoever reads the mail of an address, about the numbers that are used there.
    ByEmail {
        /// The address.
        email: String,
        /// The numbers.
        tns: Vec<Tn>,
    },
    /// Whoever holds the phone of a number, about that number.
    BySms {
        /// The number.
        tn: Tn,
    },
}

/// A question to one end user about their numbers of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The case.
    pub port_out: PortOutId,
    /// Who is asked, and about which numbers.
    pub asked: Asked,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// What the end user said; `None`: nothing yet.
    pub reply: Option<ConsentReply>,
}

/// What an end user said, and the proof of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentReply {
    /// One for each number of the question, in its order.
    pub answers: Vec<ConsentAnswer>,
    /// When.
    pub at: Timestamp,
    /// By which way it came.
    pub proof: ReplyProof,
}

/// By which way an answer came, and what is known from that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyProof {
    /// By the page that a link opened which went to the asked address or number alone.
    Page {
        /// The network address that it came from.
        remote_address: IpAddr,
        /// The program that sent it, as it says.
        user_agent: String,
    },
    /// By a text from the asked number.
    Text {
        /// Its id at the SMS service.
        message: TextId,
    },
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

impl Asked {
    /// The numbers.
    pub fn tns(&self) -> &[Tn] {
        match self {
            Self::ByEmail { tns, .. } => tns,
            Self::BySms { tn } => std::slice::from_ref(tn),
        }
    }

    /// By which way.
    pub const fn by(&self) -> AskBy {
        match self {
            Self::ByEmail { .. } => AskBy::Email,
            Self::BySms { .. } => AskBy::Sms,
        }
    }

    /// Where the question went, as others may see it: the first letter of an address and its domain; the number.
    pub fn sent_to(&self) -> String {
        match self {
            Self::ByEmail { email, .. } => {
                let (name, domain) = email.split_once('@').unwrap_or((email, ""));
                let first: String = name.chars().take(1).collect();
                format!("{first}…@{domain}")
            }
            Self::BySms { tn } => tn.to_string(),
        }
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
        let tns = self.asked.tns().iter().enumerate();
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
        let way = match &reply.proof {
            ReplyProof::Page { remote_address, .. } => format!("from {remote_address}"),
            ReplyProof::Text { message } => format!("by text {message}"),
        };
        let asked = self.asked.sent_to();
        (!tns.is_empty()).then(|| Objection {
            proof: format!("{asked} said NO to {} at {at} {way}", texts(&tns)),
            at: reply.at,
            tns,
        })
    }
}

fn texts(tns: &[Tn]) -> String {
    tns.iter().map(Tn::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
