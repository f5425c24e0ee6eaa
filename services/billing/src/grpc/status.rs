//! What each failure of a use case is to the caller.

use ::grpc::status::{fail, internal, store};
use tonic::{Code, Status};

use crate::ops::close_month::CloseMonthError;
use crate::ops::prices::QuoteError;

/// Why there is no quote.
pub(super) fn quote(error: &QuoteError) -> Status {
    let message = error.to_string();
    match error {
        QuoteError::UnknownAccount => fail(Code::NotFound, "ACCOUNT_NOT_FOUND", message),
        QuoteError::NotPriced(_) => fail(Code::FailedPrecondition, "NO_PRICE", message),
        QuoteError::Money(error) => internal(error),
        QuoteError::Store(error) => store(error),
    }
}

/// Why a month was not closed.
pub(super) fn close_month(error: &CloseMonthError) -> Status {
    let message = error.to_string();
    match error {
        CloseMonthError::NotOver(_) => fail(Code::FailedPrecondition, "MONTH_NOT_OVER", message),
        CloseMonthError::Store(error) => store(error),
    }
}

/// The account has no such invoice; another account's is none either.
pub(super) fn no_invoice() -> Status {
    fail(Code::NotFound, "INVOICE_NOT_FOUND", "there is no such invoice")
}
