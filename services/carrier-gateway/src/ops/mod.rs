//! The use cases: one file each. Those that call others are told in `due`; what they record is told here, each in one
//! transaction from the load to the announcement.

mod add_connection;
mod ask_carrier;
mod deliver_inbound;
mod list_carriers;
mod list_commands;
mod measure;
mod poll_feed;
mod poll_reference;
mod put_carrier;
mod record_answer;
mod send_command;

pub(crate) use add_connection::add_connection;
pub(crate) use ask_carrier::{
    Asked, NewVersion, activate_order, answer_port_out, cancel_order, end_order, submit_order,
};
pub(crate) use deliver_inbound::{
    claim_inbound, record_delivered, record_inbound_failed, record_inbound_refused,
};
pub(crate) use list_carriers::list_carriers;
pub(crate) use list_commands::{CommandFilter, list_commands};
pub(crate) use measure::{count_commands, count_inbound, find_feed_due_since, measure_polls};
pub(crate) use poll_feed::{claim_feed, finish_feed, record_page, rest_feed};
pub(crate) use poll_reference::{claim_references, record_reference, rest_reference};
pub(crate) use put_carrier::{PutCarrierError, put_carrier};
pub(crate) use send_command::{
    claim_commands, find_losing_spid, list_port_out_answers, mark_sent, record_outcome,
};

pub(crate) use crate::store::commands::ClaimedCommand;
pub(crate) use crate::store::inbound::{ClaimedInbound, Inbound};
pub(crate) use crate::store::polls::ClaimedPoll;
pub(crate) use crate::store::submissions::ClaimedSubmission;
