//! What people write on port-outs, and the documents that they put beside them.

use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_record_service_client::PortOutRecordServiceClient;
use portway_proto::intake::v1::{
    AddPortOutCommentRequest, CommentVisibility, ListPortOutCommentsRequest, ListPortOutDocumentsRequest,
    PortOutComment, PortOutDocument, PortOutDocumentHeader, UploadPortOutDocumentRequest,
};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::calls::{ask, change, refusal, request_for};
use crate::harness::{TestIntake, User};

const TN: &str = "+14158670001";

fn records(intake: &TestIntake) -> PortOutRecordServiceClient<Channel> {
    PortOutRecordServiceClient::new(intake.channel())
}

async fn given_port_out(name: &str) -> (TestIntake, User, String) {
    let intake = TestIntake::start(name).await;
    let user = intake.given_account().await;
    intake.given_number(user.account, TN, "IN_SERVICE").await;
    let id = intake.receive_one(request_for("PON-1", &[TN])).await;
    (intake, user, id)
}

async fn write(
    intake: &TestIntake,
    user: &User,
    id: &str,
    visibility: CommentVisibility,
    text: &str,
) -> Result<PortOutComment, Status> {
    let request = AddPortOutCommentRequest {
        port_out_id: id.to_owned(),
        visibility: visibility.into(),
        text: text.to_owned(),
        ..AddPortOutCommentRequest::default()
    };
    let reply = records(intake)
        .add_port_out_comment(change(&user.token, request))
        .await?;
    Ok(reply.into_inner().comment.unwrap())
}

/// Text and author of the comments that a user sees, page by page.
async fn seen(intake: &TestIntake, user: &User, id: &str) -> Vec<(String, String)> {
    let mut request = ListPortOutCommentsRequest {
        port_out_id: id.to_owned(),
        page_size: 1,
        ..ListPortOutCommentsRequest::default()
    };
    let mut seen = Vec::new();
    for _ in 0..5 {
        let listed = records(intake)
            .list_port_out_comments(ask(&user.token, request.clone()))
            .await;
        let page = listed.unwrap().into_inner();
        seen.extend(
            page.comments
                .into_iter()
                .map(|comment| (comment.text, comment.author)),
        );
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return seen;
        }
    }
    panic!("there are no more than five comments")
}

#[tokio::test]
async fn the_account_sees_what_is_shared_and_the_platform_as_one() {
    let (intake, user, id) = given_port_out("po_comments").await;
    let (operator, stranger) = (intake.operator().await, intake.given_account().await);
    let number = intake.port_out(&user, &id).await.request_number;
    write(
        &intake,
        &user,
        &number,
        CommentVisibility::Unspecified,
        "is this ours?",
    )
    .await
    .unwrap();
    write(&intake, &operator, &id, CommentVisibility::Private, "looks odd")
        .await
        .unwrap();
    write(&intake, &operator, &id, CommentVisibility::Shared, "it is")
        .await
        .unwrap();
    let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        all.iter()
            .map(|(text, by)| ((*text).to_owned(), (*by).to_owned()))
            .collect()
    };
    assert_eq!(
        seen(&intake, &user, &id).await,
        pairs(&[("is this ours?", "user:owner"), ("it is", "platform")])
    );
    assert_eq!(
        seen(&intake, &operator, &id).await,
        pairs(&[
            ("is this ours?", "user:owner"),
            ("looks odd", "user:operator"),
            ("it is", "user:operator")
        ])
    );
    let refused = write(&intake, &user, &id, CommentVisibility::Private, "")
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["visibility", "text"]);
    let refused = write(&intake, &stranger, &id, CommentVisibility::Shared, "hello")
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

fn pdf() -> Vec<u8> {
    include_bytes!("../../../../tests/data/bill.pdf").to_vec()
}

async fn upload(
    intake: &TestIntake,
    user: &User,
    id: &str,
    content: &[u8],
) -> Result<PortOutDocument, Status> {
    use v1::upload_port_out_document_request::Part;
    let header = PortOutDocumentHeader {
        port_out_id: id.to_owned(),
        file_name: "disconnect.pdf".to_owned(),
    };
    let mut messages = vec![UploadPortOutDocumentRequest {
        part: Some(Part::Header(header)),
    }];
    messages.extend(content.chunks(60_000).map(|chunk| UploadPortOutDocumentRequest {
        part: Some(Part::Chunk(chunk.to_vec())),
    }));
    let (metadata, extensions, ()) = change(&user.token, ()).into_parts();
    let request = Request::from_parts(metadata, extensions, futures::stream::iter(messages));
    let reply = records(intake).upload_port_out_document(request).await?;
    Ok(reply.into_inner().document.unwrap())
}

#[tokio::test]
async fn what_proves_a_rejection_is_put_beside_it_and_read_back() {
    let (intake, user, id) = given_port_out("po_documents").await;
    let (operator, stranger) = (intake.operator().await, intake.given_account().await);
    let kept = upload(&intake, &user, &id, &pdf()).await.unwrap();
    assert_eq!(
        (
            kept.file_name.as_str(),
            kept.uploaded_by.as_str(),
            kept.port_out_id.as_str()
        ),
        ("disconnect.pdf", "user:owner", id.as_str())
    );
    let list = ListPortOutDocumentsRequest {
        port_out_id: id.clone(),
    };
    let listed = records(&intake)
        .list_port_out_documents(ask(&operator.token, list))
        .await;
    assert_eq!(
        listed.unwrap().into_inner().documents,
        std::slice::from_ref(&kept)
    );
    let get = v1::GetPortOutDocumentContentRequest {
        document_id: kept.document_id.clone(),
    };
    let mut parts = records(&intake)
        .get_port_out_document_content(ask(&operator.token, get.clone()))
        .await
        .unwrap()
        .into_inner();
    let mut content = Vec::new();
    while let Some(message) = parts.message().await.unwrap() {
        if let Some(v1::get_port_out_document_content_response::Part::Chunk(chunk)) = message.part {
            content.extend(chunk);
        }
    }
    assert_eq!(content, pdf());
    let refused = records(&intake)
        .get_port_out_document_content(ask(&stranger.token, get))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).0, "DOCUMENT_NOT_FOUND");
    assert_eq!(
        upload(&intake, &stranger, &id, &pdf()).await.unwrap_err().code(),
        Code::NotFound
    );
    let refused = upload(&intake, &user, &id, b"no PDF").await.unwrap_err();
    assert_eq!(refusal(&refused).0, "FILE_TYPE");
}
