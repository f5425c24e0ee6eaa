//! Disputes: what is disputed, what was said, and what carriers were asked.

mod case;
mod due;
pub(crate) mod evidence;
mod list;
mod records;
mod returns;
mod row;

pub(crate) use case::{
    DisputeName, find, find_by_snapback, find_for_update, in_dispute, insert, next_number, save,
};
pub(crate) use due::{due_counts, lock_due, postpone};
pub(crate) use list::{Filter, list};
pub(crate) use records::{
    Statement, add_snapback, add_statement, advance_snapback, count_statements, list_snapbacks,
    list_statements,
};
pub(crate) use returns::{Return, add_return, end_by_record, list_returns, note_late_answer};
