//! Port-outs: taking requests in, deciding them, and following what becomes of them.
//!
//! Start at [`receive`]. Every change of a case goes through `settle`, the one place that keeps the rule that a request
//! gets one answer, and that saves, records and announces together.

mod answer;
mod decide;
mod progress;
mod read;
mod receive;
mod settle;
mod silence;

pub(crate) use answer::record_answer_progress;
pub(crate) use decide::{
    AcceptError, Refusal, RefuseError, Review, ReviewError, accept, refuse, review_rejection,
};
pub(crate) use progress::{News, ProgressError, ReportedProgress, report_progress};
pub(crate) use read::{ReadError, get, list, rejection_reasons};
pub(crate) use receive::{AskedPortOut, receive};
pub(crate) use silence::{backlog, decide_silence};

pub(crate) use crate::store::port_out::{Filter, PortOutName};
