//! Commands that take an order a step on and need no more than its name: submit, confirm, cancel.

use clap::Args;
use portway_proto::intake::v1::{CancelOrderRequest, ConfirmRemedyRequest, SubmitOrderRequest};

use crate::client::{ChangeArgs, Clients};
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::port_in::{look, present};

#[derive(Debug, Args)]
pub(super) struct OrderChangeArgs {
    /// Request number, such as PI_100001, or UUID.
    order: String,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(super) async fn submit(
    args: OrderChangeArgs,
    clients: &Clients,
    output: Output,
) -> Result<Outcome, Failure> {
    let request = SubmitOrderRequest {
        order_id: args.order,
        etag: String::new(),
    };
    let reply = clients
        .port_in()?
        .submit_order(args.change.request(request))
        .await?;
    output.message(&present(reply.into_inner().order)?, look::order_text)?;
    Ok(Outcome::Yes)
}

pub(super) async fn confirm(
    args: OrderChangeArgs,
    clients: &Clients,
    output: Output,
) -> Result<Outcome, Failure> {
    let request = ConfirmRemedyRequest { order_id: args.order };
    let reply = clients
        .port_in()?
        .confirm_remedy(args.change.request(request))
        .await?;
    output.message(&present(reply.into_inner().order)?, look::order_text)?;
    Ok(Outcome::Yes)
}

pub(super) async fn cancel(
    args: OrderChangeArgs,
    clients: &Clients,
    output: Output,
) -> Result<Outcome, Failure> {
    let request = CancelOrderRequest { order_id: args.order };
    let reply = clients
        .port_in()?
        .cancel_order(args.change.request(request))
        .await?;
    output.message(&present(reply.into_inner().order)?, look::order_text)?;
    Ok(Outcome::Yes)
}
