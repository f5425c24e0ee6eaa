//! What is refused: requests that are wrong, and callers that an RPC is not for.

use portway_proto::carrier::v1::{GetPortRequest, ListChangesRequest, SubmitPortRequest};
use portway_proto::sim::v1::ListCallsRequest;
use portway_proto::types::v1::Date;
use tonic::Code;
use tonic_types::StatusExt;
use types::AccountId;

use crate::harness::{System, carrier_as, scenario_as};
use crate::words::{TN_A, changes_after, submission};

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_request_is_said_at_once() {
    let system = System::create("sim_invalid").await;
    let replica = system.start().await;
    let mut carrier = system.carrier(&replica);
    let request = SubmitPortRequest {
        pon: "pon 1".to_owned(),
        ver: 100,
        supplement: 0,
        losing_spid: "65".to_owned(),
        requested_date: Some(Date {
            year: 2026,
            month: 2,
            day: 30,
        }),
        ..submission("", 1, &[TN_A, "2128675309"])
    };
    let refused = carrier.submit_port(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let fields: Vec<String> = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|violation| violation.field)
        .collect();
    let expected = [
        "pon",
        "ver",
        "supplement",
        "losing_spid",
        "numbers[1].tn",
        "requested_date",
    ];
    assert_eq!(fields, expected);

    for cursor in ["nonsense", "changes.7"] {
        let request = ListChangesRequest {
            cursor: cursor.to_owned(),
            page_size: 0,
        };
        let refused = carrier.list_changes(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{cursor}");
    }
    let (none, next) = changes_after(&mut carrier, "").await;
    assert_eq!((none.len(), next.as_str()), (0, ""));
    let unknown = carrier
        .get_port(GetPortRequest {
            pon: "PON-9".to_owned(),
        })
        .await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_contract_is_open_to_those_it_is_for() {
    let system = System::create("sim_access").await;
    let replica = system.start().await;
    let customer = system.user_token("operator", AccountId::generate());
    let stranger = system.user_token("stranger", AccountId::PLATFORM);
    let operator = system.user_token("operator", AccountId::PLATFORM);
    let calls = ListCallsRequest::default();
    for token in [customer.as_str(), stranger.as_str(), system.gateway_token()] {
        let refused = scenario_as(&replica, token).list_calls(calls.clone()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    scenario_as(&replica, &operator).list_calls(calls).await.unwrap();
    for token in [customer.as_str(), operator.as_str()] {
        let mut carrier = carrier_as(&replica, token);
        let refused = carrier.submit_port(submission("PON-1", 1, &[TN_A])).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    replica.stop().await;
}
