//! The rules of billing: what a completed port costs, to which month it belongs, and what an invoice adds up to.
//!
//! Start at [`CompletedPort::terms`]: a port, the account it is for and the price book give what each number costs
//! and the month in which it is billed.
//!
//! **Architecture invariant:** no database, no network and no clock; `now` is a parameter, and an amount of one
//! currency never becomes an amount of another.
#![warn(missing_docs)]

mod account;
mod charge;
mod invoice;
mod kind;
mod month;
mod price;

pub use account::{BilledAccount, InvalidTimeZone, time_zone};
pub use charge::{Charge, ChargeSubject, CompletedPort, NotPriced, Terms};
pub use invoice::{CHARGES_MAX, Invoice, InvoiceNumber, OpenCharge, OpenCharges};
pub use kind::ChargeKind;
pub use month::{CLOSING_DELAY, Month, OutOfCalendar};
pub use price::{AMOUNT_MAX, NumberCount, Price, PriceError, Quote, price_on};
