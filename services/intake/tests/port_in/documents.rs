//! Documents: what is taken, what is refused, and what is found in them.

use jiff::civil::date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::DocumentKind;
use tonic::Code;

use crate::customer::{ONE, TWO, key, pdf};
use crate::harness::{TestIntake, ask, reason};

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_kept_once_under_its_hash_with_the_numbers_it_lists() {
    let intake = TestIntake::start("documents").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let content = pdf(&[
        "Transfer of",
        "1 (201) 867-0123",
        "2018670124",
        "Account 4471009288123",
    ]);
    let key = key();
    let kind = DocumentKind::Loa;
    let kept = customer
        .upload_as(&key, &draft, kind, date(2026, 11, 20), &content)
        .await
        .unwrap();
    assert_eq!(
        (kept.tns.clone(), kept.size_bytes),
        (
            vec![ONE.to_owned(), TWO.to_owned()],
            i64::try_from(content.len()).unwrap()
        )
    );
    let again = customer
        .upload_as(&key, &draft, kind, date(2026, 11, 20), &content)
        .await
        .unwrap();
    assert_eq!(again, kept);
    customer
        .upload(&draft, DocumentKind::Other, date(2026, 11, 20), &content)
        .await
        .unwrap();
    let files: Vec<_> = std::fs::read_dir(intake.folder.path().join("documents"))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(files, [format!("{}.pdf", kept.sha256).as_str()]);
    let request = v1::ListDocumentsRequest {
        order_id: draft.order_id.clone(),
    };
    let listed = customer
        .documents()
        .list_documents(ask(&customer.token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.documents.len(), 2);
    let other = customer
        .upload_as(&key, &draft, kind, date(2026, 11, 20), &pdf(&["other"]))
        .await
        .unwrap_err();
    assert_eq!(reason(&other), "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sound_pdf_is_refused_before_anything_is_stored() {
    let intake = TestIntake::start("baddocuments").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let sound = pdf(&["Bill"]);
    let cut = &sound[..sound.len() / 2];
    let mut too_large = sound.clone();
    too_large.resize((10 << 20) + 1, b' ');
    let cases: [(&str, &[u8], &str); 5] = [
        ("empty", b"", "FILE_TYPE"),
        ("a picture", b"\x89PNG\r\n\x1a\n and so on", "FILE_TYPE"),
        ("a name alone", b"%PDF-1.7\n", "FILE_TYPE"),
        ("half a PDF", cut, "FILE_TYPE"),
        ("more than 10 MiB", &too_large, "FILE_TOO_LARGE"),
    ];
    for (what, content, expected) in cases {
        let refused = customer
            .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), content)
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, expected),
            "{what}"
        );
    }
    let encrypted = customer
        .upload(&draft, DocumentKind::Bill, date(2026, 11, 1), &encrypted_pdf())
        .await
        .unwrap_err();
    assert_eq!(reason(&encrypted), "FILE_TYPE");
    assert!(
        encrypted.message().contains("encrypted"),
        "{}",
        encrypted.message()
    );
    let documents: i64 = sqlx::query_scalar("SELECT count(*) FROM document")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(documents, 0);
    assert!(!intake.folder.path().join("documents").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_only_tried_is_kept_nowhere() {
    use v1::upload_document_request::Part;
    let intake = TestIntake::start("trieddocument").await;
    let customer = intake.customer().await;
    let draft = customer.draft(&[ONE]).await;
    let header = v1::DocumentHeader {
        order_id: draft.order_id.clone(),
        kind: DocumentKind::Bill.into(),
        file_name: "bill.pdf".to_owned(),
        dated: Some(service::stamp::date_to_proto(date(2026, 11, 20))),
    };
    let messages = [Part::Header(header), Part::Chunk(pdf(&["Bill"]))]
        .map(|part| v1::UploadDocumentRequest { part: Some(part) });
    let mut request = crate::harness::change(&customer.token, &key(), tokio_stream::iter(messages));
    request
        .metadata_mut()
        .insert("portway-dry-run", "true".parse().unwrap());
    let tried = customer.documents().upload_document(request).await.unwrap();
    assert_eq!(tried.into_inner().document.unwrap().file_name, "bill.pdf");
    let documents: i64 = sqlx::query_scalar("SELECT count(*) FROM document")
        .fetch_one(&intake.pool)
        .await
        .unwrap();
    assert_eq!(documents, 0);
    assert!(!intake.folder.path().join("documents").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_says_what_the_document_is_and_of_when() {
    use v1::upload_document_request::Part;
    let intake = TestIntake::start("header").await;
    let customer = intake.customer().await;
    let header = v1::DocumentHeader {
        kind: DocumentKind::Bill.into(),
        ..Default::default()
    };
    let messages = [Part::Header(header), Part::Chunk(pdf(&["Bill"]))]
        .map(|part| v1::UploadDocumentRequest { part: Some(part) });
    let request = crate::harness::change(&customer.token, &key(), tokio_stream::iter(messages));
    let refused = customer.documents().upload_document(request).await.unwrap_err();
    let fields: Vec<String> = crate::harness::refusal(&refused)
        .1
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["order_id", "file_name", "dated"]);
}

/// A PDF that opens with the empty password, as many programs write them.
fn encrypted_pdf() -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(&pdf(&["Bill"])).unwrap();
    let id = lopdf::Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
