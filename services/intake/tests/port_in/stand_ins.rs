//! Numbers that stand in for others until these have ported.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use types::AccountId;

use crate::customer::{ONE, TWO, key};
use crate::cutover::{FOUR, THREE};
use crate::cutover_after::ported;
use crate::harness::{TestIntake, change, reason};

/// Everything that is in service.
async fn in_service(intake: &TestIntake) -> Vec<String> {
    let inventory = intake.inventory().await;
    assert!(
        inventory.iter().all(|(_, state)| state == "IN_SERVICE"),
        "{inventory:?}"
    );
    inventory.into_iter().map(|(tn, _)| tn).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ported_number_takes_over_from_the_one_that_stood_in_for_it() {
    let intake = TestIntake::start("standin").await;
    let customer = intake.customer().await;
    let earlier = ported(&intake, &customer, &[THREE]).await;
    let named = "UPDATE inventory_number SET agent_name = 'Bo Ray', application = 'trunk-9' WHERE origin_order_id = $1";
    intake.set_numbers(&earlier, named).await;
    let order = customer.submitted().await;
    assert_eq!(
        reason(&customer.attach(&order, ONE, TWO).await.unwrap_err()),
        "TEMPORARY_NOT_IN_SERVICE"
    );
    let stranger = intake.customer().await;
    assert_eq!(
        reason(&stranger.attach(&order, ONE, THREE).await.unwrap_err()),
        "ORDER_NOT_FOUND"
    );
    customer.attach(&order, ONE, THREE).await.unwrap();
    assert_eq!(
        reason(&customer.attach(&order, TWO, THREE).await.unwrap_err()),
        "TEMPORARY_TAKEN"
    );
    assert_eq!(customer.readiness(&order).await.numbers[0].temporary_tn, THREE);
    intake.hear(&order, Answer::Activated, &[]).await;
    assert_eq!(
        in_service(&intake).await,
        [ONE, TWO, THREE],
        "it is the account's own"
    );
    let taken: (String, String) =
        sqlx::query_as("SELECT agent_name, application FROM inventory_number WHERE tn = $1")
            .bind(ONE)
            .fetch_one(&intake.pool)
            .await
            .unwrap();
    assert_eq!(taken, ("Bo Ray".to_owned(), "trunk-9".to_owned()));
    let history = customer.history(&order).await;
    assert!(history.contains(&"temporary_number_swapped".to_owned()));
    let told = intake.events::<v1::TemporaryNumberSwapped>(&order).await;
    assert_eq!(told, [], "nothing goes back to the platform");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_the_platform_lent_leaves_when_its_time_is_over() {
    let intake = TestIntake::start("lent").await;
    let customer = intake.customer().await;
    let platform = intake.user_of(AccountId::PLATFORM, &["port_in.modify"]).await;
    let order = customer.submitted().await;
    assert_eq!(
        reason(&customer.attach(&order, ONE, THREE).await.unwrap_err()),
        "TEMPORARY_NOT_IN_SERVICE",
        "customers lend themselves nothing"
    );
    platform.attach(&order, ONE, THREE).await.unwrap();
    platform.attach(&order, TWO, FOUR).await.unwrap();
    assert_eq!(in_service(&intake).await, [THREE, FOUR]);
    let request = v1::DetachTemporaryNumberRequest {
        order_id: order.order_id.clone(),
        phone_number: TWO.to_owned(),
    };
    let call = change(&customer.token, &key(), request);
    customer.cutover().detach_temporary_number(call).await.unwrap();
    assert_eq!(in_service(&intake).await, [THREE]);
    intake.hear(&order, Answer::Activated, &[]).await;
    assert_eq!(in_service(&intake).await, [ONE, TWO]);
    let told = intake.events::<v1::TemporaryNumberSwapped>(&order).await;
    assert_eq!((told.len(), told[0].temporary_tn.as_str()), (1, THREE));
}
