//! Port-outs: taking requests in, deciding them, and following what becomes of them.
//!
//! Start at [`receive`]. Every change of a case goes through `settle`, the one place that keeps the rule that a request
//! gets one answer, and that saves, records and announces together.

mod answer;
mod comments;
mod conflict;
mod consent;
mod decide;
mod judge;
mod lists;
mod policy;
mod progress;
mod protection;
mod read;
mod receive;
mod records;
mod separation;
mod settle;
mod silence;
mod text_reply;
mod tried_pin;

pub(crate) use answer::{AnswerNews, record_answer_progress};
pub(crate) use comments::{PortOutComment, add_comment, comments, resolve_comment};
pub(crate) use conflict::{ConflictNews, record_conflict_progress};
pub(crate) use consent::{
    ConsentError, Question, SaidByEndUser, answer_question, find_question, take_consent_link,
};
pub(crate) use decide::{
    AcceptError, Refusal, RefuseError, Review, ReviewError, accept, refuse, review_rejection,
};
pub(crate) use lists::{count, list};
pub(crate) use policy::{
    CourseTaken, SetPolicyError, Tried, TriedOn, dry_run, get_policy, list_policies, set_policy,
};
pub(crate) use progress::{News, ProgressError, ReportedProgress, report_progress};
pub(crate) use protection::{
    LockAsked, PinError, PinFor, ProtectError, clear_pin, list_lock_history, list_pin_attempts, make_pin,
    reveal_pin, set_lock, set_pin, set_transfer_pin,
};
pub(crate) use read::{ReadError, Seen, get, rejection_reasons, timeline};
pub(crate) use receive::{AskedPortOut, ReceiveError, receive};
pub(crate) use records::{RecordError, add_document, document_content, documents, keep_document};
pub(crate) use separation::record_separation;
pub(crate) use silence::{backlog, decide_silence};
pub(crate) use text_reply::{TextReply, record_text_reply};
pub(crate) use tried_pin::hash_pin;

pub(crate) use crate::store::counting::Count;
pub(crate) use crate::store::port_out::{
    Attempt, By, Cursor, Filter, Happened, LockChange, Page, PortOutDocument, PortOutName, SortKey,
};
