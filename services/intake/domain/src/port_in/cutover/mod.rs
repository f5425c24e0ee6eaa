//! The cut-over of an order: what it waits for, who goes with it, and what is known of it afterwards.
//!
//! Start at [`obstacles`]: the one rule that says whether numbers may be activated. It is asked when a FOC has come, when
//! somebody asks for the cut-over, and when something changed that held one back. [`Order::cut_over`](super::Order)
//! acts on the answer.

mod activate;
mod fact;
mod hold;
mod proof;
mod readiness;
mod refused;
mod snapback;
mod snapback_answers;
mod window;

pub use activate::Decision;
pub use fact::CutoverFact;
pub use hold::{HeldBack, Hold, HoldCode, Member, Obstacle, Urge, obstacles};
pub use proof::{Capability, MessagingState, Proof, Tested};
pub use readiness::{Demand, Item, NumberReadiness, Policy};
pub use snapback::{Asked, SettledSnapback, SnapbackRefusal, SnapbackState};
pub use snapback_answers::SnapbackAnswers;
pub(super) use window::OPENS;
pub use window::{WindowRefusal, check_window};

/// When an order is activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ActivationMode {
    /// At its FOC.
    #[default]
    AtFoc,
    /// When somebody asks for it, from the day of the FOC on.
    OnDemand,
}

/// What an order says and knows of its cut-over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cutover {
    /// When it is activated.
    pub activation: ActivationMode,
    /// Its date has come and it, or some of its numbers, is held back.
    pub held: Option<HeldBack>,
    /// How the tests after it went; none before it.
    pub proof: Option<Proof>,
}
