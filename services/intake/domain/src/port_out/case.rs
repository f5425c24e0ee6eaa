//! A winning carrier's request, and the case that one account has of it.

use jiff::Timestamp;
use types::{AccountId, Pon, PortOutId, RequestNumber, Spid, Tn, Ver};

use super::answer::Answer;
use super::deadline::{Came, SilenceMeans};
use super::lawful_reason::LawfulReason;
use super::policy::Outcome;
use super::state::PortOutState;
use super::verdict::{AskedNumber, Verdict};

/// What names a request, whoever delivers it however often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey {
    /// The winning carrier.
    pub winning_spid: Spid,
    /// Its purchase order number.
    pub pon: Pon,
    /// The version.
    pub ver: Ver,
}

/// How a winning carrier reads our answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerMode {
    /// One answer to the whole request: any denied number denies it.
    Whole,
    /// One answer that names the numbers that may not go; the others may.
    PerNumber,
}

/// A winning carrier's request, without what was given in confidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierRequest {
    /// Its name.
    pub key: RequestKey,
    /// Name of the winning carrier.
    pub winning_name: String,
    /// Whether the winning carrier is wireless.
    pub is_wireless: bool,
    /// Whether it is a simple port: one line, no complex switching.
    pub is_simple: bool,
    /// Name the winning carrier's customer gave.
    pub end_user_name: String,
    /// ZIP or postal code given.
    pub postal_code: String,
    /// The cut-over asked for.
    pub requested_foc_at: Option<Timestamp>,
    /// When the winning carrier sent it.
    pub received_at: Timestamp,
    /// When we took it in.
    pub taken_in_at: Timestamp,
    /// How the winning carrier reads our answer.
    pub answers: AnswerMode,
    /// Until when our answer is held back, because it is one of several to wrong PINs.
    pub answer_held_until: Option<Timestamp>,
}

impl CarrierRequest {
    /// When it was sent and when we had it.
    pub const fn came(&self) -> Came {
        Came {
            sent_at: self.received_at,
            taken_in_at: self.taken_in_at,
        }
    }
}

/// The policy that a request met, and what it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyMet {
    /// The version.
    pub version: i32,
    /// What it said.
    pub outcome: Outcome,
    /// When the answer was due under it.
    pub due_at: Timestamp,
}

/// A request as far as it concerns one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOut {
    /// Its id.
    pub id: PortOutId,
    /// Its number, for people.
    pub number: RequestNumber,
    /// Whose numbers they are.
    pub account: AccountId,
    /// Rises with every change.
    pub version: i64,
    /// The request.
    pub request: CarrierRequest,
    /// The account's numbers in it.
    pub numbers: Vec<AskedNumber>,
    /// The cut-over asked for, or agreed since.
    pub foc_at: Option<Timestamp>,
    /// What the account's silence means.
    pub silence: SilenceMeans,
    /// The policy it met.
    pub policy: PolicyMet,
    /// Where it stands.
    pub state: PortOutState,
    /// How far our answer has come; `None`: there is none yet.
    pub answer: Option<Answer>,
    /// What operations say of the account's rejection; empty without a review.
    pub review_explanation: String,
}

impl PortOut {
    /// The bare numbers.
    pub fn tns(&self) -> Vec<Tn> {
        self.numbers.iter().map(|number| number.tn).collect()
    }

    /// Those that nothing denies.
    pub fn undenied(&self) -> Vec<Tn> {
        let undenied = self.numbers.iter().filter(|number| number.denial.is_none());
        undenied.map(|number| number.tn).collect()
    }

    /// Whether its policy lets it go with nobody asked: it waits for a decision, and the policy asks for no more than was given.
    pub fn is_authorized_at_once(&self) -> bool {
        let undenied = self.numbers.iter().filter(|number| number.denial.is_none());
        let pins = undenied.map(|number| number.matches.pin);
        matches!(self.state, PortOutState::Pending { .. }) && self.policy.outcome.is_at_once(pins)
    }

    /// Those that go when the winning carrier activates: all that were asked for, but those that its answer left out.
    pub fn leaving(&self) -> Vec<Tn> {
        match self.request.answers {
            AnswerMode::Whole => self.tns(),
            AnswerMode::PerNumber => self.undenied(),
        }
    }

    /// Denies these of its numbers, and says whether any is left that may go.
    pub fn deny(&mut self, tns: &[Tn], reason: LawfulReason) -> Verdict {
        for number in &mut self.numbers {
            if tns.contains(&number.tn) && number.denial.is_none() {
                number.denial = Some(reason);
            }
        }
        Verdict::of_numbers(&self.numbers, self.request.answers)
    }

    /// Which numbers a rejection of `asked` (none: all that may still go) is about. `None`: one of them is no number of
    /// this case that may go, or the winning carrier takes one answer alone.
    pub fn claimable(&self, asked: Vec<Tn>) -> Option<Vec<Tn>> {
        let undenied = self.undenied();
        match self.request.answers {
            AnswerMode::Whole => asked.is_empty().then_some(undenied),
            AnswerMode::PerNumber if asked.is_empty() => Some(undenied),
            AnswerMode::PerNumber => asked.iter().all(|tn| undenied.contains(tn)).then_some(asked),
        }
    }
}
