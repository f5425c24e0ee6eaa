//! Charges: one number, one completed port or settled dispute.

use jiff::Timestamp;
use thiserror::Error;
use types::{
    AccountId, ChargeId, Currency, DisputeId, EventId, InvoiceId, Money, OrderId, PortOutId, RequestNumber,
    Tn,
};
use uuid::Uuid;

use crate::{BilledAccount, ChargeKind, Month, Price, price_on};

/// What was completed: it says what is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeSubject {
    /// A port-in order.
    PortIn(OrderId),
    /// A port-out.
    PortOut(PortOutId),
    /// A dispute.
    Dispute(DisputeId),
}

impl ChargeSubject {
    /// The subject of that kind with this id.
    pub const fn new(kind: ChargeKind, id: Uuid) -> Self {
        match kind {
            ChargeKind::PortIn => Self::PortIn(OrderId::from_uuid(id)),
            ChargeKind::PortOut => Self::PortOut(PortOutId::from_uuid(id)),
            ChargeKind::Dispute => Self::Dispute(DisputeId::from_uuid(id)),
        }
    }

    /// What is charged for.
    pub const fn kind(self) -> ChargeKind {
        match self {
            Self::PortIn(_) => ChargeKind::PortIn,
            Self::PortOut(_) => ChargeKind::PortOut,
            Self::Dispute(_) => ChargeKind::Dispute,
        }
    }

    /// The bare id.
    pub const fn as_uuid(self) -> Uuid {
        match self {
            Self::PortIn(id) => id.as_uuid(),
            Self::PortOut(id) => id.as_uuid(),
            Self::Dispute(id) => id.as_uuid(),
        }
    }
}

/// A port that was completed, or a dispute that was settled at the account's cost, as its event told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedPort {
    /// Who pays.
    pub account: AccountId,
    /// The order, port-out or dispute.
    pub subject: ChargeSubject,
    /// The number people know it by.
    pub request_number: RequestNumber,
    /// The event.
    pub event: EventId,
    /// The numbers that ported, or that it pays a fee for.
    pub tns: Vec<Tn>,
    /// When.
    pub completed_at: Timestamp,
}

/// What each number of a port costs, and when it is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The price of one number.
    pub amount: Money,
    /// The month it is billed in.
    pub month: Month,
}

/// The price book has no price for a port. It is then not charged at all until there is one: never in another currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no price for {kind} in {currency} on that day")]
pub struct NotPriced {
    /// What for.
    pub kind: ChargeKind,
    /// In which currency.
    pub currency: Currency,
}

impl CompletedPort {
    /// What each number costs: the price of the day on which the port was completed, in the account's currency and
    /// by the account's calendar. `prices` are in the order in which they were set.
    pub fn terms(&self, account: &BilledAccount, prices: &[Price]) -> Result<Terms, NotPriced> {
        let kind = self.subject.kind();
        let currency = account.currency;
        let day = account.time_zone.to_datetime(self.completed_at).date();
        let amount = price_on(prices, kind, currency, day).ok_or(NotPriced { kind, currency })?;
        Ok(Terms {
            amount,
            month: Month::containing(day),
        })
    }
}

/// A charge that stands. It never changes but for the invoice that it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The charge.
    pub id: ChargeId,
    /// Who pays.
    pub account: AccountId,
    /// The order or port-out.
    pub subject: ChargeSubject,
    /// The number people know it by.
    pub request_number: RequestNumber,
    /// The number that ported.
    pub tn: Tn,
    /// The event that caused it.
    pub event: EventId,
    /// How much.
    pub amount: Money,
    /// When the port was completed.
    pub occurred_at: Timestamp,
    /// The invoice it is on; `None` until its month is closed.
    pub invoice: Option<InvoiceId>,
}
