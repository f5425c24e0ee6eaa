//! What comments on port-outs ask of whom, until it is done, and that they are announced.

use portway_proto::intake::v1::port_out_record_service_client::PortOutRecordServiceClient;
use portway_proto::intake::v1::port_out_service_client::PortOutServiceClient;
use portway_proto::intake::v1::{
    AddPortOutCommentRequest, CommentVisibility, ListPortOutCommentsRequest, ListPortOutsRequest,
    PortOutComment, PortOutCommented, ResolvePortOutCommentRequest,
};
use portway_proto::types::v1::Court;
use service::stamp;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::calls::{ask, change, refusal, request_for};
use crate::harness::{TestIntake, User};

const TN: &str = "+14158670001";

async fn given_port_out(name: &str) -> (TestIntake, User, String) {
    let intake = TestIntake::start(name).await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    (intake, user, id)
}

fn records(intake: &TestIntake) -> PortOutRecordServiceClient<Channel> {
    PortOutRecordServiceClient::new(intake.channel())
}

fn asking(id: &str, text: &str, action_by: Court) -> AddPortOutCommentRequest {
    AddPortOutCommentRequest {
        port_out_id: id.to_owned(),
        text: text.to_owned(),
        action_by: action_by.into(),
        ..AddPortOutCommentRequest::default()
    }
}

async fn add(
    intake: &TestIntake,
    user: &User,
    request: AddPortOutCommentRequest,
) -> Result<PortOutComment, Status> {
    let request = change(&user.token, request);
    let reply = records(intake).add_port_out_comment(request).await?;
    Ok(reply.into_inner().comment.unwrap())
}

async fn resolve(
    intake: &TestIntake,
    user: &User,
    comment: &PortOutComment,
) -> Result<PortOutComment, Status> {
    let request = ResolvePortOutCommentRequest {
        port_out_id: comment.port_out_id.clone(),
        comment_id: comment.comment_id.clone(),
    };
    let request = change(&user.token, request);
    let reply = records(intake).resolve_port_out_comment(request).await?;
    Ok(reply.into_inner().comment.unwrap())
}

/// What is still to be done, as a user sees it.
async fn open(intake: &TestIntake, user: &User, id: &str) -> Vec<String> {
    let request = ListPortOutCommentsRequest {
        port_out_id: id.to_owned(),
        open_actions: true,
        ..ListPortOutCommentsRequest::default()
    };
    let listed = records(intake)
        .list_port_out_comments(ask(&user.token, request))
        .await;
    let comments = listed.unwrap().into_inner().comments.into_iter();
    comments.map(|comment| comment.text).collect()
}

#[tokio::test]
async fn what_asks_somebody_to_act_is_open_until_those_who_may_say_it_is_done() {
    let (intake, user, id) = given_port_out("po_actions").await;
    let (operator, stranger) = (intake.operator().await, intake.given_account().await);
    let done_by = Some(stamp::to_proto("2099-01-01T00:00:00Z".parse().unwrap()));
    let theirs = AddPortOutCommentRequest {
        done_by,
        ..asking(&id, "Send the bill.", Court::Customer)
    };
    let theirs = add(&intake, &operator, theirs).await.unwrap();
    assert_eq!((theirs.action_by(), theirs.done_by), (Court::Customer, done_by));
    let ours = asking(&id, "We call the carrier.", Court::Us);
    let ours = add(&intake, &operator, ours).await.unwrap();
    let private = AddPortOutCommentRequest {
        visibility: CommentVisibility::Private.into(),
        ..asking(&id, "Look twice.", Court::Us)
    };
    let private = add(&intake, &operator, private).await.unwrap();
    let plain = add(&intake, &user, asking(&id, "Hello", Court::Unspecified))
        .await
        .unwrap();
    assert_eq!(
        open(&intake, &user, &id).await,
        ["Send the bill.", "We call the carrier."]
    );
    assert_eq!(open(&intake, &operator, &id).await.len(), 3);
    let seen = intake.port_out(&user, &id).await;
    assert_eq!((seen.comment_count, seen.open_action_count), (3, 2));

    let cases = [
        (&user, &ours, Code::FailedPrecondition, "NOT_YOURS_TO_RESOLVE"),
        (&user, &plain, Code::FailedPrecondition, "COMMENT_NOT_OPEN"),
        (&user, &private, Code::NotFound, "COMMENT_NOT_FOUND"),
        (&stranger, &theirs, Code::NotFound, "PORT_OUT_NOT_FOUND"),
    ];
    for (who, comment, code, why) in cases {
        let refused = resolve(&intake, who, comment).await.unwrap_err();
        assert_eq!(
            (refused.code(), refusal(&refused).0.as_str()),
            (code, why),
            "{}",
            comment.text
        );
    }
    let done = resolve(&intake, &user, &theirs).await.unwrap();
    assert_eq!(
        (done.resolved_by.as_str(), done.resolved_at.is_some()),
        ("user:owner", true)
    );
    let again = resolve(&intake, &operator, &theirs).await.unwrap_err();
    assert_eq!(refusal(&again).0, "COMMENT_NOT_OPEN");
    resolve(&intake, &operator, &ours).await.unwrap();
    resolve(&intake, &operator, &private).await.unwrap();
    assert!(open(&intake, &operator, &id).await.is_empty());
    let listed = PortOutServiceClient::new(intake.channel())
        .list_port_outs(ask(&user.token, ListPortOutsRequest::default()))
        .await;
    let listed = listed.unwrap().into_inner().port_outs.remove(0);
    assert_eq!((listed.comment_count, listed.open_action_count), (3, 0));
    let mut happened = intake.timeline(&user, &id).await;
    happened.retain(|(_, action, _)| action.starts_with("COMMENT"));
    let did = |who: &str, what: &str| (who.to_owned(), what.to_owned(), false);
    assert_eq!(
        happened,
        [
            did("platform", "COMMENTED"),
            did("platform", "COMMENTED"),
            did("user:owner", "COMMENTED"),
            did("user:owner", "COMMENT_RESOLVED"),
            did("platform", "COMMENT_RESOLVED")
        ]
    );
}

#[tokio::test]
async fn shared_comments_are_announced_without_what_they_say() {
    let (intake, user, id) = given_port_out("po_commented").await;
    let operator = intake.operator().await;
    let private = AddPortOutCommentRequest {
        visibility: CommentVisibility::Private.into(),
        ..asking(&id, "SWORDFISH", Court::Us)
    };
    add(&intake, &operator, private).await.unwrap();
    let asked = asking(&id, "Is SWORDFISH right?", Court::Customer);
    let asked = add(&intake, &operator, asked).await.unwrap();
    add(&intake, &user, asking(&id, "It is.", Court::Unspecified))
        .await
        .unwrap();
    let events: Vec<PortOutCommented> = intake.events(user.account).await;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.by_platform, event.action_by()))
        .collect();
    assert_eq!(told, [(true, Court::Customer), (false, Court::Unspecified)]);
    assert_eq!(events[0].comment_id, asked.comment_id);
    assert_eq!(events[0].port_out.as_ref().unwrap().port_out_id, id);
    let payloads: Vec<Vec<u8>> = sqlx::query_scalar("SELECT payload FROM event")
        .fetch_all(&intake.pool)
        .await
        .unwrap();
    let holds = |payload: &Vec<u8>| payload.windows(9).any(|window| window == b"SWORDFISH");
    assert!(!payloads.iter().any(holds));
}

#[tokio::test]
async fn a_wrong_comment_names_every_fault() {
    let (intake, user, _) = given_port_out("po_wrongcomment").await;
    let wrong = AddPortOutCommentRequest {
        port_out_id: "nonsense".to_owned(),
        visibility: 7,
        text: "a\0b".to_owned(),
        action_by: 0,
        done_by: Some(stamp::to_proto("2020-01-01T00:00:00Z".parse().unwrap())),
    };
    let refused = add(&intake, &user, wrong).await.unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        ["port_out_id", "visibility", "text", "done_by", "action_by"]
    );
}
