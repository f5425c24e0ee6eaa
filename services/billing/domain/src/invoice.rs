//! Invoices: the charges of one account, month and currency, added up.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use types::{AccountId, ChargeId, Currency, InvalidValue, InvoiceId, Money, MoneyError};

use crate::Month;

/// Charges on one invoice at most; what is more goes on a further one.
pub const CHARGES_MAX: usize = 20_000;

/// An invoice's number, such as `INV-2026-11-000001`: the month, and the how-manieth invoice of it this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvoiceNumber {
    month: Month,
    serial: NonZeroU32,
}

impl InvoiceNumber {
    /// The `serial`th invoice of `month`.
    pub const fn new(month: Month, serial: NonZeroU32) -> Self {
        Self { month, serial }
    }

    /// The month it bills.
    pub const fn month(self) -> Month {
        self.month
    }

    /// The how-manieth of its month it is.
    pub const fn serial(self) -> NonZeroU32 {
        self.serial
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INV-{}-{:06}", self.month, self.serial)
    }
}

impl FromStr for InvoiceNumber {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InvalidValue {
            what: "invoice number",
            expected: "INV-, year, month and a number, e.g. INV-2026-11-000001",
        };
        let mut parts = text.strip_prefix("INV-").ok_or(refused)?.splitn(3, '-');
        let mut part = || parts.next().ok_or(refused);
        let (year, month, serial) = (part()?, part()?, part()?);
        let first_day = Date::new(
            year.parse().map_err(|_| refused)?,
            month.parse().map_err(|_| refused)?,
            1,
        );
        let number = Self {
            month: Month::containing(first_day.map_err(|_| refused)?),
            serial: serial.parse().map_err(|_| refused)?,
        };
        // One invoice has one spelling.
        if number.to_string() == text {
            Ok(number)
        } else {
            Err(refused)
        }
    }
}

/// An invoice. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The invoice.
    pub id: InvoiceId,
    /// Its number, which tells the month.
    pub number: InvoiceNumber,
    /// Who pays.
    pub account: AccountId,
    /// The sum of its charges.
    pub total: Money,
    /// How many charges.
    pub charge_count: u32,
    /// When the month was closed.
    pub closed_at: Timestamp,
}

/// A charge that is on no invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCharge {
    /// The charge.
    pub id: ChargeId,
    /// How much.
    pub amount: Money,
}

/// The charges that go on the next invoice: of one currency, at most [`CHARGES_MAX`]. Invariant: at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCharges {
    currency: Currency,
    charges: Vec<OpenCharge>,
}

impl OpenCharges {
    /// Takes those that fit on one invoice off the front of `open`, and whether any were left. `None`: there are none.
    pub fn first_of(mut open: Vec<OpenCharge>) -> Option<(Self, bool)> {
        let currency = open.first()?.amount.currency;
        let found = open.len();
        let fitting = open
            .iter()
            .take(CHARGES_MAX)
            .take_while(|charge| charge.amount.currency == currency)
            .count();
        open.truncate(fitting);
        let charges = Self {
            currency,
            charges: open,
        };
        Some((charges, fitting < found))
    }

    /// The charges.
    pub fn ids(&self) -> Vec<ChargeId> {
        self.charges.iter().map(|charge| charge.id).collect()
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.charges.len()
    }

    /// What they add up to.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.charges
            .iter()
            .try_fold(Money::zero(self.currency), |sum, charge| {
                sum.checked_add(charge.amount)
            })
    }
}
