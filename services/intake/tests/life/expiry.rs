//! Drafts and orders to be corrected that nobody works on.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::{DocumentKind, OrderState};
use portway_proto::types::v1::Court;

use crate::customer::{ONE, pdf};
use crate::harness::{TestIntake, reason};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_warns_and_is_abandoned_and_whatever_is_done_with_it_postpones_that() {
    let intake = TestIntake::start("expiry").await;
    let customer = intake.customer().await;
    let kept = customer.draft(&[ONE]).await;
    let left = customer.draft(&[ONE]).await;
    intake.advance_to("2026-12-20T14:59:00Z").await;
    assert!(intake.event_names(&left).await.is_empty());
    intake.advance_to("2026-12-20T15:00:00Z").await;
    for draft in [&kept, &left] {
        let told: Vec<v1::OrderDraftExpiring> = intake.events(draft).await;
        assert_eq!(told.len(), 1);
        assert_eq!(customer.history(draft).await.last().unwrap(), "draft_expiring");
    }
    // A document changes nothing of the order, and its etag stays.
    let etag = customer.get(&kept).await.etag;
    let dated = jiff::civil::date(2026, 12, 1);
    customer
        .upload(&kept, DocumentKind::Bill, dated, &pdf(&["Bill"]))
        .await
        .unwrap();
    assert_eq!(customer.get(&kept).await.etag, etag);
    intake.advance_to("2026-12-23T14:59:00Z").await;
    assert_eq!(customer.get(&left).await.state(), OrderState::Draft);
    intake.advance_to("2026-12-23T15:00:00Z").await;
    let gone = customer.get(&left).await;
    assert_eq!(
        (gone.state(), gone.court()),
        (OrderState::Abandoned, Court::Unspecified)
    );
    assert_eq!(
        intake.event_names(&left).await,
        ["OrderDraftExpiring", "OrderAbandoned"]
    );
    assert_eq!(
        reason(&customer.submit(&left).await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
    assert_eq!(customer.get(&kept).await.state(), OrderState::Draft);
    intake.advance_to("2027-01-19T15:00:00Z").await;
    assert_eq!(customer.get(&kept).await.state(), OrderState::Abandoned);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_to_be_corrected_warns_once_and_whatever_is_done_with_it_postpones_its_end() {
    let intake = TestIntake::start("actionexpiry").await;
    let customer = intake.customer().await;
    let kept = customer.submitted_of(&["+12018670430"]).await;
    let left = customer.submitted_of(&["+12018670431"]).await;
    for order in [&kept, &left] {
        intake.hear(order, Answer::Rejected, &[("PIN", "")]).await;
    }
    intake.advance_to("2026-12-20T14:59:00Z").await;
    assert_eq!(
        intake.event_names(&left).await.last().unwrap(),
        "OrderActionRequired"
    );
    intake.advance_to("2026-12-20T15:00:00Z").await;
    let expires_at = Some(service::stamp::to_proto("2026-12-23T15:00:00Z".parse().unwrap()));
    for order in [&kept, &left] {
        let told: Vec<v1::OrderActionExpiring> = intake.events(order).await;
        assert_eq!((told.len(), told[0].expires_at), (1, expires_at));
        assert_eq!(customer.history(order).await.last().unwrap(), "action_expiring");
        assert_eq!(customer.get(order).await.due_at, expires_at);
    }
    let dated = jiff::civil::date(2026, 12, 1);
    customer
        .upload(&kept, DocumentKind::Bill, dated, &pdf(&["Bill"]))
        .await
        .unwrap();
    let until = Some(service::stamp::to_proto("2027-01-19T15:00:00Z".parse().unwrap()));
    assert_eq!(customer.get(&kept).await.due_at, until);
    intake.advance_to("2026-12-23T15:00:00Z").await;
    assert_eq!(customer.get(&left).await.state(), OrderState::Abandoned);
    assert_eq!(customer.get(&kept).await.state(), OrderState::ActionRequired);
    intake.advance_to("2027-01-16T15:00:00Z").await;
    let told: Vec<v1::OrderActionExpiring> = intake.events(&kept).await;
    assert_eq!(told.len(), 2, "warned again");
    intake.advance_to("2027-01-19T15:00:00Z").await;
    assert_eq!(customer.get(&kept).await.state(), OrderState::Abandoned);
}
