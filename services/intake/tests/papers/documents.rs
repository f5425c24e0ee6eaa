//! Documents: all faults of an upload at once, and the content read back.

use jiff::civil::date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::DocumentKind;
use tonic::{Code, Status};

use crate::customer::{Customer, ONE, key, pdf};
use crate::harness::{TestIntake, ask, change, reason, refusal};

/// The sizes of the pieces in which a document's content came, and the content.
async fn download(customer: &Customer, id: &str) -> Result<(Vec<usize>, Vec<u8>), Status> {
    use v1::get_document_content_response::Part;
    let request = v1::GetDocumentContentRequest {
        document_id: id.to_owned(),
    };
    let reply = customer
        .documents()
        .get_document_content(ask(&customer.token, request))
        .await?;
    let mut parts = reply.into_inner();
    let head = parts.message().await?.unwrap().part.unwrap();
    assert!(matches!(head, Part::Document(document) if document.document_id == id));
    let (mut sizes, mut content) = (Vec::new(), Vec::new());
    while let Some(message) = parts.message().await? {
        let Part::Chunk(chunk) = message.part.unwrap() else {
            panic!("the document comes once")
        };
        sizes.push(chunk.len());
        content.extend(chunk);
    }
    Ok((sizes, content))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_comes_back_as_it_was_in_pieces_and_to_its_account_alone() {
    let intake = TestIntake::start("download").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let mut content = pdf(&["Bill"]);
    content.extend(std::iter::repeat_n(b'\n', 150_000));
    let bill = customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &content)
        .await
        .unwrap();
    let (sizes, downloaded) = download(&customer, &bill.document_id).await.unwrap();
    assert_eq!(downloaded, content);
    assert_eq!(sizes, [65_536, 65_536, content.len() - 131_072]);
    let stranger = intake.customer().await;
    let refused = download(&stranger, &bill.document_id).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "DOCUMENT_NOT_FOUND")
    );
    let blind = intake.customer_who_may(&["port_in.modify"]).await;
    let refused = download(&blind, &bill.document_id).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_that_is_not_what_was_kept_is_not_sent() {
    let intake = TestIntake::start("changed").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let bill = customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &pdf(&["Bill"]))
        .await
        .unwrap();
    let file = intake
        .folder
        .path()
        .join("documents")
        .join(format!("{}.pdf", bill.sha256));
    std::fs::write(&file, pdf(&["Another bill"])).unwrap();
    for damage in ["changed", "missing"] {
        let refused = download(&customer, &bill.document_id).await.unwrap_err();
        assert_eq!(refused.code(), Code::Internal, "{damage}");
        let _gone = std::fs::remove_file(&file);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_names_all_that_is_wrong_at_once() {
    use v1::upload_document_request::Part;
    let intake = TestIntake::start("allfaults").await;
    let customer = intake.customer().await;
    let picture = b"\x89PNG\r\n\x1a\n named paper.pdf".to_vec();
    let too_large = vec![b' '; (10 << 20) + 1];
    for (content, code) in [(picture, "FILE_TYPE"), (too_large, "FILE_TOO_LARGE")] {
        let header = Part::Header(v1::DocumentHeader {
            kind: DocumentKind::Loa.into(),
            file_name: "a\nb.pdf".to_owned(),
            ..v1::DocumentHeader::default()
        });
        let chunks = content.chunks(64 << 10).map(|chunk| Part::Chunk(chunk.to_vec()));
        let messages: Vec<_> = std::iter::once(header)
            .chain(chunks)
            .map(|part| v1::UploadDocumentRequest { part: Some(part) })
            .collect();
        let request = change(&customer.token, &key(), tokio_stream::iter(messages));
        let refused = customer.documents().upload_document(request).await.unwrap_err();
        let (reason, faults) = refusal(&refused);
        assert_eq!(reason, "INVALID_FIELDS");
        let named: Vec<(&str, &str)> = faults
            .iter()
            .map(|(field, code)| (field.as_str(), code.as_str()))
            .collect();
        let expected = [
            ("order_id", "MISSING"),
            ("file_name", "INVALID"),
            ("dated", "MISSING"),
            ("chunk", code),
        ];
        assert_eq!(named, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_has_ended_takes_no_documents_and_a_repeat_of_one_it_took_is_answered() {
    let intake = TestIntake::start("ended").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let (first, bill) = (key(), pdf(&["Bill"]));
    let kept = customer
        .upload_as(&first, &draft, DocumentKind::Bill, date(2026, 11, 1), &bill)
        .await
        .unwrap();
    customer.cancel(&draft).await.unwrap();
    let refused = customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &bill)
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "ILLEGAL_TRANSITION");
    let again = customer
        .upload_as(&first, &draft, DocumentKind::Bill, date(2026, 11, 1), &bill)
        .await
        .unwrap();
    assert_eq!(again, kept);
    let stranger = intake.customer().await;
    let refused = stranger
        .upload(
            &draft,
            DocumentKind::Bill,
            date(2026, 11, 1),
            &pdf(&["of a stranger"]),
        )
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "ORDER_NOT_FOUND");
    let files = std::fs::read_dir(intake.folder.path().join("documents")).unwrap();
    assert_eq!(files.count(), 1, "nothing is kept for strangers");
}
