//! The lines that stay behind: what becomes of them is said, shown, and told to the carrier.

use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{DocumentKind, Order, OrderDetails, RemainingNumbers};

use crate::customer::{Customer, details, key, number, pdf};
use crate::harness::{TestIntake, ask, change};

async fn submitted(customer: &Customer, tn: &str, details: OrderDetails) -> Order {
    let request = v1::CreateOrderRequest {
        details: Some(details),
        numbers: vec![number(tn)],
    };
    let created = customer
        .port_in()
        .create_order(change(&customer.token, &key(), request))
        .await;
    let draft = created.unwrap().into_inner().order.unwrap();
    let dated = jiff::civil::date(2026, 11, 1);
    customer
        .upload(&draft, DocumentKind::Bill, dated, &pdf(&["Bill"]))
        .await
        .unwrap();
    customer.submit(&draft).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_carrier_hears_whether_the_lines_that_stay_are_kept_or_disconnected() {
    let intake = TestIntake::start("remaining").await;
    let customer = intake.customer().await;
    for (tn, remaining_numbers, new_btn, is_disconnected) in [
        ("+12018670121", RemainingNumbers::Keep, "+12018670199", false),
        ("+12018670122", RemainingNumbers::Disconnect, "", true),
    ] {
        let partial = OrderDetails {
            btn: tn.to_owned(),
            partial: true,
            remaining_numbers: remaining_numbers.into(),
            new_btn: new_btn.to_owned(),
            ..details()
        };
        let order = submitted(&customer, tn, partial).await;
        let shown = customer.get(&order).await.details.unwrap();
        assert_eq!(
            (shown.partial, shown.remaining_numbers(), shown.new_btn.as_str()),
            (true, remaining_numbers, new_btn)
        );
        let request = v1::GetSubmissionRequest {
            order_id: order.order_id,
            ver: 1,
        };
        let package = GatewayCallsServiceClient::new(intake.channel())
            .get_submission(ask(&intake.gateway_token, request))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (
                package.partial,
                package.new_btn.as_str(),
                package.disconnect_remaining
            ),
            (true, new_btn, is_disconnected)
        );
    }
}
