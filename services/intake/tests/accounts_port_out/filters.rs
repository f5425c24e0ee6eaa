//! Lists of port-outs by each filter and each sort, their counts, and whose they are.

use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_list_service_client::PortOutListServiceClient;
use portway_proto::intake::v1::{PortOutFilter, PortOutSort, PortOutState, TimeRange};
use types::AccountId;

use crate::calls::{START, ask, refusal, request_for};
use crate::harness::{TestIntake, User};

const ONE: &str = "+14158670001";
const TWO: [&str; 2] = ["+14158670002", "+14158670003"];
const THREE: &str = "+14158670004";

#[expect(clippy::unnecessary_wraps, reason = "the fields of messages may be unset")]
fn instant(text: &str) -> Option<prost_types::Timestamp> {
    Some(service::stamp::to_proto(text.parse().unwrap()))
}

#[expect(clippy::unnecessary_wraps, reason = "the fields of messages may be unset")]
fn later(minutes: i64) -> Option<prost_types::Timestamp> {
    let start: Timestamp = START.parse().unwrap();
    let at = start
        .checked_add(jiff::SignedDuration::from_mins(minutes))
        .unwrap();
    Some(service::stamp::to_proto(at))
}

/// PON-1 of one number, rejected by the account and upheld; PON-2 of two, accepted; PON-3, pending, without a FOC.
async fn given_three(intake: &TestIntake) -> User {
    let user = intake.given_account().await;
    for tn in [ONE, TWO[0], TWO[1], THREE] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    intake.given_nothing_on_file().await;
    let first = intake.receive_one(request_for("PON-1", &[ONE])).await;
    let second = v1::ReceivePortOutRequest {
        winning_spid: "WINR".to_owned(),
        winning_name: "Winner-Wireless, Inc.".to_owned(),
        end_user_name: "O'Neil & Sons".to_owned(),
        postal_code: "07030".to_owned(),
        requested_foc_at: instant("2026-11-27T05:00:00Z"),
        received_at: later(1),
        ..request_for("PON-2", &TWO)
    };
    let second = intake.receive_one(second).await;
    let third = v1::ReceivePortOutRequest {
        winning_spid: "0123".to_owned(),
        winning_name: "Third".to_owned(),
        requested_foc_at: None,
        received_at: later(2),
        ..request_for("PON-3", &[THREE])
    };
    intake.receive_one(third).await;
    intake.reject(&user, &first, "ZIP").await.unwrap();
    intake.review(user.account, &first, true).await.unwrap();
    intake.accept(&user, &second).await.unwrap();
    user
}

async fn list(
    intake: &TestIntake,
    user: &User,
    request: v1::ListPortOutsRequest,
) -> v1::ListPortOutsResponse {
    let listed = intake.port_outs().list_port_outs(ask(&user.token, request)).await;
    listed.unwrap().into_inner()
}

async fn found(intake: &TestIntake, user: &User, filter: PortOutFilter) -> Vec<String> {
    let request = v1::ListPortOutsRequest {
        filter: Some(filter),
        ascending: true,
        ..v1::ListPortOutsRequest::default()
    };
    let listed = list(intake, user, request).await;
    listed.port_outs.into_iter().map(|case| case.pon).collect()
}

async fn counted(intake: &TestIntake, user: &User, filter: PortOutFilter) -> v1::CountPortOutsResponse {
    let request = v1::CountPortOutsRequest { filter: Some(filter) };
    PortOutListServiceClient::new(intake.channel())
        .count_port_outs(ask(&user.token, request))
        .await
        .unwrap()
        .into_inner()
}

/// Each filter, what it is, and the orders that it finds.
#[expect(clippy::too_many_lines, reason = "a table")]
fn filters() -> Vec<(&'static str, PortOutFilter, &'static [&'static str])> {
    let by = |what, narrow: fn(&mut PortOutFilter), expected: &'static [&'static str]| {
        let mut filter = PortOutFilter::default();
        narrow(&mut filter);
        (what, filter, expected)
    };
    vec![
        by("nothing", |_| {}, &["PON-1", "PON-2", "PON-3"]),
        by(
            "complete",
            |filter| filter.completion = v1::Completion::Complete.into(),
            &["PON-1"],
        ),
        by(
            "incomplete",
            |filter| filter.completion = v1::Completion::Incomplete.into(),
            &["PON-2", "PON-3"],
        ),
        by(
            "a state",
            |filter| filter.states = vec![PortOutState::Authorized.into()],
            &["PON-2"],
        ),
        by(
            "incomplete ones of several states",
            |filter| {
                filter.states = [
                    PortOutState::Pending,
                    PortOutState::Rejected,
                    PortOutState::PortedOut,
                ]
                .map(Into::into)
                .to_vec();
                filter.completion = v1::Completion::Incomplete.into();
            },
            &["PON-3"],
        ),
        by(
            "a number",
            |filter| "(415) 867-0003".clone_into(&mut filter.phone_number),
            &["PON-2"],
        ),
        by(
            "a SPID",
            |filter| "0123".clone_into(&mut filter.winning_spid),
            &["PON-3"],
        ),
        by(
            "a winning carrier",
            |filter| "winner wireless INC".clone_into(&mut filter.winning_name),
            &["PON-2"],
        ),
        by("a PON", |filter| "PON-3".clone_into(&mut filter.pon), &["PON-3"]),
        by(
            "an end user",
            |filter| "ONeil Sons".clone_into(&mut filter.end_user_name),
            &["PON-2"],
        ),
        by(
            "a postal code",
            |filter| "07030".clone_into(&mut filter.postal_code),
            &["PON-1", "PON-2", "PON-3"],
        ),
        by(
            "another postal code",
            |filter| "07031".clone_into(&mut filter.postal_code),
            &[],
        ),
        by(
            "who decided",
            |filter| "user:owner".clone_into(&mut filter.decided_by),
            &["PON-2"],
        ),
        by(
            "what decided",
            |filter| "silence".clone_into(&mut filter.decided_by),
            &[],
        ),
        by(
            "a reason",
            |filter| "ZIP".clone_into(&mut filter.rejection_reason),
            &["PON-1"],
        ),
        by(
            "an answer",
            |filter| filter.answer_state = v1::AnswerState::Requested.into(),
            &["PON-1", "PON-2"],
        ),
        by(
            "when it came",
            |filter| {
                filter.received = Some(TimeRange {
                    from: later(1),
                    before: later(2),
                });
            },
            &["PON-2"],
        ),
        by(
            "the cut-over",
            |filter| {
                filter.foc = Some(TimeRange {
                    from: None,
                    before: instant("2026-11-26T05:00:00Z"),
                });
            },
            &["PON-1"],
        ),
        by(
            "when the answer is due",
            |filter| {
                filter.answer_due = Some(TimeRange {
                    from: later(0),
                    before: None,
                });
            },
            &["PON-3"],
        ),
        by(
            "when it ended",
            |filter| {
                filter.ended = Some(TimeRange {
                    from: later(0),
                    before: None,
                });
            },
            &["PON-1"],
        ),
        by("two numbers or more", |filter| filter.numbers_min = 2, &["PON-2"]),
        by("one number", |filter| filter.numbers_max = 1, &["PON-1", "PON-3"]),
    ]
}

#[tokio::test]
async fn each_filter_finds_its_own_and_counts_them() {
    let intake = TestIntake::start("port_out_filters").await;
    let user = given_three(&intake).await;
    for (what, filter, expected) in filters() {
        assert_eq!(found(&intake, &user, filter.clone()).await, expected, "{what}");
        let counts = counted(&intake, &user, filter).await;
        let expected = i32::try_from(expected.len()).unwrap();
        assert_eq!(
            counts.found,
            Some(v1::PortOutCount {
                count: expected,
                more: false
            }),
            "{what}"
        );
    }
    let all = list(&intake, &user, v1::ListPortOutsRequest::default()).await;
    let number = PortOutFilter {
        request_number: all.port_outs[2].request_number.clone(),
        ..PortOutFilter::default()
    };
    assert_eq!(found(&intake, &user, number).await, ["PON-1"]);
    let counts = counted(&intake, &user, PortOutFilter::default()).await;
    let states: Vec<_> = counts
        .states
        .iter()
        .map(|count| (count.state(), count.port_outs.unwrap().count))
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(
        states,
        [
            (PortOutState::Pending, 1),
            (PortOutState::Authorized, 1),
            (PortOutState::Rejected, 1)
        ]
    );
    assert_eq!(counts.states.len(), 6);
}

#[tokio::test]
async fn every_sort_has_every_port_out_once_whatever_the_size_of_pages() {
    let intake = TestIntake::start("port_out_sorts").await;
    let user = given_three(&intake).await;
    for (sort, ascending, expected) in [
        (PortOutSort::Unspecified, false, ["PON-3", "PON-2", "PON-1"]),
        (PortOutSort::RequestNumber, true, ["PON-1", "PON-2", "PON-3"]),
        (PortOutSort::Received, false, ["PON-3", "PON-2", "PON-1"]),
        (PortOutSort::Foc, true, ["PON-1", "PON-2", "PON-3"]),
        (PortOutSort::Foc, false, ["PON-2", "PON-1", "PON-3"]),
        (PortOutSort::AnswerDue, true, ["PON-3", "PON-1", "PON-2"]),
        (PortOutSort::Ended, false, ["PON-1", "PON-3", "PON-2"]),
        (PortOutSort::Numbers, false, ["PON-2", "PON-3", "PON-1"]),
    ] {
        for page_size in [1, 2, 3] {
            let mut request = v1::ListPortOutsRequest {
                page_size,
                sort: sort.into(),
                ascending,
                ..v1::ListPortOutsRequest::default()
            };
            let mut pons = Vec::new();
            for _ in 0..3 {
                let page = list(&intake, &user, request.clone()).await;
                pons.extend(page.port_outs.into_iter().map(|case| case.pon));
                request.page_token = page.next_page_token;
                if request.page_token.is_empty() {
                    break;
                }
            }
            assert_eq!(pons, expected, "{sort:?} {ascending} by {page_size}");
        }
    }
}

#[tokio::test]
async fn the_platform_sees_every_account_and_an_account_its_own() {
    let intake = TestIntake::start("port_out_scope").await;
    let user = given_three(&intake).await;
    let stranger = intake.given_account().await;
    let operator = intake.operator().await;
    intake
        .given_number(stranger.account, "+14158670009", "IN_SERVICE")
        .await;
    intake.receive(request_for("PON-9", &["+14158670009"])).await;
    let of = |account: AccountId| PortOutFilter {
        account_id: account.to_string(),
        ..PortOutFilter::default()
    };
    let all = ["PON-1", "PON-2", "PON-3", "PON-9"];
    assert_eq!(found(&intake, &operator, PortOutFilter::default()).await, all);
    assert_eq!(found(&intake, &operator, of(user.account)).await, all[..3]);
    assert_eq!(
        found(&intake, &stranger, PortOutFilter::default()).await,
        all[3..]
    );
    assert_eq!(found(&intake, &stranger, of(user.account)).await, [""; 0]);
    let pending = |counts: &v1::CountPortOutsResponse| counts.states[0].port_outs.unwrap().count;
    let everybody = counted(&intake, &operator, PortOutFilter::default()).await;
    assert_eq!(pending(&everybody), 2);
    assert_eq!(pending(&counted(&intake, &operator, of(user.account)).await), 1);
    assert_eq!(pending(&counted(&intake, &stranger, of(user.account)).await), 0);
    let theirs = list(&intake, &user, v1::ListPortOutsRequest::default()).await;
    let id = &theirs.port_outs[0].port_out_id;
    assert_eq!(intake.port_out(&operator, id).await.pon, "PON-3");
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_filter_is_named() {
    let intake = TestIntake::start("bad_filters").await;
    let user = intake.given_account().await;
    let filter = PortOutFilter {
        completion: v1::Completion::Complete.into(),
        states: vec![PortOutState::Pending.into(), 77],
        request_number: "PI_100001".to_owned(),
        phone_number: "12".to_owned(),
        winning_spid: "!".to_owned(),
        winning_name: "x".repeat(257),
        rejection_reason: "BALANCE_DUE".to_owned(),
        answer_state: 9,
        numbers_min: -1,
        account_id: "me".to_owned(),
        ..PortOutFilter::default()
    };
    let request = v1::ListPortOutsRequest {
        filter: Some(filter),
        sort: 99,
        completion: v1::Completion::Complete.into(),
        phone_number: "13".to_owned(),
        ..v1::ListPortOutsRequest::default()
    };
    let refused = intake
        .port_outs()
        .list_port_outs(ask(&user.token, request))
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        [
            "completion",
            "phone_number",
            "filter.account_id",
            "filter.states[1]",
            "filter.states",
            "filter.request_number",
            "filter.phone_number",
            "filter.winning_spid",
            "filter.winning_name",
            "filter.rejection_reason",
            "filter.answer_state",
            "filter.numbers_min",
            "sort",
        ]
    );
}
