//! What happened, as far as those who are told need it. Never a PIN, an account number or an SSN: the events that
//! notices are made of have none.

use jiff::Timestamp;
use types::{AccountId, OrderId, Pon, PortOutId, RequestNumber, Tn, Ver};

use crate::Step;

/// One thing that happened to a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// To a port-in order.
    PortIn(PortInNotice),
    /// To a port-out.
    PortOut(PortOutNotice),
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
    /// The losing carrier.
    pub losing_carrier: String,
    /// The customer's own reference.
    pub customer_reference: String,
    /// What happened.
    pub news: PortInNews,
}

/// Everything that happens to a port-in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortInNews {
    /// It was sent for the first time.
    Submitted,
    /// It was corrected and sent again.
    Resubmitted,
    /// It is with the losing carrier.
    Pending,
    /// The losing carrier needs longer.
    Delayed {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// The customer has to act.
    ActionRequired {
        /// All reasons of the answer.
        reasons: Vec<Reason>,
        /// Whether the carrier asked for data rather than rejecting.
        update_required: bool,
    },
    /// The losing carrier committed.
    FocConfirmed {
        /// To this instant.
        foc_at: Timestamp,
    },
    /// The numbers are ours.
    Ported {
        /// Since when.
        ported_at: Timestamp,
    },
    /// It was cancelled.
    Cancelled,
    /// It was refused for good.
    Rejected {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Nobody acted for 30 days.
    Abandoned,
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

/// Everything that happens to a port-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortOutNews {
    /// A winning carrier asks for the numbers.
    Received {
        /// When the answer is due.
        answer_due_at: Timestamp,
    },
    /// The numbers may go.
    Authorized {
        /// A subject, "silence" or "policy".
        decided_by: String,
    },
    /// The numbers may go although the account rejected.
    Overruled,
    /// The account rejected.
    RejectionRequested {
        /// The account's reason.
        reason: String,
    },
    /// The numbers stay.
    Rejected {
        /// Why, by number.
        reasons: Vec<Reason>,
    },
    /// The cut-over moved to what the notice says.
    FocChanged,
    /// The numbers are gone.
    PortedOut {
        /// Since when.
        ported_at: Timestamp,
    },
    /// The winning carrier withdrew.
    Cancelled,
}

/// A reason that a carrier gave, compiled into our vocabulary. The carrier's own words are left out: they are free
/// text and have been known to quote a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The number it is about; `None`: the whole request.
    pub tn: Option<Tn>,
    /// Our reason, e.g. `PIN`.
    pub code: String,
    /// What happens next, e.g. `fix`; may be empty.
    pub class: String,
    /// The field at fault; may be empty.
    pub field: String,
    /// What to do.
    pub remedy: String,
    /// Who has to act, e.g. `customer`; may be empty.
    pub actor: String,
    /// The carrier's own code; may be empty.
    pub raw_code: String,
}

impl Notice {
    /// The step it is.
    pub fn step(&self) -> Step {
        match self {
            Self::PortIn(notice) => match notice.news {
                PortInNews::Submitted => Step::PortInSubmitted,
                PortInNews::Resubmitted => Step::PortInResubmitted,
                PortInNews::Pending => Step::PortInPending,
                PortInNews::Delayed { .. } => Step::PortInDelayed,
                PortInNews::ActionRequired { .. } => Step::PortInActionRequired,
                PortInNews::FocConfirmed { .. } => Step::PortInFocConfirmed,
                PortInNews::Ported { .. } => Step::PortInPorted,
                PortInNews::Cancelled => Step::PortInCancelled,
                PortInNews::Rejected { .. } => Step::PortInRejected,
                PortInNews::Abandoned => Step::PortInAbandoned,
            },
            Self::PortOut(notice) => match notice.news {
                PortOutNews::Received { .. } => Step::PortOutReceived,
                PortOutNews::Authorized { .. } => Step::PortOutAuthorized,
                PortOutNews::Overruled => Step::PortOutOverruled,
                PortOutNews::RejectionRequested { .. } => Step::PortOutRejectionRequested,
                PortOutNews::Rejected { .. } => Step::PortOutRejected,
                PortOutNews::FocChanged => Step::PortOutFocChanged,
                PortOutNews::PortedOut { .. } => Step::PortOutPortedOut,
                PortOutNews::Cancelled => Step::PortOutCancelled,
            },
        }
    }

    /// Whose it is.
    pub fn account(&self) -> AccountId {
        match self {
            Self::PortIn(notice) => notice.account,
            Self::PortOut(notice) => notice.account,
        }
    }

    /// What people call the request.
    pub fn request_number(&self) -> RequestNumber {
        match self {
            Self::PortIn(notice) => notice.request_number,
            Self::PortOut(notice) => notice.request_number,
        }
    }

    /// The numbers it is about.
    pub fn tns(&self) -> &[Tn] {
        match self {
            Self::PortIn(notice) => &notice.tns,
            Self::PortOut(notice) => &notice.tns,
        }
    }

    /// The reasons that come with it; none for most.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::PortIn(notice) => match &notice.news {
                PortInNews::Delayed { reasons }
                | PortInNews::ActionRequired { reasons, .. }
                | PortInNews::Rejected { reasons } => reasons,
                PortInNews::Submitted
                | PortInNews::Resubmitted
                | PortInNews::Pending
                | PortInNews::FocConfirmed { .. }
                | PortInNews::Ported { .. }
                | PortInNews::Cancelled
                | PortInNews::Abandoned => &[],
            },
            Self::PortOut(notice) => match &notice.news {
                PortOutNews::Rejected { reasons } => reasons,
                PortOutNews::Received { .. }
                | PortOutNews::Authorized { .. }
                | PortOutNews::Overruled
                | PortOutNews::RejectionRequested { .. }
                | PortOutNews::FocChanged
                | PortOutNews::PortedOut { .. }
                | PortOutNews::Cancelled => &[],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port_in(news: PortInNews) -> Notice {
        Notice::PortIn(PortInNotice {
            order: OrderId::generate(),
            account: AccountId::generate(),
            request_number: "PI_100001".parse().unwrap(),
            ver: Ver::FIRST,
            tns: vec!["+14155550123".parse().unwrap()],
            losing_carrier: String::new(),
            customer_reference: String::new(),
            news,
        })
    }

    fn port_out(news: PortOutNews) -> Notice {
        Notice::PortOut(PortOutNotice {
            port_out: PortOutId::generate(),
            account: AccountId::generate(),
            request_number: "PO_100001".parse().unwrap(),
            pon: "PON1".parse().unwrap(),
            ver: Ver::FIRST,
            winning_spid: String::new(),
            winning_name: String::new(),
            tns: Vec::new(),
            foc_at: None,
            news,
        })
    }

    #[test]
    fn each_kind_of_news_is_a_step_of_its_own_and_no_step_is_left_over() {
        let at = Timestamp::UNIX_EPOCH;
        let none = Vec::new;
        let notices = [
            port_in(PortInNews::Submitted),
            port_in(PortInNews::Resubmitted),
            port_in(PortInNews::Pending),
            port_in(PortInNews::Delayed { reasons: none() }),
            port_in(PortInNews::ActionRequired {
                reasons: none(),
                update_required: false,
            }),
            port_in(PortInNews::FocConfirmed { foc_at: at }),
            port_in(PortInNews::Ported { ported_at: at }),
            port_in(PortInNews::Cancelled),
            port_in(PortInNews::Rejected { reasons: none() }),
            port_in(PortInNews::Abandoned),
            port_out(PortOutNews::Received { answer_due_at: at }),
            port_out(PortOutNews::Authorized {
                decided_by: "silence".to_owned(),
            }),
            port_out(PortOutNews::Overruled),
            port_out(PortOutNews::RejectionRequested {
                reason: String::new(),
            }),
            port_out(PortOutNews::Rejected { reasons: none() }),
            port_out(PortOutNews::FocChanged),
            port_out(PortOutNews::PortedOut { ported_at: at }),
            port_out(PortOutNews::Cancelled),
        ];
        let steps: Vec<_> = notices.iter().map(Notice::step).collect();
        assert_eq!(steps, Step::ALL);
        for notice in &notices {
            let prefix = match notice {
                Notice::PortIn(_) => "port_in.",
                Notice::PortOut(_) => "port_out.",
            };
            assert!(notice.step().slug().starts_with(prefix), "{notice:?}");
        }
    }
}
