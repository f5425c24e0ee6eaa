//! The end of the month: one invoice. And what was told to people and programs.

use anyhow::{Context, ensure};
use portway_proto::billing::v1::{GetInvoiceRequest, ListInvoicesRequest};
use portway_proto::events::v1::{
    StreamEventsRequest, stream_events_request::Start, stream_events_response::Item,
};
use portway_proto::notification::v1::{Channel, DeliveryState, ListDeliveriesRequest};
use types::Money;

use crate::client::Service;
use crate::demo::Demo;
use crate::demo::story::Story;

/// What an owner is written to in the course of the demo.
const MAILED: [&str; 7] = [
    "port_in.submitted",
    "port_in.action_required",
    "port_in.foc_confirmed",
    "port_in.ported",
    "port_out.received",
    "port_out.ported_out",
    "port_in.resubmitted",
];

impl Demo {
    /// Returns how many charges are on the invoice, and what to call it.
    pub(super) async fn close_month(&mut self) -> anyhow::Result<(usize, String)> {
        Story::chapter("The month ends")?;
        self.advance_to("2026-12-01T08:00:00Z".parse()?).await?;
        let invoices = self
            .customer
            .invoices()?
            .list_invoices(ListInvoicesRequest::default())
            .await?
            .into_inner()
            .invoices;
        ensure!(
            invoices.len() == 1,
            "one month, one invoice; there are {}",
            invoices.len()
        );
        let request = GetInvoiceRequest {
            invoice_id: invoices[0].invoice_id.clone(),
        };
        let invoice = self
            .customer
            .invoices()?
            .get_invoice(request)
            .await?
            .into_inner()
            .invoice
            .context("no invoice")?;
        let total = invoice.total.as_ref().context("no total")?;
        let total = Money::new(total.minor_units, total.currency.parse()?);
        self.story.step(&format!(
            "{} closed: {} charges, {total}",
            invoice.invoice_number, invoice.charge_count
        ))?;
        for charge in &invoice.charges {
            let amount = charge.amount.as_ref().context("no amount")?;
            let amount = Money::new(amount.minor_units, amount.currency.parse()?);
            Story::detail(&format!(
                "{:<22} {}  {}  {amount}",
                charge.kind().as_str_name(),
                charge.tn,
                charge.request_number
            ))?;
        }
        self.told().await?;
        Ok((
            invoice.charges.len(),
            format!("{}, {total}", invoice.invoice_number),
        ))
    }

    async fn told(&mut self) -> anyhow::Result<()> {
        Story::chapter("What people and programs were told")?;
        let request = ListDeliveriesRequest {
            page_size: 100,
            ..ListDeliveriesRequest::default()
        };
        let mut deliveries = self
            .customer
            .deliveries()?
            .list_deliveries(request)
            .await?
            .into_inner()
            .deliveries;
        deliveries.reverse();
        ensure!(
            deliveries
                .iter()
                .all(|one| one.state() == DeliveryState::Delivered),
            "something was not delivered"
        );
        let hooked = self.receiver.steps();
        let mails = self.mails()?;
        for step in MAILED {
            let mailed = deliveries
                .iter()
                .find(|one| one.step == step && one.channel() == Channel::Email);
            let mailed = mailed.with_context(|| format!("no email at {step}"))?;
            // The delivery's id stands in the Message-ID: this very mail is in the sink.
            let mail = mails.iter().find(|mail| mail.contains(&mailed.delivery_id));
            let mail = mail.with_context(|| format!("the email at {step} is not in the sink"))?;
            let links = ["/port-ins/PI_", "/port-outs/PO_"];
            ensure!(
                links.iter().any(|link| mail.contains(link)),
                "no link in the email at {step}"
            );
            ensure!(hooked.iter().any(|one| one == step), "no webhook at {step}");
        }
        for delivery in deliveries.iter().filter(|one| one.channel() == Channel::Email) {
            Story::detail(&format!(
                "email    {:<26} to {}",
                delivery.step, delivery.receiver
            ))?;
        }
        for step in hooked {
            Story::detail(&format!("webhook  {step:<26} signature verified"))?;
        }
        ensure!(
            self.receiver.refused() == 0,
            "a webhook's signature did not verify"
        );
        Ok(())
    }

    fn mails(&self) -> anyhow::Result<Vec<String>> {
        let dir = self
            .stack
            .endpoints
            .mail_dir
            .as_ref()
            .context("mails are kept in a folder")?;
        let read = |entry: std::io::Result<std::fs::DirEntry>| {
            Ok(String::from_utf8_lossy(&std::fs::read(entry?.path())?).into_owned())
        };
        std::fs::read_dir(dir)?.map(read).collect()
    }

    pub(super) async fn count_events(&self) -> anyhow::Result<usize> {
        let request = StreamEventsRequest {
            start: Some(Start::FromOldest(true)),
            until_now: true,
            ..StreamEventsRequest::default()
        };
        let mut stream = self
            .customer
            .events(Service::Intake)?
            .stream_events(request)
            .await?
            .into_inner();
        let mut count = 0;
        while let Some(response) = stream.message().await? {
            count += usize::from(matches!(response.item, Some(Item::Event(_))));
        }
        Ok(count)
    }
}
