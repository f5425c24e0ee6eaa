//! Charges, invoices and the month close.

use ::grpc::{Reply, page, status as shared};
use auth::Caller;
use idempotency::{Begun, RequestKey};
use portway_proto::billing::v1::invoice_service_server::InvoiceService;
use portway_proto::billing::v1::{
    CloseMonthRequest, CloseMonthResponse, GetInvoiceRequest, GetInvoiceResponse, ListChargesRequest,
    ListChargesResponse, ListInvoicesRequest, ListInvoicesResponse,
};
use service::Base;
use tonic::{Request, Response};

use super::{convert, status};
use crate::{ops, render};

/// The invoice service.
#[derive(Debug)]
pub(super) struct Invoices {
    pub(super) base: Base,
}

#[tonic::async_trait]
impl InvoiceService for Invoices {
    async fn list_charges(&self, request: Request<ListChargesRequest>) -> Reply<ListChargesResponse> {
        let account = Caller::of(&request)?.account;
        let request = request.into_inner();
        let wanted = convert::charge_page(&request)?;
        let found = ops::read::list_charges(
            &self.base.pool,
            account,
            wanted.subject,
            wanted.after,
            wanted.size,
        )
        .await
        .map_err(|error| shared::store(&error))?;
        let filters = convert::charge_filters(&request);
        Ok(Response::new(ListChargesResponse {
            charges: found.items.iter().map(render::charge).collect(),
            next_page_token: found
                .next
                .map(|place| page::token(&filters, &place))
                .unwrap_or_default(),
        }))
    }

    async fn list_invoices(&self, request: Request<ListInvoicesRequest>) -> Reply<ListInvoicesResponse> {
        let account = Caller::of(&request)?.account;
        let (after, size) = convert::invoice_page(request.get_ref())?;
        let found = ops::read::list_invoices(&self.base.pool, account, after, size)
            .await
            .map_err(|error| shared::store(&error))?;
        Ok(Response::new(ListInvoicesResponse {
            invoices: found
                .items
                .iter()
                .map(|invoice| render::invoice(invoice, &[]))
                .collect(),
            next_page_token: found
                .next
                .map(|place| page::token(convert::INVOICE_FILTERS, &place))
                .unwrap_or_default(),
        }))
    }

    async fn get_invoice(&self, request: Request<GetInvoiceRequest>) -> Reply<GetInvoiceResponse> {
        let account = Caller::of(&request)?.account;
        let name = convert::invoice_name(request.get_ref())?;
        let (invoice, charges) = ops::read::find_invoice(&self.base.pool, account, name)
            .await
            .map_err(|error| shared::store(&error))?
            .ok_or_else(status::no_invoice)?;
        Ok(Response::new(GetInvoiceResponse {
            invoice: Some(render::invoice(&invoice, &charges)),
        }))
    }

    async fn close_month(&self, request: Request<CloseMonthRequest>) -> Reply<CloseMonthResponse> {
        let month = convert::month(request.get_ref())?;
        let idempotency = &self.base.idempotency;
        let key = RequestKey::of(idempotency.digest_key(), &request)?;
        if key.is_dry_run() {
            return Err(auth::dry_run_not_offered());
        }
        // Each account closes in a transaction of its own, and nothing may take a second connection inside a `Work`. So
        // the closing comes first: it doubles nothing, so a call that is repeated or fails on the way does no harm,
        // and the key only keeps the reply.
        let closed = ops::close_month::close_month(&self.base.pool, month, self.base.clock.now())
            .await
            .map_err(|error| status::close_month(&error))?;
        let work = match idempotency.begin_key(key).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        work.finish(CloseMonthResponse {
            invoices: i32::try_from(closed.invoices).unwrap_or(i32::MAX),
            charges: i32::try_from(closed.charges).unwrap_or(i32::MAX),
        })
        .await
    }
}
