//! Which orders a person reviews.

use portway_proto::intake::v1;
use portway_proto::intake::v1::ReviewCause;

use crate::customer::{Customer, key};
use crate::harness::{TestIntake, ask, change, reason, refusal};
use crate::people::{operations, operator, put_policy};

async fn policy_of(operations: &Customer, account_id: &str) -> v1::ReviewPolicy {
    let account_id = account_id.to_owned();
    let request = v1::GetReviewPolicyRequest { account_id };
    let reply = operator(operations)
        .get_review_policy(ask(&operations.token, request))
        .await;
    reply.unwrap().into_inner().policy.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_its_own_policy_or_that_of_all() {
    let intake = TestIntake::start("policies").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    let account_id = customer.account.to_string();
    // Nobody said anything: no order is reviewed.
    assert_eq!(
        policy_of(&operations, &account_id).await,
        v1::ReviewPolicy::default()
    );
    let every_order = v1::ReviewPolicy {
        every_order: true,
        ..Default::default()
    };
    let put = put_policy(&operations, every_order.clone()).await.unwrap();
    assert_eq!((put.version, put.put_by.as_str()), (1, "user:owner"));
    assert_eq!(policy_of(&operations, &account_id).await, put);
    let own = v1::ReviewPolicy {
        account_id: account_id.clone(),
        numbers_over: Some(1),
        ..Default::default()
    };
    let own = put_policy(&operations, own).await.unwrap();
    assert_eq!(policy_of(&operations, &account_id).await, own);
    let one = customer.submitted_of(&["+12018670151"]).await;
    assert_eq!(one.review, None);
    let two = customer.submitted_of(&["+12018670152", "+12018670153"]).await;
    let causes: Vec<ReviewCause> = two.review.unwrap().causes().collect();
    assert_eq!(causes, [ReviewCause::ManyNumbers]);
    let other = intake.customer().await.submitted().await;
    let causes: Vec<ReviewCause> = other.review.unwrap().causes().collect();
    assert_eq!(causes, [ReviewCause::EveryOrder]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_put_once_and_upon_the_version_that_was_seen() {
    let intake = TestIntake::start("policyversions").await;
    let operations = operations(&intake).await;
    let policy = v1::ReviewPolicy {
        first_order: true,
        ..Default::default()
    };
    let request = v1::PutReviewPolicyRequest {
        policy: Some(policy.clone()),
    };
    let repeated = key();
    for _ in 0..2 {
        let put = operator(&operations)
            .put_review_policy(change(&operations.token, &repeated, request.clone()))
            .await;
        assert_eq!(put.unwrap().into_inner().policy.unwrap().version, 1);
    }
    let seen = v1::ReviewPolicy {
        version: 1,
        ..policy.clone()
    };
    assert_eq!(put_policy(&operations, seen.clone()).await.unwrap().version, 2);
    assert_eq!(reason(&put_policy(&operations, seen).await.unwrap_err()), "STALE");
    let wrong = v1::ReviewPolicy {
        account_id: "no account".to_owned(),
        numbers_over: Some(20_001),
        ..policy
    };
    let refused = put_policy(&operations, wrong).await.unwrap_err();
    let fields: Vec<String> = refusal(&refused).1.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["account_id", "policy.numbers_over"]);
}
