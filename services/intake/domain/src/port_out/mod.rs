//! Port-outs: a winning carrier asks for numbers of ours, and the law says when we may refuse.
//!
//! Start at [`assess`], which splits a request into one case an account and says of each number whether it may go;
//! then [`PortOutState`], what becomes of a case. [`answer_rule`] is how long a decision may take and what silence
//! means, [`LawfulReason`] the only reasons for which an account can refuse.
//!
//! **Architecture invariant:** there is no value here that stands for an unlawful refusal: an unpaid balance, a
//! contract or a name that differs cannot be said, so it cannot be sent.

mod answer;
mod case;
mod deadline;
mod lawful_reason;
mod matching;
mod state;
mod verdict;

pub use answer::AnswerState;
pub use case::{CarrierRequest, PortOut, RequestKey};
pub use deadline::{AnswerRule, DEFAULT_ACCOUNT_WINDOW, SilenceMeans, answer_rule};
pub use lawful_reason::{LawfulReason, NotLawful, ReasonFacts};
pub use matching::{is_same_account_number, is_same_postal_code};
pub use state::{
    Claim, Decider, Decision, Grounds, IllegalTransition, PortOutFact, PortOutState, Progress, Transition,
};
pub use verdict::{
    AskedNumber, CaseDraft, Denial, Given, PinCheck, Standing, SubscriberRecord, Verdict, assess,
};
