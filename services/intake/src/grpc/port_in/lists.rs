//! Serves counts of orders, and orders as a file.

use std::pin::Pin;

use futures::{Stream, StreamExt, stream};
use grpc::{Faults, Reply};
use portway_proto::intake::v1;
use portway_proto::intake::v1::order_list_service_server::OrderListService;
use tonic::{Request, Response, Status};
use types::AccountId;

use super::filter::Asked;
use super::{csv, filter, render, requester, status};
use crate::announce::port_in::court;
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::{Cursor, OrderCount, OrderPage, Requester};

/// Orders that are read at once for a file, and lines of one piece of it.
const EXPORT_PAGE: i64 = 500;

/// The service of many orders.
pub(super) struct OrderLists {
    intake: Intake,
}

impl OrderLists {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

type Pieces = Pin<Box<dyn Stream<Item = Result<v1::ExportOrdersResponse, Status>> + Send>>;

#[tonic::async_trait]
impl OrderListService for OrderLists {
    type ExportOrdersStream = Pieces;

    async fn count_orders(&self, request: Request<v1::CountOrdersRequest>) -> Reply<v1::CountOrdersResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let account: Option<AccountId> = faults.optional("account_id", &request.get_ref().account_id);
        let account = faults.finish(Some(account))?;
        let counts = ops::port_in::count(&self.intake, &requester, account)
            .await
            .map_err(|error| status::read(&error))?;
        let states = counts
            .states
            .into_iter()
            .map(|(state, orders)| v1::OrderStateCount {
                state: render::state(state).into(),
                orders: Some(count(orders)),
            });
        let courts = counts
            .courts
            .into_iter()
            .map(|(whose, orders)| v1::OrderCourtCount {
                court: court(whose).into(),
                orders: Some(count(orders)),
            });
        Ok(Response::new(v1::CountOrdersResponse {
            states: states.collect(),
            courts: courts.collect(),
            overdue: Some(count(counts.overdue)),
        }))
    }

    async fn export_orders(&self, request: Request<v1::ExportOrdersRequest>) -> Reply<Pieces> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let mut faults = Faults::new();
        let now = self.intake.base.clock.now();
        let asked = filter::read(
            &mut faults,
            body.filter.as_ref(),
            body.sort,
            body.ascending,
            &requester,
            now,
        );
        let asked = faults.finish(Some(asked))?;
        let export = Export {
            intake: self.intake.clone(),
            requester,
            asked,
        };
        let header = stream::once(async { csv::header().map(piece) });
        let start = Some((export, None));
        let pages = stream::try_unfold(start, |step| async move {
            match step {
                Some((export, after)) => export.next_piece(after).await.map(Some),
                None => Ok(None),
            }
        });
        Ok(Response::new(Box::pin(header.chain(pages))))
    }
}

/// A file on its way: nothing of it is kept but where the next page starts.
struct Export {
    intake: Intake,
    requester: Requester,
    asked: Asked,
}

type Step = Option<(Export, Option<Cursor>)>;

impl Export {
    async fn next_piece(self, after: Option<Cursor>) -> Result<(v1::ExportOrdersResponse, Step), Status> {
        let page = OrderPage {
            sort: self.asked.sort,
            ascending: self.asked.ascending,
            after,
            limit: EXPORT_PAGE,
        };
        let found = ops::port_in::list(&self.intake, &self.requester, &self.asked.filter, page).await;
        let (rows, next) = found.map_err(|error| status::read(&error))?;
        let csv = csv::lines(&rows)?;
        Ok((piece(csv), next.map(|after| (self, Some(after)))))
    }
}

const fn piece(csv: Vec<u8>) -> v1::ExportOrdersResponse {
    v1::ExportOrdersResponse { csv }
}

fn count(orders: OrderCount) -> v1::OrderCount {
    v1::OrderCount {
        count: i32::try_from(orders.count).unwrap_or(i32::MAX),
        more: orders.more,
    }
}
