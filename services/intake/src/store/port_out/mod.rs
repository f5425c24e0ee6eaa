//! Port-outs: what winning carriers asked for, the case each account has of it, and what became of it.
//!
//! Lock order, which every use case keeps: the name of the order ([`lock_pon`]), its request ([`lock_request`]), its
//! cases, the inventory.

mod attempts;
mod case;
mod conflict;
mod consent;
mod counts;
mod documents;
mod history;
mod list;
mod locks;
mod numbers;
mod pins;
#[cfg(test)]
mod plans;
mod policy;
mod progress;
#[cfg(test)]
mod protection_plans;
mod request;
mod row;
mod separation;
mod subscribers;
mod text_reply;

pub(crate) use attempts::{Attempt, count_wrong, count_wrong_requests, insert_attempts, list_attempts};
pub(crate) use case::{
    PortOutName, cases_of_request, count_cases, find, find_by_id, find_by_id_for_update, in_other_open,
    insert, list_since, next_number, open_requests_of, request_of, save,
};
pub(crate) use conflict::{conflicts_of, insert_conflict, save_conflict};
pub(crate) use consent::{
    answer_consent, consents_of, find_consent, insert_consent, questions_asked_by_text,
    requests_asked_by_text,
};
pub(crate) use counts::{PortOutCounts, count};
pub(crate) use documents::{PortOutDocument, find_document, insert_document, list_documents};
pub(crate) use history::{Entry, Happened, add_entry, list_entries};
pub(crate) use list::{Cursor, Filter, Page, SortKey, list};
pub(crate) use locks::{
    By, LockChange, list_lock_changes, locked_of, record_separations, separated_of, separation_references,
    set_locked,
};
pub(crate) use pins::{
    BroughtBy, PinPlace, StoredPin, accounts_with_pin, clear_pins, find_pins, forget_protection, put_pins,
    put_transfer_pins, use_transfer_pins,
};
pub(crate) use policy::{find_policy, insert_policy, list_policies};
pub(crate) use progress::{Report, insert_report};
pub(crate) use request::{
    Disposal, due_counts, find_answer_mode, find_versions, insert_request, lock_due_request,
    lock_held_request, lock_pon, lock_request, postpone, release_answer,
};
pub(crate) use separation::{give_to, move_numbers};
pub(crate) use subscribers::{
    Subscriber, find_for_update, list_held, lock_held, remove_separated, standings,
};
pub(crate) use text_reply::{answered_by_text, insert_text_reply, set_answered_by_text};
