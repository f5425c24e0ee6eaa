//! Requests as values of our own, with every field at fault named at once.

use std::fmt::Display;

use ::grpc::{Faults, page};
use billing_domain::{ChargeKind, Month, NumberCount, Price};
use portway_proto::billing::v1;
use portway_proto::types::v1 as types_v1;
use service::stamp;
use tonic::Status;
use types::{Currency, InvoiceId, Money};
use uuid::Uuid;

use crate::ops::read::{ChargePlace, InvoiceName, InvoicePlace};

const CHARGES_DEFAULT: i64 = 100;
const INVOICES_DEFAULT: i64 = 50;
const PAGE_MAX: i64 = 500;

/// What to quote.
pub(super) fn quote(request: v1::QuoteRequest) -> Result<(ChargeKind, NumberCount), Status> {
    let mut faults = Faults::new();
    let kind = kind(&mut faults, "kind", request.kind);
    let numbers = faults.check("numbers", "OUT_OF_RANGE", NumberCount::try_from(request.numbers));
    faults.finish(kind.zip(numbers))
}

/// The price to set.
pub(super) fn price(request: &v1::PutPriceRequest) -> Result<Price, Status> {
    let mut faults = Faults::new();
    let price = present(&mut faults, "price", request.price.as_ref()).and_then(|price| {
        let kind = kind(&mut faults, "price.kind", price.kind);
        let amount = present(&mut faults, "price.amount", price.amount.as_ref())
            .and_then(|amount| money(&mut faults, "price.amount.currency", amount));
        let from = date(&mut faults, "price.effective_from", price.effective_from.as_ref());
        let made = Price::new(kind?, amount?, from?);
        faults.check("price.amount.minor_units", "OUT_OF_RANGE", made)
    });
    faults.finish(price)
}

/// The month to close.
pub(super) fn month(request: &v1::CloseMonthRequest) -> Result<Month, Status> {
    let mut faults = Faults::new();
    let day = date(&mut faults, "month", request.month.as_ref());
    faults.finish(day.map(Month::containing))
}

/// Which charges to list.
pub(super) struct ChargePage {
    pub(super) subject: Option<Uuid>,
    pub(super) after: Option<ChargePlace>,
    pub(super) size: i64,
}

/// Which charges to list.
pub(super) fn charge_page(request: &v1::ListChargesRequest) -> Result<ChargePage, Status> {
    let mut faults = Faults::new();
    let page = ChargePage {
        subject: faults.optional("subject_id", &request.subject_id),
        after: page::cursor(&mut faults, &charge_filters(request), &request.page_token),
        size: page::size(&mut faults, request.page_size, CHARGES_DEFAULT, PAGE_MAX),
    };
    faults.finish(Some(page))
}

/// What a token of this list of charges is tied to.
pub(super) fn charge_filters(request: &v1::ListChargesRequest) -> String {
    format!("charges subject_id={}", request.subject_id)
}

/// Which invoices to list.
pub(super) fn invoice_page(request: &v1::ListInvoicesRequest) -> Result<(Option<InvoicePlace>, i64), Status> {
    let mut faults = Faults::new();
    let after = page::cursor(&mut faults, INVOICE_FILTERS, &request.page_token);
    let size = page::size(&mut faults, request.page_size, INVOICES_DEFAULT, PAGE_MAX);
    faults.finish(Some((after, size)))
}

/// What a token of a list of invoices is tied to.
pub(super) const INVOICE_FILTERS: &str = "invoices";

/// Which invoice.
pub(super) fn invoice_name(request: &v1::GetInvoiceRequest) -> Result<InvoiceName, Status> {
    let mut faults = Faults::new();
    let raw = request.invoice_id.as_str();
    let by_id = raw.parse::<InvoiceId>().ok().map(InvoiceName::Id);
    let name = by_id.or_else(|| faults.required("invoice_id", raw).map(InvoiceName::Number));
    faults.finish(name)
}

fn kind(faults: &mut Faults, field: &str, raw: i32) -> Option<ChargeKind> {
    match v1::ChargeKind::try_from(raw) {
        Ok(v1::ChargeKind::PortIn) => Some(ChargeKind::PortIn),
        Ok(v1::ChargeKind::PortOut) => Some(ChargeKind::PortOut),
        Ok(v1::ChargeKind::Dispute) => Some(ChargeKind::Dispute),
        Ok(v1::ChargeKind::Unspecified) => missing(faults, field),
        Err(_) => invalid(faults, field, "is not a kind of charge"),
    }
}

fn money(faults: &mut Faults, field: &str, money: &types_v1::Money) -> Option<Money> {
    let currency: Currency = faults.required(field, &money.currency)?;
    Some(Money::new(money.minor_units, currency))
}

fn date(faults: &mut Faults, field: &str, date: Option<&types_v1::Date>) -> Option<jiff::civil::Date> {
    let date = present(faults, field, date)?;
    stamp::date_from_proto(date).or_else(|| invalid(faults, field, "is not a date from 2000 to 9999"))
}

fn present<T>(faults: &mut Faults, field: &str, value: Option<T>) -> Option<T> {
    value.or_else(|| missing(faults, field))
}

fn missing<T>(faults: &mut Faults, field: &str) -> Option<T> {
    faults.add(field, "MISSING", "must be set");
    None
}

fn invalid<T>(faults: &mut Faults, field: &str, why: impl Display) -> Option<T> {
    faults.add(field, "INVALID", why.to_string());
    None
}
