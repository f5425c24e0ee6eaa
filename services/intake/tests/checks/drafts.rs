//! Drafts of other details than most tests have.

use portway_proto::intake::v1;
use portway_proto::intake::v1::{Order, OrderDetails};

use crate::customer::{Customer, key};
use crate::harness::change;

pub(crate) async fn draft(
    customer: &Customer,
    details: OrderDetails,
    numbers: Vec<v1::NumberDraft>,
) -> Order {
    let request = v1::CreateOrderRequest {
        details: Some(details),
        numbers,
    };
    let reply = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    reply.unwrap().into_inner().order.unwrap()
}
