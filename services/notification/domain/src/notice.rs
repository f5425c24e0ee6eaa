//! What happened, as far as those who are told need it. Never a PIN, an account number or an SSN: the events that
//! notices are made of have none.

use jiff::Timestamp;
use types::{AccountId, DisputeId, OrderId, Pon, PortOutId, RequestNumber, Tn, Ver};
use uuid::Uuid;

use crate::{DisputeNews, Invited, PinAlarm, PortInNews, PortOutNews, Reason, Step};

/// One thing that happened to a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// To a port-in order.
    PortIn(PortInNotice),
    /// To a port-out.
    PortOut(PortOutNotice),
    /// To a dispute over a port.
    Dispute(DisputeNotice),
    /// To an account.
    Account(AccountNotice),
}

/// What happened to a port-in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortInNotice {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// What people call it.
    pub request_number: RequestNumber,
    /// The version it was about.
    pub ver: Ver,
    /// The numbers it was about.
    pub tns: Vec<Tn>,
    /// The losing carrier's id.
    pub losing_carrier: String,
    /// Its name; empty when it was not told.
    pub losing_carrier_name: String,
    /// The customer's own reference.
    pub customer_reference: String,
    /// What happened.
    pub news: PortInNews,
}

/// What happened to a port-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOutNotice {
    /// The port-out.
    pub port_out: PortOutId,
    /// Whose numbers they are.
    pub account: AccountId,
    /// What people call it.
    pub request_number: RequestNumber,
    /// The winning carrier's name for it.
    pub pon: Pon,
    /// Its version.
    pub ver: Ver,
    /// SPID of the winning carrier, as it was given.
    pub winning_spid: String,
    /// Name of the winning carrier.
    pub winning_name: String,
    /// The numbers it was about.
    pub tns: Vec<Tn>,
    /// The cut-over that was asked for or agreed; a request may name none.
    pub foc_at: Option<Timestamp>,
    /// What happened.
    pub news: PortOutNews,
}

/// What happened to a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeNotice {
    /// The dispute.
    pub dispute: DisputeId,
    /// Whose port it is about.
    pub account: AccountId,
    /// What people call it.
    pub request_number: RequestNumber,
    /// What people call the port.
    pub port_number: RequestNumber,
    /// What is said to be wrong: `unauthorized` or `mistaken`.
    pub kind: &'static str,
    /// The numbers it was about.
    pub tns: Vec<Tn>,
    /// The other carrier.
    pub carrier_name: String,
    /// What happened.
    pub news: DisputeNews,
}

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNotice {
    /// The account.
    pub account: AccountId,
    /// What happened.
    pub alarm: PinAlarm,
}

impl Notice {
    /// The step it is.
    pub fn step(&self) -> Step {
        match self {
            Self::PortIn(notice) => notice.news.step(),
            Self::PortOut(notice) => notice.news.step(),
            Self::Dispute(notice) => notice.news.step(),
            Self::Account(_) => Step::AccountPinAlarm,
        }
    }

    /// Whether people are written to. Webhooks are told in any case.
    pub fn is_mailed(&self) -> bool {
        let is_for_people = match self {
            Self::PortOut(notice) => notice.news.is_for_people(),
            Self::PortIn(_) | Self::Dispute(_) | Self::Account(_) => true,
        };
        is_for_people && self.step().is_mailed()
    }

    /// Whose it is.
    pub fn account(&self) -> AccountId {
        match self {
            Self::PortIn(notice) => notice.account,
            Self::PortOut(notice) => notice.account,
            Self::Dispute(notice) => notice.account,
            Self::Account(notice) => notice.account,
        }
    }

    /// The order, port-out, dispute or account it is about.
    pub fn subject_id(&self) -> Uuid {
        match self {
            Self::PortIn(notice) => notice.order.as_uuid(),
            Self::PortOut(notice) => notice.port_out.as_uuid(),
            Self::Dispute(notice) => notice.dispute.as_uuid(),
            Self::Account(notice) => notice.account.as_uuid(),
        }
    }

    /// What people call the request; an account has none.
    pub fn request_number(&self) -> Option<RequestNumber> {
        match self {
            Self::PortIn(notice) => Some(notice.request_number),
            Self::PortOut(notice) => Some(notice.request_number),
            Self::Dispute(notice) => Some(notice.request_number),
            Self::Account(_) => None,
        }
    }

    /// The numbers it is about.
    pub fn tns(&self) -> &[Tn] {
        match self {
            Self::PortIn(notice) => &notice.tns,
            Self::PortOut(notice) => &notice.tns,
            Self::Dispute(notice) => &notice.tns,
            Self::Account(notice) => &notice.alarm.tns,
        }
    }

    /// The reasons that come with it; none for most.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::PortIn(notice) => notice.news.reasons(),
            Self::PortOut(notice) => notice.news.reasons(),
            Self::Dispute(_) | Self::Account(_) => &[],
        }
    }

    /// Who outside the account is to be written to because of it.
    pub fn invited(&self) -> Option<Invited> {
        match self {
            Self::PortIn(notice) => notice.news.invited(),
            Self::PortOut(notice) => notice.news.invited(),
            Self::Dispute(_) | Self::Account(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
