//! The evidence about a disputed port: which files, with which hashes, and never a PIN.

use std::io::{Cursor, Read};

use portway_proto::intake::v1;
use portway_proto::intake::v1::DisputeKind;
use portway_proto::intake::v1::download_evidence_response::Part;
use portway_proto::intake::v1::open_dispute_request::About;
use sha2::{Digest, Sha256};

use crate::customer::{ACCOUNT_NUMBER, Customer, ONE, PIN, TWO};
use crate::dispute_calls::{MAY, ported_in, ported_out};
use crate::harness::{TestIntake, ask, reason};

/// The files of the evidence, by name, and the hash that was announced of the whole.
async fn evidence(customer: &Customer, dispute: &str) -> (Vec<(String, Vec<u8>)>, bool) {
    let dispute_id = dispute.to_owned();
    let request = ask(&customer.token, v1::DownloadEvidenceRequest { dispute_id });
    let stream = customer.disputes().download_evidence(request).await.unwrap();
    let mut stream = stream.into_inner();
    let (mut zip, mut announced) = (Vec::new(), String::new());
    while let Some(message) = stream.message().await.unwrap() {
        match message.part.unwrap() {
            Part::File(file) => announced = file.sha256,
            Part::Chunk(chunk) => zip.extend_from_slice(&chunk),
        }
    }
    let is_announced = hex::encode(Sha256::digest(&zip)) == announced;
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.push((name, content));
    }
    (files, is_announced)
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

/// The manifest names every other file with its hash, and nothing in any of them is secret.
fn check(files: &[(String, Vec<u8>)]) {
    let (manifest, others) = files.split_last().unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest.1).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len(), others.len());
    for (listed, (name, content)) in listed.iter().zip(others) {
        assert_eq!(listed["name"], *name);
        assert_eq!(listed["sha256"], hex::encode(Sha256::digest(content)));
        let text = String::from_utf8_lossy(content);
        assert!(!text.contains(PIN) && !text.contains(ACCOUNT_NUMBER), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_file_is_in_the_manifest_with_its_hash_and_none_has_a_secret() {
    let intake = TestIntake::start("evidence").await;
    let customer = intake.customer_who_may(&MAY).await;
    let order = ported_in(&intake, &customer).await;
    let about = About::OrderId(order.order_id.clone());
    let dispute = customer
        .open(about, &[], DisputeKind::Unauthorized)
        .await
        .unwrap();
    let (files, is_announced) = evidence(&customer, &dispute.request_number).await;
    assert!(is_announced);
    assert_eq!(
        names(&files),
        [
            "request.json",
            "documents.json",
            "consents.json",
            "pin_attempts.json",
            "locks.json",
            "timeline.json",
            "audit.json",
            "dispute.json",
            "manifest.json"
        ]
    );
    check(&files);
    let documents: serde_json::Value = serde_json::from_slice(&files[1].1).unwrap();
    assert_eq!(documents[0]["sha256"].as_str().unwrap().len(), 64);
    let stranger = intake.customer_who_may(&MAY).await;
    let dispute_id = dispute.dispute_id;
    let theirs = ask(&stranger.token, v1::DownloadEvidenceRequest { dispute_id });
    let refused = stranger.disputes().download_evidence(theirs).await;
    assert_eq!(reason(&refused.err().unwrap()), "DISPUTE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_port_out_it_has_what_the_winning_carrier_asked_for() {
    let intake = TestIntake::start("evidenceout").await;
    let customer = intake.customer_who_may(&MAY).await;
    let (_, port_out) = ported_out(&intake, &customer).await;
    // One end user was asked by mail and answered on the page, another was asked by text and texted back.
    sqlx::query(
        "INSERT INTO port_out_consent (consent_id, port_out_id, tns, email, texted_tn, asked_at, expires_at, answers,
                                       answered_at, remote_address, user_agent, text_id)
         VALUES (gen_random_uuid(), $1, $2, 'ann@acme.example', NULL, now(), now(), '{YES}', now(), '192.0.2.7', 'it',
                 NULL),
                (gen_random_uuid(), $1, $3, NULL, $3[1], now(), now(), '{NO}', now(), NULL, NULL, 'SM-17')",
    )
    .bind(port_out.parse::<uuid::Uuid>().unwrap())
    .bind([ONE])
    .bind([TWO])
    .execute(&intake.pool)
    .await
    .unwrap();
    let about = About::PortOutId(port_out);
    let dispute = customer.open(about, &[], DisputeKind::Mistaken).await.unwrap();
    let (files, _) = evidence(&customer, &dispute.dispute_id).await;
    check(&files);
    let request: serde_json::Value = serde_json::from_slice(&files[0].1).unwrap();
    assert_eq!(
        (&request["pon"], &request["winning_spid"]),
        (&"PON-1".into(), &"9999".into())
    );
    assert_eq!(request["numbers"].as_array().unwrap().len(), 2);
    let consents: serde_json::Value = serde_json::from_slice(&files[2].1).unwrap();
    let mut proofs: Vec<_> = consents
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            ["asked_by", "remote_address", "text_id"]
                .map(|field| one[field].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    proofs.sort();
    assert_eq!(proofs, [["EMAIL", "192.0.2.7", ""], ["SMS", "", "SM-17"]]);
}
