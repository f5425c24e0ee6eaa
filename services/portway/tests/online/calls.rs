//! Any RPC by its name, and changes that are only tried.

use crate::stub::Stub;
use crate::{file, portway};

#[tokio::test]
async fn any_rpc_is_called_by_its_name_with_its_request_as_json() {
    let stub = Stub::start().await;
    let request = r#"{"page_size": 2, "filter": {"states": ["ORDER_STATE_PORTED"]}}"#;
    let ran = portway(&stub, &["call", "PortInService.ListOrders", request]).await;
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let orders = ran.json()["orders"].clone();
    assert_eq!(
        (orders.as_array().unwrap().len(), orders[1]["state"].as_str()),
        (2, Some("ORDER_STATE_PORTED"))
    );
    let submit = [
        "call",
        "/portway.intake.v1.PortInService/SubmitOrder",
        r#"{"order_id": "PI_100001"}"#,
        "--idempotency-key",
        "k-9",
    ];
    assert_eq!(portway(&stub, &submit).await.exit, 0);
    assert_eq!(stub.changes(), [("k-9".to_owned(), "submit".to_owned())]);
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_said_before_it_is_made() {
    let stub = Stub::start().await;
    for (arguments, told) in [
        (
            ["PortInService.Nothing", "{}"],
            "users can call no RPC PortInService.Nothing",
        ),
        (
            ["GatewayCallsService.GetSubmission", "{}"],
            "users can call no RPC",
        ),
        (["PortInService.SubmitOrder", "{"], "the request is not JSON"),
        (
            ["PortInService.SubmitOrder", r#"{"order": "PI_1"}"#],
            "the request is no SubmitOrderRequest",
        ),
    ] {
        let ran = portway(&stub, &["call", arguments[0], arguments[1]]).await;
        assert_eq!(ran.exit, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    assert_eq!(stub.changes(), []);
}

#[tokio::test]
async fn rpcs_are_listed_and_shown_without_a_service() {
    let stub = Stub::start().await;
    let listed = portway(&stub, &["call", "--list", "PortOutList"]).await;
    assert!(
        listed.stdout.contains("PortOutListService.CountPortOuts"),
        "{}",
        listed.stdout
    );
    assert!(!listed.stdout.contains("PortInService"), "{}", listed.stdout);
    let shown = portway(&stub, &["call", "PortOutListService.CountPortOuts", "--show"]).await;
    assert!(shown.stdout.contains("winning_spid: text"), "{}", shown.stdout);
}

#[tokio::test]
async fn a_change_can_be_tried() {
    let stub = Stub::start().await;
    for arguments in [
        &["port-in", "submit", "PI_100001", "--dry-run"][..],
        &[
            "call",
            "PortInService.SubmitOrder",
            r#"{"order_id": "PI_1"}"#,
            "--dry-run",
        ],
    ] {
        let ran = portway(&stub, arguments).await;
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
    }
    let tried: Vec<String> = stub.changes().into_iter().map(|(_, what)| what).collect();
    assert_eq!(tried, ["try submit", "try submit"]);
}

#[tokio::test]
async fn numbers_and_documents_are_tried_file_by_file() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let good = file(folder.path(), "good.csv", b"Phone Number\n2018670123\n");
    let bad = file(folder.path(), "bad.csv", b"Phone Number\nbad\n");
    let pdf = file(folder.path(), "loa.pdf", b"%PDF");
    let tried = [
        "port-in",
        "add",
        "PI_100001",
        "--dry-run",
        "--idempotency-key",
        "k-1",
    ];
    let loa = ["--loa", &pdf, "--loa-signed", "2026-11-20"];
    let ran = portway(&stub, &[&tried[..], &["--numbers", &good], &loa].concat()).await;
    assert_eq!((ran.exit, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("nothing was changed").count(),
        1,
        "{}",
        ran.stderr
    );
    let ran = portway(&stub, &[&tried[..], &["--numbers", &bad]].concat()).await;
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("line 2, Phone Number"), "{}", ran.stderr);
    let expected = [
        ("k-1.numbers", "try import 24 bytes, good lines: false"),
        ("k-1.loa", "try upload LOA loa.pdf of 2026-11-20, 4 bytes"),
        ("k-1.numbers", "try import 17 bytes, good lines: false"),
    ];
    assert_eq!(
        stub.changes(),
        expected.map(|(key, what)| (key.to_owned(), what.to_owned()))
    );
}
