//! Serves counts of orders, and orders as a file.

use std::sync::Arc;

use futures::StreamExt;
use grpc::{Faults, Reply};
use portway_proto::intake::v1;
use portway_proto::intake::v1::order_list_service_server::OrderListService;
use tonic::{Request, Response, Status};
use types::AccountId;

use super::filter::Asked;
use super::{csv, filter, render, requester, status};
use crate::announce::port_in::court;
use crate::app::Intake;
use crate::grpc::files::{self, FILE_PAGE, Pieces};
use crate::ops;
use crate::ops::port_in::{Count, Cursor, OrderPage, Requester};

/// The service of many orders.
pub(super) struct OrderLists {
    intake: Intake,
}

impl OrderLists {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl OrderListService for OrderLists {
    type ExportOrdersStream = Pieces<v1::ExportOrdersResponse>;

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

    async fn export_orders(
        &self,
        request: Request<v1::ExportOrdersRequest>,
    ) -> Reply<Pieces<v1::ExportOrdersResponse>> {
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
        let export = Arc::new(Export {
            intake: self.intake.clone(),
            requester,
            asked,
        });
        let file = files::pieces(csv::header(), move |after| {
            let export = export.clone();
            async move { export.piece(after).await }
        });
        let pieces = file.map(|csv| csv.map(|csv| v1::ExportOrdersResponse { csv }));
        Ok(Response::new(Box::pin(pieces)))
    }
}

/// A file on its way.
struct Export {
    intake: Intake,
    requester: Requester,
    asked: Asked,
}

impl Export {
    async fn piece(&self, after: Option<Cursor>) -> Result<(Vec<u8>, Option<Cursor>), Status> {
        let page = OrderPage {
            sort: self.asked.sort,
            ascending: self.asked.ascending,
            after,
            limit: FILE_PAGE,
        };
        let (rows, next) = ops::port_in::list(&self.intake, &self.requester, &self.asked.filter, page)
            .await
            .map_err(|error| status::read(&error))?;
        Ok((csv::lines(&rows)?, next))
    }
}

fn count(orders: Count) -> v1::OrderCount {
    v1::OrderCount {
        count: i32::try_from(orders.count).unwrap_or(i32::MAX),
        more: orders.more,
    }
}
