//! The use cases: one file each. Those that call others are told in `due`; what they record is told here, each in one
//! transaction from the load to the announcement.

mod add_connection;
mod ask_carrier;
mod deliver_inbound;
mod list_carriers;
mod list_commands;
mod measure;
mod number_holders;
mod poll_feed;
mod poll_reference;
mod put_carrier;
mod record_answer;
mod record_port_out_snapback;
mod record_test;
mod send_command;

pub(crate) use add_connection::add_connection;
pub(crate) use ask_carrier::{
    Asked, Decided, NewVersion, PortOutSnapback, answer_port_out, ask_order, end_order, raise_conflict,
    snapback_port_out, submit_order,
};
pub(crate) use deliver_inbound::{
    claim_inbound, record_delivered, record_inbound_failed, record_inbound_refused,
};
pub(crate) use list_carriers::list_carriers;
pub(crate) use list_commands::{CommandFilter, list_commands};
pub(crate) use measure::{count_commands, count_inbound, find_feed_due_since, measure_polls};
pub(crate) use number_holders::{Holder, list_known_carriers, look_up_numbers, put_holders};
pub(crate) use poll_feed::{claim_feed, finish_feed, record_page, record_pushed, rest_feed};
pub(crate) use poll_reference::{claim_references, record_reference, rest_reference};
pub(crate) use put_carrier::{PutCarrierError, announce_carriers, put_carrier};
pub(crate) use send_command::{
    claim_commands, combine_port_out_answer, find_losing_carrier, mark_sent, record_outcome, supplement_of,
};

pub(crate) use crate::store::commands::ClaimedCommand;
pub(crate) use crate::store::inbound::{ClaimedInbound, Inbound};
pub(crate) use crate::store::polls::ClaimedPoll;
pub(crate) use crate::store::submissions::ClaimedSubmission;
