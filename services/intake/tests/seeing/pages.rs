//! Reading lists, page by page.

use portway_proto::intake::v1;
use portway_proto::intake::v1::{ListOrdersRequest, Order, OrderFilter};
use tonic::Status;

use crate::customer::Customer;
use crate::harness::ask;

pub(crate) async fn page(
    customer: &Customer,
    request: ListOrdersRequest,
) -> Result<v1::ListOrdersResponse, Status> {
    let reply = customer
        .port_in()
        .list_orders(ask(&customer.token, request))
        .await?;
    Ok(reply.into_inner())
}

/// All orders of a request, read in pages of its size.
pub(crate) async fn all(customer: &Customer, request: ListOrdersRequest) -> Vec<Order> {
    let mut orders = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListOrdersRequest {
            page_token,
            ..request.clone()
        };
        let found = page(customer, request).await.unwrap();
        orders.extend(found.orders);
        page_token = found.next_page_token;
        if page_token.is_empty() {
            return orders;
        }
    }
}

/// The orders that a filter lets through, by request number.
pub(crate) async fn filtered(customer: &Customer, filter: OrderFilter) -> Vec<String> {
    let request = ListOrdersRequest {
        filter: Some(filter),
        ..ListOrdersRequest::default()
    };
    numbers(&all(customer, request).await)
}

pub(crate) fn numbers(orders: &[Order]) -> Vec<String> {
    orders.iter().map(|order| order.request_number.clone()).collect()
}
