//! Several at once.

use futures::future::join_all;
use jiff::civil::date;
use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1::{DocumentKind, OrderState};
use tonic::Code;

use crate::customer::{Customer, ONE, TWO, key, pdf};
use crate::harness::{TestIntake, answered, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_submit_fifty_times_at_once_submits_once() {
    let intake = TestIntake::start("fifty").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE, TWO]).await;
    customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
        .await
        .unwrap();
    let key = key();
    let replies = join_all((0..50).map(|_| customer.submit_as(&key, &draft))).await;
    let first = replies[0].as_ref().unwrap();
    assert_eq!(first.state(), OrderState::Submitted);
    for reply in &replies {
        assert_eq!(reply.as_ref().unwrap(), first);
    }
    assert_eq!(intake.event_names(&draft).await, ["OrderSubmitted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_orders_of_the_same_number_wins_and_the_other_is_not_told_whose_it_is() {
    let intake = TestIntake::start("inflight").await;
    let customers = [intake.customer().await, intake.customer().await];
    let mut drafts = Vec::new();
    for (customer, own) in customers.iter().zip(["201-867-0188", "201-867-0189"]) {
        // In opposite order: neither waits for the other for ever.
        let tns = if drafts.is_empty() {
            [ONE, TWO, own]
        } else {
            [own, TWO, ONE]
        };
        let draft = customer.draft(&tns).await;
        customer
            .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
            .await
            .unwrap();
        drafts.push(draft);
    }
    let submits = join_all(
        customers
            .iter()
            .zip(&drafts)
            .map(|(customer, draft)| customer.submit(draft)),
    )
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = submits.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    let refused = lost.into_iter().next().unwrap().unwrap_err();
    let (reason, faults) = refusal(&refused);
    assert_eq!(
        (refused.code(), reason.as_str(), faults.len()),
        (Code::FailedPrecondition, "TN_IN_FLIGHT", 2)
    );
    assert!(refused.message().contains(ONE) && refused.message().contains(TWO));
    let winner = won.into_iter().next().unwrap().unwrap();
    assert!(
        !refused.message().contains(&winner.account_id)
            && !refused.message().contains(&winner.request_number)
    );
    assert_eq!(intake.live_tns().await, 3);
    // Once the winner has ended the numbers are free again.
    let is_first = winner.account_id == customers[0].account.to_string();
    let (winning, losing) = if is_first { (0, 1) } else { (1, 0) };
    let cancelling = customers[winning].cancel(&winner).await.unwrap();
    intake.hear(&cancelling, Answer::Cancelled, &[]).await;
    customers[losing].submit(&drafts[losing]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_in_service_here_cannot_be_brought_again() {
    let intake = TestIntake::start("ours").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake.hear_answer(answered(&order, Answer::Activated, &[])).await;
    let again = draft_with_bill(&intake.customer().await).await;
    let refused = again.0.submit(&again.1).await.unwrap_err();
    assert_eq!(refusal(&refused).0, "TN_IN_SERVICE");
}

async fn draft_with_bill(customer: &Customer) -> (Customer, portway_proto::intake::v1::Order) {
    let draft = customer.draft(&[ONE]).await;
    customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
        .await
        .unwrap();
    (customer.clone(), draft)
}
