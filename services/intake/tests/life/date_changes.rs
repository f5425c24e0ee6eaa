//! Another date, asked for by the customer: a SUP 2.

use jiff::civil::date;
use portway_proto::gateway::v1::{Answer, CommandKind, CommandProgress};
use portway_proto::intake::v1;
use portway_proto::intake::v1::gateway_calls_service_client::GatewayCallsServiceClient;
use portway_proto::intake::v1::{CommandState, Order, OrderState, Settlement};
use portway_proto::types::v1::{Court, Date};

use crate::customer::{ONE, key, pin};
use crate::harness::{TestIntake, answered, ask, change, reason, refusal};
use crate::people::{change_date, changes, date_request, operations, settle_date_change};

const TENTH: Date = Date {
    year: 2026,
    month: 12,
    day: 10,
};

async fn package(intake: &TestIntake, order: &Order, ver: i32) -> v1::GetSubmissionResponse {
    let request = v1::GetSubmissionRequest {
        order_id: order.order_id.clone(),
        ver,
    };
    let mut calls = GatewayCallsServiceClient::new(intake.channel());
    let reply = calls.get_submission(ask(&intake.gateway_token, request)).await;
    reply.unwrap().into_inner()
}

fn command(order: &Order, ver: i32) -> CommandState {
    let found = order.commands.iter().find(|command| command.ver == ver);
    found.unwrap().state()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_alone_is_a_sup_2_and_shows_how_far_it_has_come() {
    let intake = TestIntake::start("sup2").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    intake
        .hear_command(&order, CommandKind::Submit, CommandProgress::Acknowledged)
        .await;
    let asked = change_date(&customer, &order, date(2026, 12, 10)).await.unwrap();
    assert_eq!((asked.state(), asked.ver), (OrderState::Pending, 2));
    let shown = asked.date_change.unwrap();
    assert_eq!(
        (shown.previous_date, shown.wanted_date, shown.ver),
        (None, Some(TENTH), 2)
    );
    assert_eq!(shown.state(), CommandState::Requested);
    let sent: Vec<v1::OrderSubmitted> = intake.events(&order).await;
    let last = sent.last().unwrap();
    assert_eq!((last.resubmitted, last.date_only), (true, true));
    assert_eq!(package(&intake, &order, 2).await.wanted_date, Some(TENTH));
    for (progress, expected) in [
        (CommandProgress::Sent, CommandState::Sent),
        (CommandProgress::Acknowledged, CommandState::Acknowledged),
    ] {
        intake
            .hear_command(&asked, CommandKind::Supplement, progress)
            .await;
        let shown = customer.get(&order).await.date_change.unwrap();
        assert_eq!(shown.state(), expected);
    }
    intake.hear_foc(&asked, "2026-12-10T05:00:00Z").await;
    let agreed = customer.get(&order).await;
    assert_eq!(
        (agreed.state(), agreed.date_change),
        (OrderState::FocConfirmed, None)
    );
    assert_eq!(
        intake.event_names(&order).await.last().unwrap(),
        "OrderFocConfirmed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_change_restores_what_was() {
    let intake = TestIntake::start("sup2refused").await;
    let customer = intake.customer().await;
    for (index, by_command) in [false, true].into_iter().enumerate() {
        let order = customer.submitted_of(&[&format!("+1201867016{index}")]).await;
        intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
        let asked = change_date(&customer, &order, date(2026, 12, 10)).await.unwrap();
        assert_eq!(asked.state(), OrderState::Pending);
        if by_command {
            let (kind, progress) = (CommandKind::Supplement, CommandProgress::Refused);
            intake.hear_command(&asked, kind, progress).await;
        } else {
            intake.hear(&asked, Answer::ChangeRefused, &[]).await;
        }
        let back = customer.get(&order).await;
        assert_eq!((back.state(), back.ver), (OrderState::FocConfirmed, 2));
        assert_eq!(
            (back.foc_at, back.details.clone().unwrap().wanted_date),
            (asked.foc_at, None)
        );
        let refused = if by_command {
            CommandState::Refused
        } else {
            CommandState::Requested
        };
        assert_eq!(command(&back, 2), refused);
        let told: Vec<v1::OrderDateChangeRefused> = intake.events(&order).await;
        assert_eq!((told.len(), told[0].foc_at), (1, back.foc_at));
        assert_eq!(
            customer.history(&order).await.last().unwrap(),
            "date_change_refused"
        );
        // What the carrier says to the version that it has still counts.
        intake.hear(&order, Answer::Activated, &[]).await;
        assert_eq!(customer.get(&order).await.state(), OrderState::Ported);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_package_is_fetched_the_date_just_changes() {
    let intake = TestIntake::start("notsent").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    let changed = change_date(&customer, &order, date(2026, 12, 10)).await.unwrap();
    assert_eq!((changed.state(), changed.ver), (OrderState::Submitted, 1));
    assert_eq!(intake.event_names(&order).await, ["OrderSubmitted"]);
    assert_eq!(package(&intake, &order, 1).await.wanted_date, Some(TENTH));
    let asked = change_date(&customer, &order, date(2026, 12, 11)).await.unwrap();
    assert_eq!(
        (asked.ver, asked.date_change.unwrap().previous_date),
        (2, Some(TENTH))
    );
    // The first version may still be on its way: its package is to be had until the carrier has answered the second.
    assert_eq!(package(&intake, &order, 1).await.numbers.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_for_the_first_version_after_the_second_was_sent_changes_nothing() {
    let intake = TestIntake::start("oldversion").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    package(&intake, &order, 1).await;
    let asked = change_date(&customer, &order, date(2026, 12, 10)).await.unwrap();
    // The same answer thrice, as by several pollers.
    let late = v1_answer(&order);
    for _ in 0..3 {
        intake.hear_answer(late.clone()).await;
    }
    let after = customer.get(&order).await;
    assert_eq!((after.state(), after.ver), (OrderState::Pending, 2));
    assert_eq!(after.date_change.unwrap().ver, asked.ver);
    let history = customer.history(&order).await;
    let recorded = history.iter().filter(|action| *action == "answer_recorded");
    assert_eq!(recorded.count(), 1);
    assert_eq!(
        intake.event_names(&order).await,
        ["OrderSubmitted", "OrderSubmitted"]
    );
}

fn v1_answer(order: &Order) -> portway_proto::gateway::v1::CarrierAnswered {
    portway_proto::gateway::v1::CarrierAnswered {
        foc_at: Some(service::stamp::to_proto("2026-12-02T05:00:00Z".parse().unwrap())),
        ..answered(order, Answer::Foc, &[])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_and_times_that_are_refused_have_their_codes() {
    let intake = TestIntake::start("daterefused").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    for (wanted, code) in [
        (date(2026, 11, 28), "DATE_NOT_BUSINESS_DAY"),
        (date(2026, 12, 24), "DATE_TOO_FAR"),
        (date(2026, 11, 20), "DATE_PAST"),
        (date(2026, 11, 24), "DATE_TOO_SOON"),
    ] {
        let refused = change_date(&customer, &order, wanted).await.unwrap_err();
        let fault = ("details.wanted_date".to_owned(), code.to_owned());
        assert_eq!(
            refusal(&refused),
            ("REQUIREMENTS_NOT_MET".to_owned(), vec![fault])
        );
        let told = tonic_types::StatusExt::get_error_details(&refused);
        let description = &told.bad_request().unwrap().field_violations[0].description;
        assert!(description.contains("2026-"), "the earliest date: {description}");
    }
    let unset = v1::ChangeWantedDateRequest {
        wanted_date: None,
        ..date_request(&order, date(2026, 12, 10))
    };
    let refused = changes(&customer)
        .change_wanted_date(change(&customer.token, &key(), unset))
        .await;
    let fault = ("wanted_date".to_owned(), "MISSING".to_owned());
    assert_eq!(refusal(&refused.unwrap_err()).1, [fault]);
    intake.hear_foc(&order, "2026-12-01T05:00:00Z").await;
    intake.advance_to("2026-11-30T05:01:00Z").await;
    let late = change_date(&customer, &order, date(2026, 12, 10))
        .await
        .unwrap_err();
    assert_eq!(reason(&late), "TOO_LATE");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_change_at_a_time_and_a_fix_takes_the_date_along() {
    let intake = TestIntake::start("sup3").await;
    let customer = intake.customer().await;
    let order = customer.submitted().await;
    package(&intake, &order, 1).await;
    // The same request twice is one change.
    let (repeated, request) = (key(), date_request(&order, date(2026, 12, 10)));
    for _ in 0..2 {
        let asked = changes(&customer)
            .change_wanted_date(change(&customer.token, &repeated, request.clone()))
            .await;
        assert_eq!(asked.unwrap().into_inner().order.unwrap().ver, 2);
    }
    let second = change_date(&customer, &order, date(2026, 12, 11))
        .await
        .unwrap_err();
    assert_eq!(reason(&second), "CHANGE_IN_PROGRESS");
    let asked = customer.get(&order).await;
    intake.hear(&asked, Answer::Rejected, &[("PIN", ONE)]).await;
    let rejected = customer.get(&order).await;
    assert_eq!(
        (rejected.state(), rejected.date_change),
        (OrderState::ActionRequired, None)
    );
    let alone = change_date(&customer, &order, date(2026, 12, 11))
        .await
        .unwrap_err();
    assert_eq!(reason(&alone), "FIX_REQUIRED");
    let wanted = v1::Correction {
        field: "wanted_date".to_owned(),
        value: "2026-12-11".to_owned(),
        ..Default::default()
    };
    let fixed = customer
        .fix(&order, vec![pin(ONE, "99887766"), wanted])
        .await
        .unwrap();
    assert_eq!(fixed.ver, 3);
    let sent: Vec<v1::OrderSubmitted> = intake.events(&order).await;
    let last = sent.last().unwrap();
    assert_eq!((last.resubmitted, last.date_only), (true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_nobody_answers_is_settled_by_a_person() {
    let intake = TestIntake::start("sup2silent").await;
    let operations = operations(&intake).await;
    let customer = intake.customer().await;
    for (index, settlement) in [Settlement::Confirmed, Settlement::Refused]
        .into_iter()
        .enumerate()
    {
        let order = customer.submitted_of(&[&format!("+1201867017{index}")]).await;
        let foc_at = ["2026-12-04T05:00:00Z", "2026-12-09T05:00:00Z"][index];
        intake.hear_foc(&order, foc_at).await;
        change_date(&customer, &order, date(2026, 12, 14)).await.unwrap();
        // Two business days later.
        intake
            .advance_to(["2026-11-25T15:00:00Z", "2026-11-30T15:00:00Z"][index])
            .await;
        let overdue = customer.get(&order).await;
        assert_eq!(
            (overdue.state(), overdue.court()),
            (OrderState::Pending, Court::Us)
        );
        assert_eq!(overdue.date_change.unwrap().answer_due_at, None);
        let settled = settle_date_change(&operations, &order, settlement).await.unwrap();
        let (state, wanted) = match settlement {
            Settlement::Confirmed => (OrderState::Pending, Some(14)),
            Settlement::Refused | Settlement::Unspecified => (OrderState::FocConfirmed, None),
        };
        assert_eq!(settled.state(), state);
        let kept = settled.details.unwrap().wanted_date.map(|date| date.day);
        assert_eq!((kept, settled.date_change), (wanted, None));
        let again = settle_date_change(&operations, &order, settlement)
            .await
            .unwrap_err();
        assert_eq!(reason(&again), "ILLEGAL_TRANSITION");
    }
}
