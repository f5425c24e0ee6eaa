//! The inventory: found by what numbers are for, and set up there.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::{InventoryState, NumberConfig, NumberDraft};
use tonic::Status;

use crate::customer::{Customer, key, number};
use crate::harness::{TestIntake, answered, ask, change, reason, refusal};
use crate::platform::{get_number, numbers, ready, tn};

const ALL: [&str; 4] = ["port_in.view", "port_in.modify", "numbers.view", "numbers.modify"];

fn with(tn: &str, subaccount: &str, application: &str) -> NumberDraft {
    NumberDraft {
        config: Some(NumberConfig {
            subaccount: subaccount.to_owned(),
            application: application.to_owned(),
            ..NumberConfig::default()
        }),
        ..number(tn)
    }
}

async fn listed(intake: &TestIntake, customer: &Customer, request: v1::ListNumbersRequest) -> Vec<String> {
    let reply = numbers(intake).list_numbers(ask(&customer.token, request)).await;
    let found = reply.unwrap().into_inner().numbers;
    found.into_iter().map(|number| number.tn).collect()
}

async fn update(
    intake: &TestIntake,
    customer: &Customer,
    tns: &[&str],
    alias: &str,
) -> Result<Vec<v1::Number>, Status> {
    let updates = tns.iter().map(|tn| v1::NumberUpdate {
        phone_number: (*tn).to_owned(),
        config: Some(NumberConfig {
            alias: alias.to_owned(),
            ..NumberConfig::default()
        }),
        ..v1::NumberUpdate::default()
    });
    let request = v1::UpdateNumbersRequest {
        numbers: updates.collect(),
        update_fields: vec!["alias".to_owned()],
    };
    let reply = numbers(intake)
        .update_numbers(change(&customer.token, &key(), request))
        .await?;
    Ok(reply.into_inner().numbers)
}

/// What is asked for, and the numbers that are found.
fn filters(all: &v1::ListNumbersRequest) -> Vec<(v1::ListNumbersRequest, Vec<String>)> {
    vec![
        (
            v1::ListNumbersRequest {
                prefix: "201".to_owned(),
                ..all.clone()
            },
            vec![tn(1), tn(2)],
        ),
        (
            v1::ListNumbersRequest {
                prefix: "+1 (212) 555".to_owned(),
                ..all.clone()
            },
            vec!["+12125550987".to_owned()],
        ),
        (
            v1::ListNumbersRequest {
                prefix: "2018670001".to_owned(),
                ..all.clone()
            },
            vec![tn(1)],
        ),
        (
            v1::ListNumbersRequest {
                prefix: "2".to_owned(),
                ..all.clone()
            },
            vec![tn(1), tn(2), "+12125550987".to_owned()],
        ),
        (
            v1::ListNumbersRequest {
                subaccount: "east".to_owned(),
                ..all.clone()
            },
            vec![tn(1), tn(2)],
        ),
        (
            v1::ListNumbersRequest {
                application: "trunk-1".to_owned(),
                subaccount: "east".to_owned(),
                ..all.clone()
            },
            vec![tn(1)],
        ),
        (
            v1::ListNumbersRequest {
                state: InventoryState::Incoming.into(),
                ..all.clone()
            },
            vec![],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_found_by_prefix_state_subaccount_and_application() {
    let intake = TestIntake::start("inventory_filters").await;
    let customer = intake.customer_who_may(&ALL).await;
    let drafted = vec![
        with(&tn(1), "east", "trunk-1"),
        with(&tn(2), "east", "trunk-2"),
        with("+12125550987", "west", "trunk-1"),
    ];
    let order = customer.submit(&ready(&customer, drafted).await).await.unwrap();
    intake.hear_answer(answered(&order, Answer::Activated, &[])).await;
    let all = v1::ListNumbersRequest::default();
    let cases = filters(&all);
    for (request, expected) in cases {
        assert_eq!(
            listed(&intake, &customer, request.clone()).await,
            expected,
            "{request:?}"
        );
    }
    let wrong = v1::ListNumbersRequest {
        prefix: "20x".to_owned(),
        ..all
    };
    let refused = numbers(&intake)
        .list_numbers(ask(&customer.token, wrong))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1, [("prefix".to_owned(), "INVALID".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_says_where_it_came_from_to_its_own_account_alone() {
    let intake = TestIntake::start("inventory_get").await;
    let customer = intake.customer_who_may(&ALL).await;
    let order = customer
        .submit(&ready(&customer, vec![number(&tn(1))]).await)
        .await
        .unwrap();
    intake.hear_answer(answered(&order, Answer::Activated, &[])).await;
    let shown = get_number(&intake, &customer, "(201) 867-0001").await;
    assert_eq!(
        (shown.origin_request_number, shown.agent_name.as_str()),
        (order.request_number, "Ann Lee")
    );
    assert!(shown.arrived_at.is_some());
    let stranger = intake.customer_who_may(&ALL).await;
    let request = v1::GetNumberRequest { phone_number: tn(1) };
    let hidden = numbers(&intake)
        .get_number(ask(&stranger.token, request))
        .await
        .unwrap_err();
    assert_eq!(reason(&hidden), "NUMBER_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_in_service_and_incoming_are_set_up_in_one_call_or_none_is() {
    let intake = TestIntake::start("inventory_update").await;
    let customer = intake.customer_who_may(&ALL).await;
    let here = customer
        .submit(&ready(&customer, vec![number(&tn(1))]).await)
        .await
        .unwrap();
    intake.hear_answer(answered(&here, Answer::Activated, &[])).await;
    let coming = customer
        .submit(&ready(&customer, vec![number(&tn(2))]).await)
        .await
        .unwrap();
    intake.hear_foc(&coming, "2026-11-24T18:00:00Z").await;
    intake.advance_to("2026-11-23T16:00:00Z").await;
    let refused = update(&intake, &customer, &[&tn(1), &tn(5)], "x")
        .await
        .unwrap_err();
    assert_eq!(
        refusal(&refused).1,
        [("numbers".to_owned(), "TN_NOT_IN_INVENTORY".to_owned())]
    );
    assert_eq!(
        get_number(&intake, &customer, &tn(1)).await.config.unwrap().alias,
        ""
    );
    let updated = update(&intake, &customer, &[&tn(2), &tn(1)], "desk")
        .await
        .unwrap();
    let shown: Vec<_> = updated
        .iter()
        .map(|number| {
            (
                number.tn.clone(),
                number.state(),
                number.config.clone().unwrap().alias,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (tn(2), InventoryState::Incoming, "desk".to_owned()),
            (tn(1), InventoryState::InService, "desk".to_owned()),
        ]
    );
    // What was set up while it came is set up when it has come.
    assert_eq!(
        customer.get(&coming).await.numbers[0]
            .config
            .clone()
            .unwrap()
            .alias,
        "desk"
    );
    intake
        .hear_answer(answered(&coming, Answer::Activated, &[]))
        .await;
    assert_eq!(
        get_number(&intake, &customer, &tn(2)).await.config.unwrap().alias,
        "desk"
    );
    let reader = intake.customer_who_may(&["numbers.view"]).await;
    let refused = update(&intake, &reader, &[&tn(1)], "x").await.unwrap_err();
    assert_eq!(reason(&refused), "PERMISSION_MISSING");
}
