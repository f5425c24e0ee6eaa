//! The price book: what one number costs, from which day on.

use jiff::civil::Date;
use thiserror::Error;
use types::{Currency, InvalidValue, Money, MoneyError};

use crate::ChargeKind;

/// The highest price of one number, in minor units. Far above any real one, and low enough that no invoice overflows.
pub const AMOUNT_MAX: i64 = 10_000_000;

/// What one number costs from a day on. Invariant: the amount is from 0 to [`AMOUNT_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    kind: ChargeKind,
    amount: Money,
    effective_from: Date,
}

/// The amount cannot be a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a price must be from 0 to {AMOUNT_MAX} minor units")]
pub struct PriceError;

impl Price {
    /// A price for `kind` in the amount's currency, from that day on.
    pub fn new(kind: ChargeKind, amount: Money, effective_from: Date) -> Result<Self, PriceError> {
        if (0..=AMOUNT_MAX).contains(&amount.minor_units) {
            Ok(Self {
                kind,
                amount,
                effective_from,
            })
        } else {
            Err(PriceError)
        }
    }

    /// What for.
    pub const fn kind(self) -> ChargeKind {
        self.kind
    }

    /// How much a number.
    pub const fn amount(self) -> Money {
        self.amount
    }

    /// The first day it holds.
    pub const fn effective_from(self) -> Date {
        self.effective_from
    }
}

/// The price that holds on `day`: of those that have begun, the one that began last; of two for the same day, the one
/// that was set last. `prices` are in the order in which they were set. `None`: there is no price in this currency,
/// and a price in another is none.
pub fn price_on(prices: &[Price], kind: ChargeKind, currency: Currency, day: Date) -> Option<Money> {
    prices
        .iter()
        .filter(|price| {
            price.kind == kind && price.amount.currency == currency && price.effective_from <= day
        })
        // Of equal ones `max_by_key` gives the last.
        .max_by_key(|price| price.effective_from)
        .map(|price| price.amount)
}

/// How many numbers a quote is for. Invariant: 1 to 20,000, the most that one order can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberCount(u32);

impl NumberCount {
    const MAX: u32 = 20_000;
}

impl TryFrom<i32> for NumberCount {
    type Error = InvalidValue;

    fn try_from(count: i32) -> Result<Self, Self::Error> {
        u32::try_from(count)
            .ok()
            .filter(|count| (1..=Self::MAX).contains(count))
            .map(Self)
            .ok_or(InvalidValue {
                what: "number count",
                expected: "1 to 20,000",
            })
    }
}

/// What a port would cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// A number.
    pub unit: Money,
    /// In all.
    pub total: Money,
}

impl Quote {
    /// For that many numbers at this price each.
    pub fn new(unit: Money, numbers: NumberCount) -> Result<Self, MoneyError> {
        let total = unit.checked_mul(numbers.0)?;
        Ok(Self { unit, total })
    }
}
