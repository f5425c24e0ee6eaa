//! What the simulator can do: one use case a file, each one transaction told top to bottom.

mod activate_port;
mod answer_port_out;
mod cancel_port;
mod enable_messaging;
mod list_calls;
mod move_clock;
mod publish;
mod put_script;
mod raise_conflict;
mod read_answers;
mod read_changes;
mod report_port_out;
mod request_port_out;
mod snapback_port;
mod snapback_port_out;
mod submit_port;
mod take_in;

pub(crate) use activate_port::activate_port;
pub(crate) use answer_port_out::{AnswerPortOutError, answer_port_out};
pub(crate) use cancel_port::cancel_port;
pub(crate) use enable_messaging::enable_messaging;
pub(crate) use list_calls::list_calls;
pub(crate) use move_clock::{MoveClockError, Target, move_clock};
pub(crate) use publish::publish_batch;
pub(crate) use put_script::put_script;
pub(crate) use raise_conflict::{RaiseConflictError, raise_conflict};
pub(crate) use read_answers::{ReadAnswersError, read_answers};
pub(crate) use read_changes::{ChangePage, ReadChangesError, SimChange, read_changes};
pub(crate) use report_port_out::{ReportPortOutError, report_port_out};
pub(crate) use request_port_out::request_port_out;
pub(crate) use snapback_port::snapback_port;
pub(crate) use snapback_port_out::{SnapbackPortOutError, Wish, snapback_port_out};
pub(crate) use submit_port::submit_port;
pub(crate) use take_in::CallRefused;
