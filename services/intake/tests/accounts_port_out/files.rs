//! Port-outs as a file.

use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_list_service_client::PortOutListServiceClient;
use portway_proto::intake::v1::{ExportPortOutsRequest, PortOutFilter};
use types::AccountId;

use crate::calls::{ask, refusal, request_for};
use crate::harness::{TestIntake, User};

async fn export(intake: &TestIntake, user: &User, request: ExportPortOutsRequest) -> Vec<Vec<u8>> {
    let mut stream = PortOutListServiceClient::new(intake.channel())
        .export_port_outs(ask(&user.token, request))
        .await
        .unwrap()
        .into_inner();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await.unwrap() {
        pieces.push(piece.csv);
    }
    pieces
}

fn rows(pieces: &[Vec<u8>]) -> Vec<csv::StringRecord> {
    let whole = pieces.concat();
    let mut reader = csv::Reader::from_reader(whole.as_slice());
    assert_eq!(&reader.headers().unwrap()[0], "Request Number");
    reader.records().map(Result::unwrap).collect()
}

/// Cancelled port-outs of an account, written past the front door: more than the service reads at once.
async fn many(intake: &TestIntake, account: AccountId, count: i32) {
    sqlx::query(
        "WITH request AS (
             INSERT INTO carrier_request (winning_spid, pon, ver, winning_name, wireless, simple, end_user_name,
                                          postal_code, received_at, verdict)
             SELECT '9999', 'MANY-' || i, 1, 'Winner', false, true, '', '', now(), 'ALLOWED'
               FROM generate_series(1, $2) AS i RETURNING pon)
         INSERT INTO port_out (port_out_id, request_number, account_id, winning_spid, pon, ver, state, silence,
                               ended_at, policy_version, policy_outcome, policy_due_at, received_at, number_count,
                               winning_name_key, end_user_key, postal_code_key)
         SELECT gen_random_uuid(), 900000 + i, $1, '9999', 'MANY-' || i, 1, 'CANCELLED', 'AUTHORIZED', now(), 0, 'HOLD',
                now(), now(), 0, 'WINNER', '', ''
           FROM generate_series(1, $2) AS i WHERE (SELECT count(*) FROM request) = $2",
    )
    .bind(account.as_uuid())
    .bind(count)
    .execute(&intake.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_file_has_every_port_out_of_its_filter_once_in_whole_lines() {
    let intake = TestIntake::start("port_out_files").await;
    let (user, stranger) = (intake.given_account().await, intake.given_account().await);
    many(&intake, user.account, 1_203).await;
    intake
        .given_number(stranger.account, "+14158670009", "IN_SERVICE")
        .await;
    intake.receive(request_for("PON-9", &["+14158670009"])).await;
    let pieces = export(&intake, &user, ExportPortOutsRequest::default()).await;
    assert!(pieces.len() > 3, "a file is sent in pieces");
    assert!(pieces.iter().all(|piece| piece.ends_with(b"\r\n")));
    let exported: Vec<String> = rows(&pieces).iter().map(|row| row[0].to_owned()).collect();
    let newest_first: Vec<String> = (1..=1_203).rev().map(|i| format!("PO_{}", 900_000 + i)).collect();
    assert_eq!(exported, newest_first);
    let none = ExportPortOutsRequest {
        filter: Some(PortOutFilter {
            completion: v1::Completion::Incomplete.into(),
            ..PortOutFilter::default()
        }),
        ..ExportPortOutsRequest::default()
    };
    assert!(rows(&export(&intake, &user, none).await).is_empty());
}

#[tokio::test]
async fn a_file_says_what_the_winning_carrier_asked_for_and_runs_no_formula() {
    let intake = TestIntake::start("port_out_cells").await;
    let user = intake.given_account().await;
    for tn in ["+14158670001", "+14158670002"] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    let request = v1::ReceivePortOutRequest {
        winning_name: "=HYPERLINK(\"http://evil.example\")".to_owned(),
        account_number: "00-1234".to_owned(),
        pin: "771177".to_owned(),
        ..request_for("PON-1", &["+14158670001", "+14158670002"])
    };
    intake.receive(request).await;
    let pieces = export(&intake, &user, ExportPortOutsRequest::default()).await;
    let row = &rows(&pieces)[0];
    let told: Vec<&str> = [3, 4, 5, 6, 8, 9, 11, 12, 13].map(|column| &row[column]).to_vec();
    assert_eq!(
        told,
        [
            "PENDING",
            "'=HYPERLINK(\"http://evil.example\")",
            "9999",
            "PON-1",
            "2",
            "'+14158670001 +14158670002",
            "Ann Lee",
            "07030-1111",
            "2026-11-25T05:00:00Z"
        ]
    );
    for secret in ["771177", "00-1234"] {
        assert!(!String::from_utf8(pieces.concat()).unwrap().contains(secret));
    }
}

#[tokio::test]
async fn a_wrong_filter_of_a_file_is_refused_before_anything_is_sent() {
    let intake = TestIntake::start("port_out_wrongfile").await;
    let user = intake.given_account().await;
    let request = ExportPortOutsRequest {
        filter: Some(PortOutFilter {
            phone_number: "911".to_owned(),
            ..PortOutFilter::default()
        }),
        sort: 99,
        ..ExportPortOutsRequest::default()
    };
    let refused = PortOutListServiceClient::new(intake.channel())
        .export_port_outs(ask(&user.token, request))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["filter.phone_number", "sort"]);
}
