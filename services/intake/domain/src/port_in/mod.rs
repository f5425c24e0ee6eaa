//! Port-in orders: the states, what may become of each, and what must be there before submission.
//!
//! Start at [`Order`]. A transition takes the order and `now`, and returns a [`Transition`]: the new order, what
//! others hear, what changes in the inventory and the line of its history. Nothing else changes an order.
//!
//! **Architecture invariant:** no secret is compared or shown here but in `fix`, which must not resend a wrong PIN,
//! and `split`, which keeps one account to an order.

mod actions;
mod activation;
mod answer;
mod cancel;
mod carrier_time;
mod comment;
mod configure;
pub mod cutover;
mod date_change;
mod details;
mod draft;
mod drop_numbers;
mod estimate;
mod family;
mod fix;
mod foc;
mod meanwhile;
mod number;
mod number_config;
mod order;
mod outlook;
mod pace;
mod postal;
mod propose;
mod reason;
mod refusal;
pub mod requirements;
mod review;
mod settle_rejection;
mod split;
mod standing;
mod state;
mod submit;
mod text;
mod timers;
mod weigh;

pub use actions::{Action, ActionRule};
pub use answer::Says;
pub use cancel::AtCarrier;
pub use carrier_time::CarrierTime;
pub use comment::{Comment, CommentText, Resolution, ResolveRefusal, Side, Task, Visibility};
pub use configure::{ConfigureFault, ConfigureProblem, NumberChange, NumberChanges};
pub use date_change::{DateChangeRefusal, Package, Settlement};
pub use details::{Address, Detail, Details, KeptSecret, RemainingNumbers, SubscriberKind};
pub use draft::{AddRefusal, RemoveRefusal};
pub use drop_numbers::DropRefusal;
pub use estimate::{CutOverEstimate, EstimateBasis, Pace};
pub use family::ParentRef;
pub use fix::{Correction, FixFault, FixRefusal, SentSecrets};
pub use number::{NumberState, OrderNumber};
pub use number_config::{Capabilities, NumberConfig, Override, Overrides, Setting};
pub use order::{
    Entry, IllegalTransition, InventoryChange, NUMBERS_MAX, Order, OrderFact, OrderRecord, Transition,
};
pub use outlook::{NextEvent, NextEventKind};
pub use pace::{Histogram, Leg, LegStep, PacedKind, leg_days};
pub use propose::{Evidence, FixWay, ProposedFix, Suggestion, SuggestionSource};
pub use reason::OrderReason;
pub use refusal::{ActionRefusal, Refusal};
pub use review::{ReturnReason, ReviewCause, ReviewPolicy};
pub use settle_rejection::{Finding, Meaning, SettleRejectionRefusal};
pub use split::{CHILDREN_MAX, ChildRef, Division, OpenSecrets, Part, PartKey, PartKind, VersionsExhausted};
pub use state::{
    AwaitedAction, AwaitedAnswer, Children, Commitment, Court, DateChange, Draft, Fallback, OrderState,
    PendingOn, Rejection, StateName,
};
pub use submit::{CommandHeard, CommandKind, CommandState};
pub use text::{CallerName, Email, Note, PostalCode, Reference, RespOrg, ShortText, State, read_secret};
