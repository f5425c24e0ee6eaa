//! `portway port-in create`, `update` and `add`: writing a draft.
//!
//! `create` is several calls. Each has a key of its own, made from the command's key, so that the whole command can be
//! run again under that key: what was done is not done twice, and what was missing is done.

use std::path::PathBuf;

use clap::Args;
use portway_proto::intake::v1::{CreateOrderRequest, NumberDraft, SubmitOrderRequest, UpdateOrderRequest};

use crate::client::{ChangeArgs, ChangeKey, Clients, change};
use crate::exit::{Failure, Outcome};
use crate::order_file;
use crate::output::{Output, note};
use crate::port_in::attach::{AttachArgs, Attachments, NUMBERS_PER_CALL, add_numbers};
use crate::port_in::{look, present};

/// Arguments of `portway port-in create`.
#[derive(Debug, Args)]
#[command(after_help = "\
The order file names the fields of an order, in TOML or JSON (.json):
  losing_carrier = \"sim-wireless\"
  account_number = \"4417-889\"
  subscriber_kind = \"residential\"
  first_name = \"Dana\"
  last_name = \"Reyes\"
  authorized_by = \"Dana Reyes\"
  service_address = { street = \"1 Main St\", city = \"Hoboken\", state = \"NJ\", postal_code = \"07030\" }
  numbers = [{ phone_number = \"+12018675309\", pin = \"0812\" }]
and also btn, company_name, tax_id, wanted_date, partial, new_btn, customer_reference.

Examples:
  portway port-in create --file order.toml --numbers numbers.csv
  portway port-in create --file order.json --loa loa.pdf --loa-signed 2026-11-20 --submit")]
pub(super) struct CreateArgs {
    /// Order file, TOML or JSON.
    #[arg(long, short)]
    file: PathBuf,
    /// Submit the order when everything has arrived.
    #[arg(long)]
    submit: bool,
    #[command(flatten)]
    change: ChangeArgs,
    // Last, because its heading goes on for all that follows.
    #[command(flatten)]
    attach: AttachArgs,
}

/// Arguments of `portway port-in update`.
#[derive(Debug, Args)]
pub(super) struct UpdateArgs {
    /// Request number, such as PI_100001, or UUID.
    order: String,
    /// Order file, TOML or JSON, with the fields to replace and no numbers.
    #[arg(long, short)]
    file: PathBuf,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Arguments of `portway port-in add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Request number, such as PI_100001, or UUID.
    order: String,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    attach: AttachArgs,
}

pub(super) async fn create(args: CreateArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let file = order_file::read(&args.file)?;
    let attachments = args.attach.read()?;
    let mut first = file.numbers;
    let rest = first.split_off(first.len().min(NUMBERS_PER_CALL));
    let request = CreateOrderRequest {
        details: Some(file.details),
        numbers: first,
    };
    if args.change.is_dry_run() {
        // What follows needs the order, which there is not.
        let reply = clients
            .port_in()?
            .create_order(args.change.request(request))
            .await?;
        output.message(&present(reply.into_inner().order)?, look::order_text)?;
        return Ok(Outcome::Yes);
    }
    let key = args.change.key();
    let reply = clients
        .port_in()?
        .create_order(change(request, &key.step("create")?))
        .await?;
    let order = present(reply.into_inner().order)?;
    let filled = fill(&order.order_id, &rest, attachments, args.submit, clients, &key).await;
    if !matches!(filled, Ok(Outcome::Yes)) {
        note(&format!(
            "The draft {} stands. To go on, run the command again with --idempotency-key {key}, or use `portway \
             port-in add`, `update` and `submit`.",
            order.request_number
        ));
    }
    let outcome = filled?;
    output.message(&look::get(order.order_id, clients).await?, look::order_text)?;
    Ok(outcome)
}

/// Sends what a new draft could not take at once, and submits it if asked to and if nothing was refused.
async fn fill(
    order: &str,
    numbers: &[NumberDraft],
    attachments: Attachments,
    submit: bool,
    clients: &Clients,
    key: &ChangeKey,
) -> Result<Outcome, Failure> {
    add_numbers(numbers, order, clients, key).await?;
    let outcome = attachments.send(order, clients, key).await?;
    if submit && outcome == Outcome::Yes {
        let request = SubmitOrderRequest {
            order_id: order.to_owned(),
            etag: String::new(),
        };
        clients
            .port_in()?
            .submit_order(change(request, &key.step("submit")?))
            .await?;
    }
    Ok(outcome)
}

pub(super) async fn update(args: UpdateArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let file = order_file::read(&args.file)?;
    if !file.numbers.is_empty() {
        return Err(Failure::Usage(
            "numbers are added by `portway port-in add`, not by an update".to_owned(),
        ));
    }
    let request = UpdateOrderRequest {
        order_id: args.order,
        details: Some(file.details),
        ..UpdateOrderRequest::default()
    };
    let reply = clients
        .port_in()?
        .update_order(args.change.request(request))
        .await?;
    output.message(&present(reply.into_inner().order)?, look::order_text)?;
    Ok(Outcome::Yes)
}

pub(super) async fn add(args: AddArgs, clients: &Clients, output: Output) -> Result<Outcome, Failure> {
    let attachments = args.attach.read()?;
    if attachments.is_empty() {
        return Err(Failure::Usage("there is nothing to add: name a file".to_owned()));
    }
    let is_dry_run = args.change.is_dry_run();
    let outcome = attachments.send(&args.order, clients, &args.change.key()).await?;
    if !is_dry_run {
        output.message(&look::get(args.order, clients).await?, look::order_text)?;
    }
    Ok(outcome)
}
