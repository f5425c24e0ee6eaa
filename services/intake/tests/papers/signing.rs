//! Letters given to somebody to sign, and signed by the link.

use portway_proto::intake::v1;
use portway_proto::intake::v1::{LetterSigned, LetterSigningRequested, SigningState};
use service::stamp;
use tonic::Code;

use crate::browser::{open, send, submit};
use crate::customer::{Customer, ONE, TWO, key, pdf};
use crate::harness::{TestIntake, ask, change, reason, refusal};
use crate::signer::{SIGNED, Signer, lacks};

const PERMISSIONS: [&str; 3] = ["port_in.view", "port_in.modify", "account.modify"];

/// Everything that the database has of a text.
async fn finds(intake: &TestIntake, secret: &str) -> Vec<String> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'intake' ORDER BY 1")
            .fetch_all(&intake.pool)
            .await
            .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let sql = format!(
            "SELECT EXISTS (SELECT FROM {table} AS line WHERE line::text LIKE '%' || $1 || '%'
                OR line::text LIKE '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%')"
        );
        let is_there: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(secret)
            .fetch_one(&intake.pool)
            .await
            .unwrap();
        if is_there {
            found.push(table);
        }
    }
    found
}

fn signer<'a>(intake: &'a TestIntake, customer: &'a Customer) -> Signer<'a> {
    Signer { intake, customer }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_signed_by_its_link_is_the_orders_letter_of_that_day() {
    let intake = TestIntake::start("signed").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE, TWO]).await;
    let letter = signer.letter(&draft).await;
    let (signing, url) = signer.send(&letter).await;
    assert_eq!(signing.state(), SigningState::Pending);
    let page = open(&url).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(
        text.contains("Acme Voice") && text.contains("Ann Lee") && text.contains("<form"),
        "{text}"
    );
    assert_eq!(
        open(&format!("{url}/letter.pdf")).await.body,
        signer.content(&letter).await.unwrap()
    );
    let answer = submit(&url, SIGNED).await;
    assert!(
        answer.status == 200 && answer.text().contains("The letter is signed"),
        "{}",
        answer.text()
    );
    let documents = signer.documents(&draft).await;
    let [document] = documents.as_slice() else {
        panic!("{documents:?}")
    };
    assert_eq!(document.kind(), v1::DocumentKind::Loa);
    assert_eq!(document.tns, [ONE, TWO]);
    assert_eq!(
        document.dated,
        Some(stamp::date_to_proto(jiff::civil::date(2026, 11, 23)))
    );
    assert_eq!(lacks(&customer, &draft).await, ["BILL_OR_CSR_MISSING"]);
    let signings = signer.signings(&draft).await;
    let signature = signings[0].signature.clone().unwrap();
    assert_eq!(signings[0].state(), SigningState::Signed);
    assert_eq!(
        (
            signature.signed_as.as_str(),
            signature.remote_address.as_str(),
            signature.user_agent.as_str()
        ),
        ("Ann Lee", "127.0.0.1", "Browser/1.0 (test)")
    );
    assert_eq!(
        (signature.letter_sha256, signature.document_id),
        (letter.sha256.clone(), document.document_id.clone())
    );
    assert_eq!(signature.signed_at, Some(stamp::to_proto(intake.clock.now())));
    assert_ne!(
        signature.machine_time, signature.signed_at,
        "the business clock stands still"
    );
    let file = intake
        .folder
        .path()
        .join("documents")
        .join(format!("{}.pdf", document.sha256));
    let signed = lopdf::Document::load(file).unwrap();
    assert_eq!(signed.get_pages().len(), 2);
    assert!(signed.extract_text(&[2]).unwrap().contains(&letter.sha256));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signing_is_announced_without_its_link_which_nothing_keeps() {
    let intake = TestIntake::start("announced").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let first = key();
    let (signing, url) = signer.send_as(&first, &letter, None).await.unwrap();
    let token = url.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 43);
    assert_eq!(finds(&intake, token).await, [""; 0]);
    let requested: Vec<LetterSigningRequested> = intake.events(&draft).await;
    assert_eq!(requested[0].signing_id, signing.signing_id);
    assert_eq!(requested[0].order.as_ref().unwrap().tns, [ONE]);
    // The same call is answered the same, link and all.
    let again = signer.send_as(&first, &letter, None).await.unwrap();
    assert_eq!(again, (signing.clone(), url.clone()));
    assert_eq!(signer.signings(&draft).await.len(), 1);
    submit(&url, SIGNED).await;
    let signed: Vec<LetterSigned> = intake.events(&draft).await;
    assert_eq!(signed.len(), 1);
    // What can be signed no more has no link.
    let (kept, no_url) = signer.send_as(&first, &letter, None).await.unwrap();
    assert_eq!((kept, no_url.as_str()), (signing, ""));
    assert_eq!(finds(&intake, token).await, [""; 0]);
    let history = customer.history(&draft).await;
    assert_eq!(
        history,
        ["created", "letter_made", "signing_requested", "letter_signed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_comes_twice_or_ten_times_at_once_signs_once() {
    let intake = TestIntake::start("twice").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (_, url) = signer.send(&letter).await;
    let clicks = (0..10).map(|_| submit(&url, SIGNED));
    for answer in futures::future::join_all(clicks).await {
        assert!(
            answer.status == 200 && answer.text().contains("is signed"),
            "{answer:?}"
        );
    }
    assert_eq!(submit(&url, SIGNED).await.status, 200);
    assert_eq!(signer.documents(&draft).await.len(), 1);
    let signed: Vec<LetterSigned> = intake.events(&draft).await;
    assert_eq!(signed.len(), 1);
    // The page says so; the letter itself is shown no more.
    assert!(open(&url).await.text().contains("is signed"));
    assert_eq!(open(&format!("{url}/letter.pdf")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_lacks_something_signs_nothing_and_says_all_of_it() {
    let intake = TestIntake::start("form").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (_, url) = signer.send(&letter).await;
    for (form, faults) in [("", 2), ("name=%3Cb%3EAnn", 1), ("name=+&agree=yes", 1)] {
        let answer = submit(&url, form).await;
        let text = answer.text();
        assert_eq!(
            (answer.status, text.matches("<li>").count()),
            (422, faults),
            "{text}"
        );
        assert!(!text.contains("<b>Ann"), "what was typed is escaped: {text}");
    }
    let too_long = submit(&url, &format!("name={}", "a".repeat(20_000))).await;
    assert_eq!(too_long.status, 413);
    assert_eq!(signer.documents(&draft).await.len(), 0);
    assert_eq!(submit(&url, SIGNED).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_expired_or_of_an_order_that_ended_cannot_be_signed() {
    let intake = TestIntake::start("ends").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (revoked, revoked_url) = signer.send(&letter).await;
    for _ in 0..2 {
        assert_eq!(
            signer.revoke(&revoked).await.unwrap().state(),
            SigningState::Revoked
        );
    }
    let (expiring, expiring_url) = signer
        .send_as(&key(), &letter, Some("2026-11-24T15:00:00Z"))
        .await
        .unwrap();
    assert_eq!(open(&expiring_url).await.status, 200);
    intake.advance_to("2026-11-24T15:00:00Z").await;
    let (_, ended_url) = signer.send(&letter).await;
    customer.cancel(&draft).await.unwrap();
    let nobody = format!("{}{}", &ended_url[..ended_url.len() - 43], "a".repeat(43));
    let expected = open(&nobody).await;
    assert_eq!(expected.status, 404);
    for url in [&revoked_url, &expiring_url, &ended_url] {
        assert_eq!(open(url).await, expected, "alike to the byte");
        assert_eq!(submit(url, SIGNED).await, expected);
        assert_eq!(open(&format!("{url}/letter.pdf")).await, expected);
    }
    assert_eq!(signer.documents(&draft).await.len(), 0);
    let states: Vec<(String, SigningState)> = signer
        .signings(&draft)
        .await
        .into_iter()
        .map(|signing| (signing.signing_id.clone(), signing.state()))
        .collect();
    assert!(states.contains(&(revoked.signing_id, SigningState::Revoked)));
    assert!(states.contains(&(expiring.signing_id, SigningState::Expired)));
    let refused = signer.send_as(&key(), &letter, None).await.unwrap_err();
    assert_eq!(reason(&refused), "ILLEGAL_TRANSITION");
    assert_eq!(
        reason(&signer.make(&draft).await.unwrap_err()),
        "ILLEGAL_TRANSITION"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_its_order_left_behind_is_signed_no_more() {
    let intake = TestIntake::start("outdated").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE, TWO]).await;
    let letter = signer.letter(&draft).await;
    let (_, url) = signer.send(&letter).await;
    assert_eq!(open(&url).await.status, 200);
    let renamed = v1::UpdateOrderRequest {
        order_id: draft.order_id.clone(),
        details: Some(v1::OrderDetails {
            last_name: "Li".to_owned(),
            ..v1::OrderDetails::default()
        }),
        update_fields: vec!["last_name".to_owned()],
        ..v1::UpdateOrderRequest::default()
    };
    customer
        .port_in()
        .update_order(change(&customer.token, &key(), renamed))
        .await
        .unwrap();

    assert_eq!(open(&url).await.status, 404);
    assert_eq!(submit(&url, SIGNED).await.status, 404);
    assert_eq!(signer.documents(&draft).await.len(), 0, "nothing was signed");
    assert_eq!(signer.signings(&draft).await[0].state(), SigningState::Outdated);
    let refused = signer.send_as(&key(), &letter, None).await.unwrap_err();
    assert_eq!(reason(&refused), "LETTER_OUTDATED");

    let (_, url) = signer.send(&signer.letter(&draft).await).await;
    assert_eq!(submit(&url, SIGNED).await.status, 200);
    assert_eq!(signer.documents(&draft).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_not_taken_back_and_wrong_requests_name_their_faults() {
    let intake = TestIntake::start("takenback").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (signing, url) = signer.send(&letter).await;
    let stranger = intake.customer_who_may(&PERMISSIONS).await;
    let other = Signer {
        intake: &intake,
        customer: &stranger,
    };
    assert_eq!(
        reason(&other.revoke(&signing).await.unwrap_err()),
        "SIGNING_NOT_FOUND"
    );
    let refused = other.send_as(&key(), &letter, None).await.unwrap_err();
    assert_eq!(reason(&refused), "LETTER_NOT_FOUND");
    submit(&url, SIGNED).await;
    assert_eq!(
        reason(&signer.revoke(&signing).await.unwrap_err()),
        "LETTER_SIGNED"
    );
    let late = signer
        .send_as(&key(), &letter, Some("2026-12-23T15:00:01Z"))
        .await;
    let expected = [("expires_at".to_owned(), "OUT_OF_RANGE".to_owned())];
    assert_eq!(refusal(&late.unwrap_err()).1, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_letter_counts_be_it_signed_or_uploaded() {
    let intake = TestIntake::start("laterletter").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE, TWO]).await;
    let old = jiff::civil::date(2026, 9, 1);
    customer
        .upload(&draft, v1::DocumentKind::Loa, old, &pdf(&[ONE]))
        .await
        .unwrap();
    assert_eq!(
        lacks(&customer, &draft).await,
        ["LOA_EXPIRED", "TN_NOT_ON_LOA", "BILL_OR_CSR_MISSING"]
    );
    let letter = signer.letter(&draft).await;
    let (_, url) = signer.send(&letter).await;
    submit(&url, SIGNED).await;
    assert_eq!(lacks(&customer, &draft).await, ["BILL_OR_CSR_MISSING"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_notification_service_asks_for_a_link() {
    let intake = TestIntake::start("asks").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (signing, url) = signer.send(&letter).await;
    let request = || v1::GetSigningLinkRequest {
        signing_id: signing.signing_id.clone(),
    };
    for token in [&customer.token, &intake.gateway_token] {
        let refused = signer.letters().get_signing_link(ask(token, request())).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let token = intake.notification_token.clone();
    let asked = async || {
        let reply = signer.letters().get_signing_link(ask(&token, request())).await;
        reply.unwrap().into_inner()
    };
    let found = asked().await;
    assert_eq!(
        (found.url.as_str(), found.asked_by.as_str()),
        (url.as_str(), "Acme Voice")
    );
    assert_eq!(found.signing.unwrap().signer_email, "ann@harbor.example");
    signer.revoke(&signing).await.unwrap();
    assert_eq!(
        asked().await.url,
        "",
        "nobody is written to about what is revoked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_read_is_not_signed() {
    let intake = TestIntake::start("lost").await;
    let customer = intake.customer_who_may(&PERMISSIONS).await;
    let signer = signer(&intake, &customer);
    let draft = customer.draft(&[ONE]).await;
    let letter = signer.letter(&draft).await;
    let (_, url) = signer.send(&letter).await;
    let file = intake
        .folder
        .path()
        .join("documents")
        .join(format!("{}.pdf", letter.sha256));
    let content = std::fs::read(&file).unwrap();
    std::fs::write(&file, b"another letter").unwrap();
    let answer = submit(&url, SIGNED).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("Nothing was changed"));
    assert_eq!(signer.documents(&draft).await.len(), 0);
    std::fs::write(&file, content).unwrap();
    let forwarded = [("x-forwarded-for", "203.0.113.9")];
    assert_eq!(send(&url, "POST", &forwarded, SIGNED).await.status, 200);
    let signature = signer.signings(&draft).await[0].signature.clone().unwrap();
    assert_eq!(signature.remote_address, "127.0.0.1", "no proxy of ours says so");
}
