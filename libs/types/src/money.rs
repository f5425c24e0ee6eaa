//! Money as integer minor units with their currency. There is no way to add dollars of two countries.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::as_text::{InvalidValue, serde_as_text};

/// A currency that accounts are billed in. Both have 100 minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Currency {
    /// United States dollar.
    Usd,
    /// Canadian dollar.
    Cad,
}

impl Currency {
    /// The ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Cad => "CAD",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "USD" => Ok(Self::Usd),
            "CAD" => Ok(Self::Cad),
            _ => Err(InvalidValue {
                what: "currency",
                expected: "USD or CAD",
            }),
        }
    }
}

serde_as_text!(Currency);

/// An amount of money; negative when it is owed to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Cents.
    pub minor_units: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Why two amounts could not be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The amounts are of two currencies.
    #[error("{left} and {right} cannot be added")]
    CurrencyMismatch {
        /// Currency of the amount that was added to.
        left: Currency,
        /// Currency of the amount that was added.
        right: Currency,
    },
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// An amount of `minor_units` cents.
    pub const fn new(minor_units: i64, currency: Currency) -> Self {
        Self {
            minor_units,
            currency,
        }
    }

    /// Nothing, where a sum starts.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            });
        }
        let sum = self
            .minor_units
            .checked_add(other.minor_units)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self::new(sum, self.currency))
    }

    /// The price of `quantity` things at this amount each.
    pub fn checked_mul(self, quantity: u32) -> Result<Self, MoneyError> {
        let product = self
            .minor_units
            .checked_mul(i64::from(quantity))
            .ok_or(MoneyError::Overflow)?;
        Ok(Self::new(product, self.currency))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor_units < 0 { "-" } else { "" };
        let cents = self.minor_units.unsigned_abs();
        write!(f, "{} {sign}{}.{:02}", self.currency, cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_with_currency_and_cents() {
        let cases = [
            (1250, "USD 12.50"),
            (0, "USD 0.00"),
            (-5, "USD -0.05"),
            (100, "USD 1.00"),
        ];
        for (cents, shown) in cases {
            assert_eq!(Money::new(cents, Currency::Usd).to_string(), shown);
        }
        assert_eq!(
            Money::new(i64::MIN, Currency::Cad).to_string(),
            "CAD -92233720368547758.08"
        );
    }

    #[test]
    fn sums_stay_in_one_currency_and_in_range() {
        let usd = Money::new(150, Currency::Usd);
        assert_eq!(
            usd.checked_add(Money::new(-50, Currency::Usd)),
            Ok(Money::new(100, Currency::Usd))
        );
        let mismatch = MoneyError::CurrencyMismatch {
            left: Currency::Usd,
            right: Currency::Cad,
        };
        assert_eq!(usd.checked_add(Money::zero(Currency::Cad)), Err(mismatch));
        assert_eq!(
            usd.checked_add(Money::new(i64::MAX, Currency::Usd)),
            Err(MoneyError::Overflow)
        );
        assert_eq!(usd.checked_mul(10), Ok(Money::new(1500, Currency::Usd)));
        assert_eq!(
            Money::new(i64::MAX, Currency::Usd).checked_mul(2),
            Err(MoneyError::Overflow)
        );
    }

    #[test]
    fn json_keeps_cents_as_an_integer() {
        let json = serde_json::to_string(&Money::new(1250, Currency::Cad)).unwrap();
        assert_eq!(json, r#"{"minor_units":1250,"currency":"CAD"}"#);
        assert_eq!(
            serde_json::from_str::<Money>(&json).unwrap(),
            Money::new(1250, Currency::Cad)
        );
    }
}
