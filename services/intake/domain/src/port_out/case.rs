//! A winning carrier's request, and the case that one account has of it.

use jiff::Timestamp;
use types::{AccountId, Pon, PortOutId, RequestNumber, Spid, Tn, Ver};

use super::answer::AnswerState;
use super::deadline::SilenceMeans;
use super::state::PortOutState;
use super::verdict::AskedNumber;

/// What names a request, whoever delivers it however often.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// The winning carrier.
    pub winning_spid: Spid,
    /// Its purchase order number.
    pub pon: Pon,
    /// The version.
    pub ver: Ver,
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
    /// Where it stands.
    pub state: PortOutState,
    /// How far our answer has come; `None`: there is none yet.
    pub answer: Option<AnswerState>,
}

impl PortOut {
    /// The bare numbers.
    pub fn tns(&self) -> Vec<Tn> {
        self.numbers.iter().map(|number| number.tn).collect()
    }
}
