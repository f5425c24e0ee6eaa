//! Port-outs: a winning carrier asks for numbers of ours, and the law says when we may refuse.
//!
//! Start at [`assess`], which splits a request into one case an account and says of each number whether it may go;
//! then [`PortOutState`], what becomes of a case. [`answer_rule`] is how long a decision may take and what silence
//! means, [`LawfulReason`] the only reasons for which numbers are held back, [`Policy`] what an account does by itself,
//! [`Consented`] what the end users of the numbers say.
//!
//! **Architecture invariant:** there is no value here that stands for an unlawful refusal: an unpaid balance, a
//! contract or a name that differs cannot be said, so it cannot be sent.

mod answer;
mod case;
mod conflict;
mod consent;
mod deadline;
mod decision;
mod guessing;
mod lawful_reason;
mod matching;
mod policy;
mod separated;
mod state;
mod state_name;
mod text_reply;
mod verdict;

pub use answer::{Answer, AnswerState};
pub use case::{AnswerMode, CarrierRequest, PolicyMet, PortOut, RequestKey};
pub use conflict::{Conflict, ConflictState};
pub use consent::{Asked, Consent, ConsentAnswer, ConsentReply, Consented, Objection, ReplyProof};
pub use deadline::{AnswerRule, Came, SilenceMeans, answer_rule};
pub use decision::{Claim, Claimant, Decider, Decision, Grounds};
pub use guessing::{ACCOUNT_SPAN, NUMBER_SPAN, alarms_account, alarms_number, pause_after};
pub use lawful_reason::{LawfulReason, NotLawful, ReasonFacts};
pub use matching::{is_same_account_number, is_same_name, is_same_postal_code, name_key, postal_code_key};
pub use policy::{
    AskBy, ConsentOutcome, Course, InvalidWindow, Market, NotInThisMarket, Outcome, Policy, PolicyVersion,
    Rule, Window, WirelineOutcome,
};
pub use state::{IllegalTransition, PortOutFact, PortOutState, Progress, Transition};
pub use state_name::StateName;
pub use text_reply::{InvalidTextId, TextId, UnclearReply};
pub use verdict::{
    AskedNumber, CaseDraft, FieldMatch, Given, Matches, Standing, SubscriberRecord, Verdict, assess,
};
