//! Setting up the numbers of an order.

use portway_proto::gateway::v1::Answer;
use portway_proto::intake::v1;
use portway_proto::intake::v1::{NumberCapabilities, NumberConfig, NumberDraft};

use crate::customer::{ONE, TWO, number};
use crate::harness::{TestIntake, answered, refusal};
use crate::platform::{configure, draft_of, elsewhere, get_number, ready, tn};

fn set_up(tn: &str, config: NumberConfig) -> NumberDraft {
    NumberDraft {
        phone_number: tn.to_owned(),
        config: Some(config),
        ..NumberDraft::default()
    }
}

fn everything() -> NumberConfig {
    NumberConfig {
        capabilities: NumberCapabilities::VoiceAndSms.into(),
        alias: "front desk".to_owned(),
        subaccount: "east".to_owned(),
        caller_name: "HARBOR & CO".to_owned(),
        application: "trunk-7".to_owned(),
        emergency_address: "e911-4".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_is_kept_and_named_ones_are_replaced_or_taken_away() {
    let intake = TestIntake::start("config").await;
    let customer = intake.customer().await;
    let drafted = NumberDraft {
        config: Some(everything()),
        ..number(ONE)
    };
    let draft = draft_of(&customer, vec![drafted, number(TWO)]).await;
    assert_eq!(draft.numbers[0].config, Some(everything()));
    assert_eq!(
        draft.numbers[1].config.as_ref().unwrap().capabilities(),
        NumberCapabilities::Voice
    );
    let change = NumberDraft {
        agent_name: "Bo Kay".to_owned(),
        ..set_up(
            ONE,
            NumberConfig {
                alias: "back door".to_owned(),
                ..NumberConfig::default()
            },
        )
    };
    // What is set, without naming it.
    let changed = configure(&intake, &customer, &draft, vec![change], &[])
        .await
        .unwrap();
    let config = changed.numbers[0].config.clone().unwrap();
    assert_eq!(
        (config.alias.as_str(), config.subaccount.as_str()),
        ("back door", "east")
    );
    assert_eq!(
        (
            changed.numbers[0].agent_name.as_str(),
            changed.numbers[0].agent_email.as_str()
        ),
        ("Bo Kay", "ann@harbor.example")
    );
    // What is named and not set goes.
    let bare = set_up(ONE, NumberConfig::default());
    let changed = configure(
        &intake,
        &customer,
        &draft,
        vec![bare],
        &["subaccount", "capabilities", "pin"],
    )
    .await
    .unwrap();
    let config = changed.numbers[0].config.clone().unwrap();
    assert_eq!(
        (config.subaccount.as_str(), config.capabilities()),
        ("", NumberCapabilities::Voice)
    );
    assert_eq!(changed.numbers[0].masked_pin, "");
    assert_eq!(changed.etag, customer.get(&draft).await.etag);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_call_is_named_at_once_and_nothing_changes() {
    let intake = TestIntake::start("config_faults").await;
    let customer = intake.customer().await;
    let draft = draft_of(&customer, vec![number(ONE)]).await;
    let wrong = NumberConfig {
        caller_name: "Café Society".to_owned(),
        capabilities: 9,
        ..everything()
    };
    let calls = vec![
        set_up(ONE, wrong),
        set_up("(201) 867-0123", NumberConfig::default()),
        set_up("444-444", NumberConfig::default()),
    ];
    let refused = configure(
        &intake,
        &customer,
        &draft,
        calls,
        &["caller_name", "capabilities", "colour"],
    )
    .await
    .unwrap_err();
    let fault = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    assert_eq!(
        refusal(&refused).1,
        [
            fault("update_fields[2]", "UNKNOWN_FIELD"),
            fault("numbers[1].phone_number", "DUPLICATE_TN"),
            fault("numbers[2].phone_number", "TN_LENGTH"),
            fault("numbers[0].config.capabilities", "INVALID"),
            fault("numbers[0].config.caller_name", "INVALID"),
        ]
    );
    assert!(refused.message().contains("numbers[0] and numbers[1] both are"));
    let strangers = vec![set_up(&tn(7), everything()), set_up(&tn(8), everything())];
    let refused = configure(&intake, &customer, &draft, strangers, &[])
        .await
        .unwrap_err();
    let codes: Vec<_> = refusal(&refused).1.into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["TN_NOT_IN_ORDER", "TN_NOT_IN_ORDER"]);
    assert_eq!(customer.get(&draft).await, draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_order_is_set_up_without_a_new_version_until_a_number_is_activated() {
    let intake = TestIntake::start("config_live").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let events = intake.event_names(&order).await;
    configure(&intake, &customer, &order, vec![set_up(ONE, everything())], &[])
        .await
        .unwrap();
    let now = customer.get(&order).await;
    assert_eq!((now.ver, now.numbers[0].config.clone()), (1, Some(everything())));
    assert_eq!(intake.event_names(&order).await, events);
    // What the carrier was sent is not changed on the side.
    let pin = number(ONE);
    let refused = configure(&intake, &customer, &order, vec![pin], &["pin"])
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1[0].1, "SENT_TO_CARRIER");
    // Near the cut-over the numbers stand in the inventory as they are set up, before and after.
    intake.hear_foc(&order, "2026-11-24T18:00:00Z").await;
    intake.advance_to("2026-11-23T16:00:00Z").await;
    let standing = get_number(&intake, &customer, ONE).await;
    assert_eq!(standing.config, Some(everything()));
    let other = NumberConfig {
        application: "trunk-8".to_owned(),
        ..NumberConfig::default()
    };
    configure(&intake, &customer, &order, vec![set_up(ONE, other)], &[])
        .await
        .unwrap();
    let standing = get_number(&intake, &customer, ONE).await;
    assert_eq!(standing.config.unwrap().application, "trunk-8");
    intake.hear_answer(answered(&order, Answer::Activated, &[])).await;
    let closed = configure(&intake, &customer, &order, vec![set_up(ONE, everything())], &[])
        .await
        .unwrap_err();
    assert_eq!(refusal(&closed).1[0].1, "CONFIGURATION_CLOSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_parent_are_set_up_where_they_are() {
    let intake = TestIntake::start("config_parent").await;
    let customer = intake.customer().await;
    let numbers = vec![number(&tn(1)), elsewhere(2, "sim-cable", "CB-1")];
    let parent = customer.submit(&ready(&customer, numbers).await).await.unwrap();
    let all = vec![set_up(&tn(2), everything()), set_up(&tn(1), everything())];
    let changed = configure(&intake, &customer, &parent, all, &[]).await.unwrap();
    let tns: Vec<_> = changed.numbers.iter().map(|number| number.tn.clone()).collect();
    assert_eq!(tns, [tn(2), tn(1)]);
    let whole = customer.get(&parent).await;
    assert!(
        whole
            .numbers
            .iter()
            .all(|number| number.config == Some(everything()))
    );
    let mixed = vec![
        set_up(&tn(1), NumberConfig::default()),
        set_up(&tn(9), everything()),
    ];
    let refused = configure(&intake, &customer, &parent, mixed, &["alias"])
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).1[0].1, "TN_NOT_IN_ORDER");
    let unchanged: v1::Order = customer.get(&parent).await;
    assert!(
        unchanged
            .numbers
            .iter()
            .all(|number| number.config == Some(everything()))
    );
}
