//! What billing announces, in the transaction that did it.

use billing_domain::{Charge, Invoice};
use events::NewEvent;
use pg::StoreError;
use portway_proto::billing::v1;
use sqlx::PgConnection;

use crate::render;

/// Numbers were charged for. Subject: the order or port-out.
pub(crate) async fn charged(conn: &mut PgConnection, charges: &[Charge]) -> Result<(), StoreError> {
    let events: Vec<NewEvent> = charges
        .iter()
        .map(|charge| {
            let payload = v1::Charged {
                charge: Some(render::charge(charge)),
            };
            NewEvent::new(
                charge.account,
                charge.subject.as_uuid(),
                charge.occurred_at,
                &payload,
            )
        })
        .collect();
    events::append_all(conn, &events).await
}

/// An invoice was made. Subject: the account.
pub(crate) async fn invoice_closed(conn: &mut PgConnection, invoice: &Invoice) -> Result<(), StoreError> {
    let payload = v1::InvoiceClosed {
        invoice: Some(render::invoice(invoice, &[])),
    };
    let account = invoice.account;
    events::append(
        conn,
        &NewEvent::new(account, account.as_uuid(), invoice.closed_at, &payload),
    )
    .await?;
    Ok(())
}
