//! Lists: of port-outs, newest first, and of numbers.

use portway_proto::intake::v1;
use tonic::Code;

use crate::calls::{ask, refusal, request_for};
use crate::harness::{TestIntake, User};

fn tn(line: usize) -> String {
    format!("+1415867{line:04}")
}

async fn list(
    intake: &TestIntake,
    user: &User,
    request: v1::ListPortOutsRequest,
) -> v1::ListPortOutsResponse {
    intake
        .port_outs()
        .list_port_outs(ask(&user.token, request))
        .await
        .unwrap()
        .into_inner()
}

fn pons(listed: &v1::ListPortOutsResponse) -> Vec<&str> {
    listed.port_outs.iter().map(|case| case.pon.as_str()).collect()
}

#[tokio::test]
async fn port_outs_are_listed_newest_first_by_page_state_and_number() {
    let intake = TestIntake::start("list_port_outs").await;
    let user = intake.given_account().await;
    for line in 0..5 {
        intake.given_number(user.account, &tn(line), "IN_SERVICE").await;
        intake.given_nothing_on_file().await;
        intake
            .receive(request_for(&format!("PON-{line}"), &[&tn(line)]))
            .await;
    }
    let all = list(&intake, &user, v1::ListPortOutsRequest::default()).await;
    assert_eq!(
        (pons(&all), all.next_page_token.as_str()),
        (vec!["PON-4", "PON-3", "PON-2", "PON-1", "PON-0"], "")
    );
    let mut request = v1::ListPortOutsRequest {
        page_size: 2,
        ..v1::ListPortOutsRequest::default()
    };
    let mut paged = Vec::new();
    for _ in 0..3 {
        let page = list(&intake, &user, request.clone()).await;
        assert!(page.port_outs.len() <= 2);
        paged.extend(page.port_outs);
        request.page_token = page.next_page_token;
    }
    assert_eq!((paged, request.page_token.as_str()), (all.port_outs.clone(), ""));

    intake
        .reject(&user, &all.port_outs[4].port_out_id, "ZIP")
        .await
        .unwrap();
    intake
        .review(user.account, &all.port_outs[4].port_out_id, true)
        .await
        .unwrap();
    let of = async |completion: v1::Completion| {
        let request = v1::ListPortOutsRequest {
            completion: completion.into(),
            ..v1::ListPortOutsRequest::default()
        };
        list(&intake, &user, request).await
    };
    assert_eq!(pons(&of(v1::Completion::Complete).await), ["PON-0"]);
    assert_eq!(
        pons(&of(v1::Completion::Incomplete).await),
        ["PON-4", "PON-3", "PON-2", "PON-1"]
    );
    for phone_number in ["(415) 867-0002", "+14158670002"] {
        let request = v1::ListPortOutsRequest {
            phone_number: phone_number.to_owned(),
            ..v1::ListPortOutsRequest::default()
        };
        assert_eq!(pons(&list(&intake, &user, request).await), ["PON-2"]);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_list_is_named() {
    let intake = TestIntake::start("bad_lists").await;
    let user = intake.given_account().await;
    let request = v1::ListPortOutsRequest {
        page_size: 501,
        page_token: "nonsense".to_owned(),
        completion: 9,
        phone_number: "12".to_owned(),
        ..v1::ListPortOutsRequest::default()
    };
    let refused = intake
        .port_outs()
        .list_port_outs(ask(&user.token, request))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        refusal(&refused).1,
        ["completion", "phone_number", "page_size", "page_token"]
    );
    let get = v1::GetPortOutRequest {
        port_out_id: "PI_100001".to_owned(),
    };
    let refused = intake
        .port_outs()
        .get_port_out(ask(&user.token, get))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["port_out_id"]);
    let request = v1::ListNumbersRequest {
        page_size: -1,
        page_token: "x".to_owned(),
        state: 7,
        ..v1::ListNumbersRequest::default()
    };
    let refused = intake
        .numbers()
        .list_numbers(ask(&user.token, request))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, ["state", "page_size", "page_token"]);
}

#[tokio::test]
async fn numbers_are_listed_by_number_and_state() {
    let intake = TestIntake::start("list_numbers").await;
    let (user, stranger) = (intake.given_account().await, intake.given_account().await);
    for line in 0..5 {
        let state = if line == 3 { "INCOMING" } else { "IN_SERVICE" };
        intake.given_number(user.account, &tn(line), state).await;
    }
    intake.given_number(stranger.account, &tn(9), "IN_SERVICE").await;
    let mut request = v1::ListNumbersRequest {
        page_size: 2,
        ..v1::ListNumbersRequest::default()
    };
    let mut tns = Vec::new();
    for _ in 0..3 {
        let page = intake
            .numbers()
            .list_numbers(ask(&user.token, request.clone()))
            .await
            .unwrap()
            .into_inner();
        tns.extend(page.numbers.into_iter().map(|number| number.tn));
        request.page_token = page.next_page_token;
    }
    assert_eq!(
        (tns, request.page_token.as_str()),
        ((0..5).map(tn).collect::<Vec<_>>(), "")
    );
    let incoming = v1::ListNumbersRequest {
        state: v1::InventoryState::Incoming.into(),
        ..v1::ListNumbersRequest::default()
    };
    let found = intake
        .numbers()
        .list_numbers(ask(&user.token, incoming))
        .await
        .unwrap()
        .into_inner()
        .numbers;
    assert_eq!(
        (found.len(), found[0].tn.clone(), found[0].state()),
        (1, tn(3), v1::InventoryState::Incoming)
    );
}
