//! Domain values as messages, for replies and events alike.

use billing_domain::{Charge, ChargeKind, Invoice, Price, Quote};
use portway_proto::billing::v1;
use portway_proto::types::v1 as types_v1;
use service::stamp;
use types::Money;

/// An amount.
pub(crate) fn money(money: Money) -> types_v1::Money {
    types_v1::Money {
        currency: money.currency.code().to_owned(),
        minor_units: money.minor_units,
    }
}

/// What is charged for.
pub(crate) fn kind(kind: ChargeKind) -> v1::ChargeKind {
    match kind {
        ChargeKind::PortIn => v1::ChargeKind::PortIn,
        ChargeKind::PortOut => v1::ChargeKind::PortOut,
        ChargeKind::Dispute => v1::ChargeKind::Dispute,
    }
}

/// A price.
pub(crate) fn price(price: Price) -> v1::Price {
    v1::Price {
        kind: kind(price.kind()).into(),
        amount: Some(money(price.amount())),
        effective_from: Some(stamp::date_to_proto(price.effective_from())),
    }
}

/// A quote.
pub(crate) fn quote(quote: Quote) -> v1::QuoteResponse {
    v1::QuoteResponse {
        unit: Some(money(quote.unit)),
        total: Some(money(quote.total)),
    }
}

/// A charge.
pub(crate) fn charge(charge: &Charge) -> v1::Charge {
    v1::Charge {
        charge_id: charge.id.to_string(),
        kind: kind(charge.subject.kind()).into(),
        tn: charge.tn.to_string(),
        subject_id: charge.subject.as_uuid().to_string(),
        request_number: charge.request_number.to_string(),
        event_id: charge.event.to_string(),
        amount: Some(money(charge.amount)),
        occurred_at: Some(stamp::to_proto(charge.occurred_at)),
        invoice_id: charge.invoice.map(|id| id.to_string()).unwrap_or_default(),
    }
}

/// An invoice with these of its charges.
pub(crate) fn invoice(invoice: &Invoice, charges: &[Charge]) -> v1::Invoice {
    v1::Invoice {
        invoice_id: invoice.id.to_string(),
        invoice_number: invoice.number.to_string(),
        account_id: invoice.account.to_string(),
        month: Some(stamp::date_to_proto(invoice.number.month().first_day())),
        total: Some(money(invoice.total)),
        charge_count: i32::try_from(invoice.charge_count).unwrap_or(i32::MAX),
        closed_at: Some(stamp::to_proto(invoice.closed_at)),
        charges: charges.iter().map(charge).collect(),
    }
}
