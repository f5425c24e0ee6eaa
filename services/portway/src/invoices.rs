//! `portway invoices`: what the account was charged, month by month.

use clap::{Args, Subcommand};
use portway_proto::billing::v1::{ChargeKind, GetInvoiceRequest, Invoice, ListInvoicesRequest};

use crate::client::{ConnectArgs, LimitArgs, ask};
use crate::exit::{Failure, Outcome};
use crate::output::{self, Output};
use crate::wording;

/// Arguments of `portway invoices`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portway invoices list
  portway invoices show INV-2026-11-000001 -o json")]
pub(crate) struct InvoicesArgs {
    #[command(subcommand)]
    command: InvoicesCommand,
    #[command(flatten)]
    connect: ConnectArgs,
}

#[derive(Debug, Subcommand)]
enum InvoicesCommand {
    /// List invoices, newest month first.
    List(LimitArgs),
    /// Show one invoice with its charges.
    Show(ShowArgs),
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// Invoice number, such as INV-2026-11-000001, or UUID.
    invoice: String,
}

pub(crate) async fn run(args: InvoicesArgs, output: Output) -> Result<Outcome, Failure> {
    let mut client = args.connect.connect()?.invoices()?;
    match args.command {
        InvoicesCommand::List(limit) => {
            let page = |page_size, page_token| {
                let (mut client, request) = (
                    client.clone(),
                    ListInvoicesRequest {
                        page_size,
                        page_token,
                    },
                );
                async move {
                    let reply = client.list_invoices(ask(request)).await?.into_inner();
                    Ok((reply.invoices, reply.next_page_token))
                }
            };
            output.messages(&limit.collect(page).await?, invoices_text)?;
        }
        InvoicesCommand::Show(args) => {
            let reply = client
                .get_invoice(ask(GetInvoiceRequest {
                    invoice_id: args.invoice,
                }))
                .await?;
            let invoice = reply.into_inner().invoice.ok_or(Failure::Incomplete("invoice"))?;
            output.message(&invoice, invoice_text)?;
        }
    }
    Ok(Outcome::Yes)
}

fn invoices_text(invoices: &[Invoice]) -> String {
    let mut table = output::table(["INVOICE", "MONTH", "CHARGES", "TOTAL", "CLOSED"]);
    for invoice in invoices {
        table.add_row([
            invoice.invoice_number.clone(),
            month(invoice),
            invoice.charge_count.to_string(),
            wording::money(invoice.total.as_ref()),
            wording::instant(invoice.closed_at.as_ref()),
        ]);
    }
    table.trim_fmt()
}

fn invoice_text(invoice: &Invoice) -> String {
    let fields = output::fields([
        (
            "invoice",
            format!("{} ({})", invoice.invoice_number, invoice.invoice_id),
        ),
        ("month", month(invoice)),
        ("total", wording::money(invoice.total.as_ref())),
        ("closed", wording::instant(invoice.closed_at.as_ref())),
    ]);
    let mut table = output::table(["WHEN", "WHAT", "NUMBER", "REQUEST", "AMOUNT"]);
    for charge in &invoice.charges {
        let kind = match charge.kind() {
            ChargeKind::Unspecified => "",
            ChargeKind::PortIn => "port-in",
            ChargeKind::PortOut => "port-out",
            ChargeKind::Dispute => "dispute",
        };
        table.add_row([
            wording::instant(charge.occurred_at.as_ref()),
            kind.to_owned(),
            charge.tn.clone(),
            charge.request_number.clone(),
            wording::money(charge.amount.as_ref()),
        ]);
    }
    format!("{}\n\n{}", fields.trim_fmt(), table.trim_fmt())
}

/// The invoice's month, without the day that its first date carries.
fn month(invoice: &Invoice) -> String {
    invoice
        .month
        .as_ref()
        .map(|first| format!("{:04}-{:02}", first.year, first.month))
        .unwrap_or_default()
}
