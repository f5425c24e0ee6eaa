//! Port-outs: what winning carriers asked for, the case each account has of it, and what became of it.
//!
//! Lock order, which every use case keeps: the name of the order ([`lock_pon`]), its request ([`lock_request`]), its
//! cases, the inventory.

mod case;
mod history;
mod list;
mod progress;
mod request;
mod row;

pub(crate) use case::{
    PortOutName, cases_of_request, find, find_by_id_for_update, has_other_open, insert, next_number, save,
};
pub(crate) use history::{Entry, add_entry};
pub(crate) use list::{Filter, list};
pub(crate) use progress::{Report, insert_report};
pub(crate) use request::{
    Disposal, due_counts, find_versions, insert_request, lock_due_request, lock_pon, lock_request, postpone,
};
