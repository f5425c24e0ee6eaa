//! Secrets of orders that ended.

use portway_proto::gateway::v1::{CommandKind, CommandProgress};
use portway_proto::intake::v1::{Order, OrderState};
use types::OrderId;

use crate::customer::Customer;
use crate::harness::TestIntake;

/// How many secrets of an order are kept: its own, its numbers', and what was read from its papers.
async fn kept(intake: &TestIntake, order: &Order) -> i64 {
    let id: OrderId = order.order_id.parse().unwrap();
    sqlx::query_scalar(
        "SELECT (SELECT num_nonnulls(account_number_sealed, account_number_masked, tax_id_sealed, tax_id_masked)
                   FROM port_order WHERE order_id = $1)
              + (SELECT coalesce(sum(num_nonnulls(pin_sealed, pin_masked, own_account_sealed, own_account_masked)), 0)
                   FROM port_number WHERE order_id = $1)
              + (SELECT count(*) FROM document_record JOIN document USING (document_id) WHERE order_id = $1)",
    )
    .bind(id.as_uuid())
    .fetch_one(&intake.pool)
    .await
    .unwrap()
}

async fn erasures(customer: &Customer, order: &Order) -> usize {
    let history = customer.history(order).await;
    history
        .iter()
        .filter(|action| *action == "secrets_erased")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_erased_thirty_days_after_the_end_and_not_before() {
    let intake = TestIntake::start("erasure").await;
    let customer = intake.customer().await;
    let (ended, open) = (
        customer.submitted().await,
        customer.submitted_of(&["+12018670127"]).await,
    );
    intake
        .hear_command(&ended, CommandKind::Submit, CommandProgress::Refused)
        .await;
    customer.cancel(&ended).await.unwrap();
    assert_eq!(customer.get(&ended).await.state(), OrderState::Cancelled);
    let (all, of_open) = (kept(&intake, &ended).await, kept(&intake, &open).await);
    assert!(
        all >= 4,
        "an account number and a PIN, each with what is shown of it: {all}"
    );
    intake.advance_to("2026-12-23T14:59:00Z").await;
    assert_eq!(kept(&intake, &ended).await, all);
    intake.advance_to("2026-12-23T15:00:00Z").await;
    assert_eq!(kept(&intake, &ended).await, 0);
    let shown = customer.get(&ended).await;
    let details = shown.details.as_ref().unwrap();
    assert_eq!(
        (details.account_number.as_str(), details.tax_id.as_str()),
        ("", "")
    );
    assert_eq!(shown.numbers[0].masked_pin, "");
    assert_eq!(shown.state(), OrderState::Cancelled);
    // Once, and not those of an order that goes on.
    intake.advance_to("2026-12-24T15:00:00Z").await;
    assert_eq!(erasures(&customer, &ended).await, 1);
    assert_eq!(
        (kept(&intake, &open).await, erasures(&customer, &open).await),
        (of_open, 0)
    );
}
