//! What people write on orders, and who sees it.

use portway_proto::intake::v1::comment_service_client::CommentServiceClient;
use portway_proto::intake::v1::{
    AddCommentRequest, Comment, CommentVisibility, ListCommentsRequest, Order, OrderCommented,
    ResolveCommentRequest,
};
use portway_proto::types::v1::Court;
use service::stamp;
use tonic::{Code, Status};
use types::AccountId;

use crate::customer::{Customer, key};
use crate::harness::{TestIntake, ask, change, reason, refusal};

fn saying(order: &Order, text: &str) -> AddCommentRequest {
    AddCommentRequest {
        order_id: order.order_id.clone(),
        text: text.to_owned(),
        ..AddCommentRequest::default()
    }
}

fn private(order: &Order, text: &str) -> AddCommentRequest {
    AddCommentRequest {
        visibility: CommentVisibility::Private.into(),
        ..saying(order, text)
    }
}

fn asking(order: &Order, text: &str, action_by: Court) -> AddCommentRequest {
    AddCommentRequest {
        action_by: action_by.into(),
        ..saying(order, text)
    }
}

fn client(customer: &Customer) -> CommentServiceClient<tonic::transport::Channel> {
    CommentServiceClient::new(customer.channel())
}

async fn add(customer: &Customer, request: AddCommentRequest) -> Result<Comment, Status> {
    let reply = client(customer)
        .add_comment(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().comment.unwrap())
}

async fn resolve(customer: &Customer, comment: &Comment) -> Result<Comment, Status> {
    let request = ResolveCommentRequest {
        order_id: comment.order_id.clone(),
        comment_id: comment.comment_id.clone(),
    };
    let reply = client(customer)
        .resolve_comment(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().comment.unwrap())
}

/// The texts of a thread, read one by one.
async fn thread(customer: &Customer, order: &Order, open_actions: bool) -> Vec<String> {
    let mut texts = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListCommentsRequest {
            order_id: order.request_number.clone(),
            page_size: 1,
            page_token,
            open_actions,
        };
        let reply = client(customer)
            .list_comments(ask(&customer.token, request))
            .await;
        let reply = reply.unwrap().into_inner();
        texts.extend(reply.comments.into_iter().map(|comment| comment.text));
        page_token = reply.next_page_token;
        if page_token.is_empty() {
            return texts;
        }
    }
}

async fn platform(intake: &TestIntake) -> Customer {
    intake
        .user_of(AccountId::PLATFORM, &["port_in.view", "port_in.modify"])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_keeps_to_itself_the_account_never_sees() {
    let intake = TestIntake::start("private").await;
    let (customer, platform) = (intake.customer().await, platform(&intake).await);
    let order = customer.submitted().await;
    let told = add(&platform, private(&order, "A tricky one.")).await.unwrap();
    add(&platform, saying(&order, "We are on it.")).await.unwrap();
    add(&customer, saying(&order, "Thanks!")).await.unwrap();
    let shared = ["We are on it.", "Thanks!"];
    assert_eq!(thread(&customer, &order, false).await, shared);
    assert_eq!(
        thread(&platform, &order, false).await,
        ["A tricky one.", shared[0], shared[1]]
    );
    assert_eq!(customer.get(&order).await.comment_count, 2);

    let events: Vec<OrderCommented> = intake.events(&order).await;
    let by: Vec<bool> = events.iter().map(|event| event.by_platform).collect();
    assert_eq!(by, [true, false]);
    let history = customer.history(&order).await;
    assert_eq!(history.iter().filter(|action| *action == "commented").count(), 2);

    let resolved = resolve(&customer, &told).await.unwrap_err();
    assert_eq!(
        (resolved.code(), reason(&resolved).as_str()),
        (Code::NotFound, "COMMENT_NOT_FOUND")
    );
    let refused = add(&customer, private(&order, "Mine")).await.unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        [("visibility".to_owned(), "INVALID".to_owned())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn to_the_account_the_platform_is_one_and_events_do_not_say_what_was_written() {
    let intake = TestIntake::start("faceless").await;
    let (customer, platform) = (intake.customer().await, platform(&intake).await);
    let order = customer.submitted().await;
    let done_by = Some(stamp::to_proto("2026-11-27T15:00:00Z".parse().unwrap()));
    let request = AddCommentRequest {
        done_by,
        ..asking(
            &order,
            "Please unlock the line; the answer is SWORDFISH.",
            Court::EndUser,
        )
    };
    let written = add(&platform, request).await.unwrap();
    assert_eq!(
        (written.author.as_str(), written.by_platform),
        ("user:owner", true)
    );
    let request = ListCommentsRequest {
        order_id: order.order_id.clone(),
        ..Default::default()
    };
    let seen = client(&customer)
        .list_comments(ask(&customer.token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.comments[0].author.as_str(), seen.comments[0].done_by),
        ("platform", done_by)
    );
    let payloads: Vec<Vec<u8>> = sqlx::query_scalar("SELECT payload FROM event")
        .fetch_all(&intake.pool)
        .await
        .unwrap();
    let holds = |payload: &Vec<u8>| payload.windows(9).any(|window| window == b"SWORDFISH");
    assert!(!payloads.iter().any(holds));
    let events: Vec<OrderCommented> = intake.events(&order).await;
    assert_eq!(
        (events[0].action_by(), events[0].done_by),
        (Court::EndUser, done_by)
    );
    assert_eq!(events[0].comment_id, written.comment_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_somebody_to_act_is_open_until_those_who_may_say_it_is_done() {
    let intake = TestIntake::start("actions").await;
    let (customer, platform) = (intake.customer().await, platform(&intake).await);
    let stranger = intake.customer().await;
    let order = customer.submitted().await;
    let theirs = add(&platform, asking(&order, "Send the bill.", Court::Customer))
        .await
        .unwrap();
    let ours = add(&platform, asking(&order, "We call the carrier.", Court::Us))
        .await
        .unwrap();
    let plain = add(&customer, saying(&order, "Hello")).await.unwrap();
    assert_eq!(customer.get(&order).await.open_action_count, 2);
    assert_eq!(
        thread(&customer, &order, true).await,
        ["Send the bill.", "We call the carrier."]
    );

    let cases = [
        (&customer, &ours, Code::FailedPrecondition, "NOT_YOURS_TO_RESOLVE"),
        (&customer, &plain, Code::FailedPrecondition, "COMMENT_NOT_OPEN"),
        (&stranger, &theirs, Code::NotFound, "ORDER_NOT_FOUND"),
    ];
    for (who, comment, code, why) in cases {
        let refused = resolve(who, comment).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (code, why),
            "{}",
            comment.text
        );
    }
    let done = resolve(&customer, &theirs).await.unwrap();
    assert_eq!(done.resolved_by, "user:owner");
    let again = resolve(&platform, &theirs).await.unwrap_err();
    assert_eq!(reason(&again), "COMMENT_NOT_OPEN");
    resolve(&platform, &ours).await.unwrap();
    assert!(thread(&customer, &order, true).await.is_empty());
    let after = customer.get(&order).await;
    assert_eq!((after.comment_count, after.open_action_count), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_comment_is_written_once_and_a_wrong_one_names_every_fault() {
    let intake = TestIntake::start("wrongcomments").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    for _ in 0..2 {
        let request = change(&customer.token, "the-same", saying(&order, "Once."));
        client(&customer).add_comment(request).await.unwrap();
    }
    assert_eq!(thread(&customer, &order, false).await, ["Once."]);
    let request = AddCommentRequest {
        order_id: "nonsense".to_owned(),
        visibility: 7,
        text: "a\0b".to_owned(),
        action_by: 0,
        done_by: Some(stamp::to_proto("2026-11-01T00:00:00Z".parse().unwrap())),
    };
    let refused = add(&customer, request).await.unwrap_err();
    let faults: Vec<(String, String)> = refusal(&refused).1;
    let faults: Vec<(&str, &str)> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        faults,
        [
            ("order_id", "INVALID"),
            ("visibility", "INVALID"),
            ("text", "INVALID"),
            ("done_by", "OUT_OF_RANGE"),
            ("action_by", "MISSING"),
        ]
    );
}
