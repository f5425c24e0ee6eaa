//! Which orders a draft becomes, and that each is one.

use futures::future::join_all;
use jiff::civil::date;
use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{
    DocumentKind, NumberState, OrderSplit, OrderState, OrderSubmitted, PartKind,
};
use tonic::Code;

use crate::customer::{ACCOUNT_NUMBER, Customer, PIN, key, number, pdf};
use crate::harness::{TestIntake, ask, refusal};
use crate::platform::{
    OTHER_TOLL_FREE, TOLL_FREE, children, draft_of, elsewhere, preview, ready, tn, toll_free,
};

/// Fifty numbers of three carriers, and two toll-free ones of two RespOrgs.
fn fifty_two() -> Vec<v1::NumberDraft> {
    let mut numbers: Vec<_> = (0..20).map(|n| number(&tn(n))).collect();
    numbers.extend((20..35).map(|n| elsewhere(n, "sim-wireline", "WL-1")));
    numbers.extend((35..50).map(|n| elsewhere(n, "sim-cable", "CB-1")));
    numbers.push(toll_free(TOLL_FREE, "ATX01"));
    numbers.push(toll_free(OTHER_TOLL_FREE, "BXA02"));
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_three_carriers_and_two_resp_orgs_make_five_orders() {
    let intake = TestIntake::start("five").await;
    let customer = intake.customer().await;
    let draft = ready(&customer, fifty_two()).await;
    let parts = preview(&intake, &customer, &draft).await;
    let shown: Vec<_> = parts
        .iter()
        .map(|part| (part.kind(), part.losing_carrier.as_str(), part.tns.len()))
        .collect();
    assert_eq!(
        shown,
        [
            (PartKind::Local, "sim-wireless", 20),
            (PartKind::Local, "sim-wireline", 15),
            (PartKind::Local, "sim-cable", 15),
            (PartKind::TollFree, "sim-wireless", 1),
            (PartKind::TollFree, "sim-wireless", 1),
        ]
    );
    assert_eq!(parts[0].differs_by, Vec::<String>::new());
    assert_eq!(parts[1].differs_by, ["losing_carrier", "account_number", "btn"]);
    assert!(parts[3].differs_by.contains(&"resp_org".to_owned()) && !parts[3].why.is_empty());
    assert_eq!(parts[1].masked_account_number, "••••");

    // Toll-free numbers need a letter, each its own; the others' orders are not kept back by it.
    let refused = customer.submit(&draft).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let lacking: Vec<_> = customer
        .requirements(&draft)
        .await
        .requirements
        .into_iter()
        .filter(|requirement| !requirement.warning)
        .map(|requirement| (requirement.code, requirement.tn))
        .collect();
    let missing = |tn: &str| ("LOA_MISSING".to_owned(), tn.to_owned());
    assert_eq!(lacking, [missing(TOLL_FREE), missing(OTHER_TOLL_FREE)]);
    let letter = pdf(&["800-555-2368", "888-555-2369"]);
    customer
        .upload(&draft, DocumentKind::Loa, date(2026, 11, 20), &letter)
        .await
        .unwrap();

    let parent = customer.submit(&draft).await.unwrap();
    check_children(&intake, &customer, &parent, &parts).await;
}

/// The parent and each child know each other, and each child has its part's numbers, and its own secrets.
async fn check_children(
    intake: &TestIntake,
    customer: &Customer,
    parent: &v1::Order,
    parts: &[v1::SplitPart],
) {
    assert_eq!(
        (parent.state(), parent.number_count, parent.ver),
        (OrderState::Submitted, 52, 1)
    );
    assert_eq!(intake.live_tns().await, 52);
    assert_eq!(intake.event_names(parent).await, ["OrderSplit"]);
    let split: Vec<OrderSplit> = intake.events(parent).await;
    assert_eq!(split[0].children.len(), 5);
    let children = children(customer, parent).await;
    for (child, part) in children.iter().zip(parts) {
        let tns: Vec<_> = child.numbers.iter().map(|number| number.tn.clone()).collect();
        assert_eq!(tns, part.tns);
        assert_eq!(child.state(), OrderState::Submitted);
        assert_eq!(
            (&child.parent_order_id, &child.parent_request_number),
            (&parent.order_id, &parent.request_number)
        );
        let submitted: Vec<OrderSubmitted> = intake.events(child).await;
        assert_eq!(
            submitted[0].order.as_ref().unwrap().parent_order_id,
            parent.order_id
        );
    }
    let held = parent.numbers.iter().find(|number| number.tn == tn(20)).unwrap();
    assert_eq!(
        (held.state(), &held.child_order_id),
        (NumberState::InOrder, &children[1].order_id)
    );
    // Each child carries its own account, sealed anew in its own place.
    for (child, account_number, btn) in [
        (&children[0], ACCOUNT_NUMBER, "+12018670100"),
        (&children[1], "WL-1", "+12018679000"),
        (&children[3], ACCOUNT_NUMBER, ""),
    ] {
        let request = v1::GetSubmissionRequest {
            order_id: child.order_id.clone(),
            ver: 1,
        };
        let package = GatewayCallsServiceClient::new(intake.channel())
            .get_submission(ask(&intake.gateway_token, request))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (package.account_number.as_str(), package.btn.as_str()),
            (account_number, btn)
        );
        assert!(package.numbers.iter().all(|number| number.pin == PIN));
    }
    let request = v1::GetSubmissionRequest {
        order_id: parent.order_id.clone(),
        ver: 1,
    };
    let nothing = GatewayCallsServiceClient::new(intake.channel())
        .get_submission(ask(&intake.gateway_token, request))
        .await
        .unwrap_err();
    assert_eq!(refusal(&nothing).0, "VERSION_SUPERSEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_its_own_divides_and_lacks_what_only_the_order_says() {
    let intake = TestIntake::start("accounts_apart").await;
    let customer = intake.customer().await;
    let own = |n, account_number: &str| v1::NumberDraft {
        overrides: Some(v1::NumberOverrides {
            account_number: account_number.to_owned(),
            ..v1::NumberOverrides::default()
        }),
        ..number(&tn(n))
    };
    let carrier_alone = v1::NumberDraft {
        overrides: Some(v1::NumberOverrides {
            losing_carrier: "sim-cable".to_owned(),
            ..v1::NumberOverrides::default()
        }),
        ..number(&tn(4))
    };
    // The order's own account number, said again, is the same account.
    let numbers = vec![
        number(&tn(1)),
        own(2, ACCOUNT_NUMBER),
        own(3, "OTHER-77"),
        carrier_alone,
    ];
    let draft = ready(&customer, numbers).await;
    let parts = preview(&intake, &customer, &draft).await;
    let tns: Vec<_> = parts.iter().map(|part| part.tns.clone()).collect();
    assert_eq!(tns, [vec![tn(1), tn(2)], vec![tn(3)], vec![tn(4)]]);
    let mut lacking: Vec<_> = customer
        .requirements(&draft)
        .await
        .requirements
        .into_iter()
        .map(|requirement| (requirement.field, requirement.tn))
        .collect();
    lacking.sort();
    assert_eq!(
        lacking,
        [
            ("details.account_number".to_owned(), tn(4)),
            ("details.btn".to_owned(), tn(4))
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_all_differ_alike_stay_one_order() {
    let intake = TestIntake::start("alike").await;
    let customer = intake.customer().await;
    let numbers = vec![
        elsewhere(1, "sim-cable", "CB-1"),
        elsewhere(2, "sim-cable", "CB-1"),
    ];
    let order = customer.submit(&ready(&customer, numbers).await).await.unwrap();
    assert!(order.child_counts.is_empty());
    let details = order.details.unwrap();
    assert_eq!(
        (details.losing_carrier.as_str(), details.btn),
        ("sim-cable", tn(9_000))
    );
    assert!(order.numbers.iter().all(|number| number.overrides.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_two_hundred_parts_are_refused() {
    let intake = TestIntake::start("many_parts").await;
    let customer = intake.customer().await;
    let numbers = (0..201)
        .map(|n| elsewhere(n, "sim-cable", &format!("CB-{n}")))
        .collect();
    let draft = ready(&customer, numbers).await;
    let refused = customer.submit(&draft).await.unwrap_err();
    assert_eq!(refusal(&refused).1[0].1, "TOO_MANY_PARTS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_in_one_live_order_though_many_divide_at_once() {
    let intake = TestIntake::start("divide_race").await;
    let mut drafts = Vec::new();
    for turn in 0..6 {
        let customer = intake.customer().await;
        // The same numbers, in other parts and in another order each time.
        let mut numbers: Vec<_> = (0..12)
            .map(|n| match (n + turn) % 3 {
                0 => number(&tn(n)),
                1 => elsewhere(n, "sim-wireline", "WL-1"),
                _ => elsewhere(n, "sim-cable", "CB-1"),
            })
            .collect();
        numbers.rotate_left(turn * 2);
        let draft = ready(&customer, numbers).await;
        drafts.push((customer, draft));
    }
    let key = key();
    let submits = drafts
        .iter()
        .map(|(customer, draft)| customer.submit_as(&key, draft));
    let replies = join_all(submits).await;
    let won = replies.iter().filter(|reply| reply.is_ok()).count();
    assert_eq!(won, 1);
    for refused in replies.iter().filter_map(|reply| reply.as_ref().err()) {
        assert_eq!(refusal(refused).0, "TN_IN_FLIGHT");
    }
    assert_eq!(intake.live_tns().await, 12);
    let twice: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT tn FROM port_number WHERE state = 'IN_ORDER' GROUP BY tn HAVING count(*) > 1) AS twice",
    )
    .fetch_one(&intake.pool)
    .await
    .unwrap();
    assert_eq!(twice, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mixed_draft_that_is_not_ready_makes_nothing() {
    let intake = TestIntake::start("mixed_unready").await;
    let customer = intake.customer().await;
    let draft = draft_of(&customer, vec![number(&tn(1)), elsewhere(2, "sim-cable", "CB-1")]).await;
    let refused = customer.submit(&draft).await.unwrap_err();
    let (reason, faults) = refusal(&refused);
    assert_eq!(reason, "REQUIREMENTS_NOT_MET");
    assert_eq!(
        faults,
        [("documents".to_owned(), "BILL_OR_CSR_MISSING".to_owned())]
    );
    assert_eq!(customer.get(&draft).await, draft);
    // A bill of another account is not missed without a word about it.
    customer
        .upload(
            &draft,
            DocumentKind::Bill,
            date(2026, 11, 1),
            &pdf(&["Lines", &tn(9)]),
        )
        .await
        .unwrap();
    let refused = customer.submit(&draft).await.unwrap_err();
    assert_eq!(
        refused.message(),
        "documents: a bill or a customer service record is missing; what was uploaded names other numbers \
         (BILL_OR_CSR_MISSING)"
    );
}
