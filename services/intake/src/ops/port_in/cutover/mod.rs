//! The cut-over: who goes together, when, what is demanded before, and what follows after.
//!
//! Start at `decide`: it alone decides about a cut-over, with everybody that it concerns locked.

mod activation;
mod after;
mod decide;
mod groups;
mod messaging;
mod proof;
mod readiness;
mod scene;
mod snapback;
mod temporary;

pub(crate) use crate::store::port_in::cutover::groups::{Group, GroupState};
pub(crate) use crate::store::port_in::cutover::proofs::CapabilityProof;
pub(crate) use crate::store::port_in::cutover::readiness::Said;
pub(crate) use crate::store::port_in::cutover::snapbacks::Snapback;
pub(crate) use activation::{ActivationError, activate, set_activation};
pub(super) use after::after_port;
pub(super) use decide::{decide, look_again};
pub(crate) use groups::{
    GroupDraft, GroupError, GroupView, MemberDraft, MemberFault, MemberProblem, delete, get, list, put,
    release,
};
pub(crate) use messaging::{MessagingError, set_registration, settle_messaging};
pub(super) use proof::count_early;
pub(crate) use proof::record_test;
pub(crate) use readiness::{
    NumberLine, PrepareError, ReadinessView, find_policy, get_readiness, prepare, put_policy,
};
pub(crate) use snapback::{
    SnapbackAnswer, SnapbackError, follow_snapback, give_back, list_snapbacks, record_snapback,
    request_snapback,
};
pub(crate) use temporary::{TemporaryError, attach, detach};
