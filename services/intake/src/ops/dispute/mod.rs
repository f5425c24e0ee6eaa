//! Disputes: opened, answered, undone by a carrier, settled.
//!
//! Start at [`open`]. Every change loads the dispute locked, lets the domain decide, saves and announces. Where an order is
//! concerned its lock comes first, then the dispute's, then the inventory's.

mod evidence;
mod open;
mod overdue;
mod read;
mod returned;
mod settle;
mod snapback;
mod statement;

pub(crate) use evidence::{Evidence, EvidenceError, evidence};
pub(crate) use open::{OpenError, Opening, Port, open};
pub(crate) use overdue::{backlog, note_overdue};
pub(crate) use read::{ReadError, Seen, get, list};
pub(crate) use returned::{ReturnError, Returned, record_return};
pub(crate) use settle::{SettleError, settle, withdraw};
pub(crate) use snapback::{Answered, SnapbackError, follow_snapback, hear_snapback, request_snapback};
pub(crate) use statement::{StatementError, add_statement};

pub(crate) use crate::store::dispute::{DisputeName, Filter, Return, Statement};

use crate::ops::port_in::Requester;

/// Who did something, as the account sees it: whoever of the platform did is in the audit trail alone.
fn shown_name(requester: &Requester) -> String {
    if requester.is_platform {
        "platform".to_owned()
    } else {
        requester.name.clone()
    }
}
