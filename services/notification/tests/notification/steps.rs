//! Each step: who is told, and in which words.

use notification_domain::Step;
use portway_proto::notification::v1 as proto;

use crate::cases::{Case, port_in_cases, port_out_cases};
use crate::cases_of_disputes::{Dispute, dispute_cases};
use crate::cases_of_ours::alarm;
use crate::harness::{Mail, World};
use crate::intake_events::{Order, PortOut, QUOTED_PIN, account_changed};
use crate::intake_stub::IntakeStub;
use crate::receiver::{Call, Receiver};

#[tokio::test]
async fn every_step_is_told_in_its_own_words_and_in_order() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let intake = IntakeStub::start().await;
    let service = world.start_with(intake.known_to(world.settings())).await;
    let account = service.given_account("owner@harbor.test").await;
    service.add_endpoint(account, &hooks.url(), &[]).await;
    let (order, port_out) = (
        Order::new(account, "PI_100001"),
        PortOut::new(account, "PO_100007"),
    );
    let cases: Vec<Case> = port_in_cases(&order)
        .into_iter()
        .chain(port_out_cases(&port_out))
        .chain(dispute_cases(&Dispute::new(account, "DI_100003")))
        .collect();
    for step in Step::ALL {
        let has_case = *step == Step::AccountPinAlarm || cases.iter().any(|case| case.step == *step);
        assert!(has_case, "no case for {step}");
    }
    for case in &cases {
        service.hear(&case.event).await;
    }
    let deliveries = service.settled(account).await;
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery.state() == proto::DeliveryState::Delivered)
    );

    for (kind, link) in [
        ("PI_", "https://console.portway.test/port-ins/PI_100001"),
        ("PO_", "https://console.portway.test/port-outs/PO_100007"),
        ("DI_", "https://console.portway.test/disputes/DI_100003"),
    ] {
        let expected: Vec<&Case> = cases
            .iter()
            .filter(|case| number_of(case).starts_with(kind))
            .collect();
        let calls: Vec<Call> = hooks
            .calls()
            .into_iter()
            .filter(|call| call.request_number().starts_with(kind))
            .collect();
        assert_eq!(calls.len(), expected.len());
        for (call, case) in calls.iter().zip(&expected) {
            assert_eq!(call.json()["data"]["account_id"], account.to_string());
            check_call(call, case);
        }
        let mails: Vec<Mail> = world
            .mails()
            .into_iter()
            .filter(|mail| mail.subject.starts_with(kind))
            .collect();
        let mailed: Vec<_> = expected.iter().filter_map(|case| case.mail.as_ref()).collect();
        assert_eq!(mails.len(), mailed.len());
        for (mail, (subject, sentences)) in mails.iter().zip(mailed) {
            assert!(mail.raw.contains(link), "{}", mail.raw);
            check_mail(mail, subject, sentences);
        }
    }
    let stored = world.everything_stored().await;
    let told: Vec<String> = world.mails().into_iter().map(|mail| mail.raw).collect();
    let called: Vec<String> = hooks.calls().into_iter().map(|call| call.body).collect();
    for text in [stored, told.concat(), called.concat()] {
        assert!(
            !text.contains(QUOTED_PIN) && !text.contains("86421357"),
            "a carrier's quote got out"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn an_alarm_is_told_to_the_account() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service.add_endpoint(account, &hooks.url(), &[]).await;
    let case = alarm(&PortOut::new(account, "PO_100007"));
    service.hear(&case.event).await;
    service.settled(account).await;
    let (subject, sentences) = case.mail.as_ref().unwrap();
    let mails = world.mails();
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, *subject));
    for sentence in sentences {
        assert!(mails[0].text.contains(sentence), "{}", mails[0].raw);
    }
    assert!(mails[0].raw.contains("https://console.portway.test/account"));
    check_call(&hooks.calls()[0], &case);
    service.stop().await;
}

fn check_call(call: &Call, case: &Case) {
    assert_eq!(call.step(), case.step.slug());
    let json = call.json();
    assert_eq!(json["timestamp"], "2026-08-03T14:00:00Z");
    for (name, value) in case.data.as_object().unwrap() {
        assert_eq!(&json["data"][name], value, "{} {name}", case.step);
    }
}

fn check_mail(mail: &Mail, subject: &str, sentences: &[&str]) {
    assert_eq!(mail.subject.split_once(": ").unwrap().1, subject);
    assert_eq!(mail.to, "owner@harbor.test");
    let headers = [
        "From: Portway <ports@portway.test>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
    ];
    for header in headers {
        assert!(mail.raw.contains(header), "{}", mail.raw);
    }
    for sentence in sentences.iter().chain(&["belongs to the account Harbor Realty."]) {
        assert!(
            mail.text.contains(sentence),
            "{subject}: {sentence}\n{}",
            mail.raw
        );
    }
}

fn number_of(case: &Case) -> &'static str {
    if case.step.slug().starts_with("port_in.") {
        "PI_100001"
    } else if case.step.slug().starts_with("dispute.") {
        "DI_100003"
    } else {
        "PO_100007"
    }
}

#[tokio::test]
async fn contacts_and_endpoints_are_told_what_they_asked_for() {
    let world = World::create().await;
    let (all, ported_only) = (Receiver::start().await, Receiver::start().await);
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service.add_contact(account, "all@harbor.test", &[]).await;
    service
        .add_contact(
            account,
            "ported@harbor.test",
            &["port_in.ported", "port_out.ported_out"],
        )
        .await;
    // The owner's own address adds no second mail.
    service.add_contact(account, "owner@harbor.test", &[]).await;
    service.add_endpoint(account, &all.url(), &[]).await;
    service
        .add_endpoint(account, &ported_only.url(), &["port_in.ported"])
        .await;
    let order = Order::new(account, "PI_100002");
    for event in [order.submitted(), order.pending(), order.ported()] {
        service.hear(&event).await;
    }
    let mut told: Vec<(String, String)> = service
        .settled(account)
        .await
        .into_iter()
        .map(|delivery| (delivery.step, delivery.receiver))
        .collect();
    told.sort();
    let mut expected = Vec::new();
    for (step, receivers) in [
        ("port_in.pending", vec![all.url()]),
        (
            "port_in.ported",
            vec![
                all.url(),
                ported_only.url(),
                "all@harbor.test".to_owned(),
                "owner@harbor.test".to_owned(),
                "ported@harbor.test".to_owned(),
            ],
        ),
        (
            "port_in.submitted",
            vec![
                all.url(),
                "all@harbor.test".to_owned(),
                "owner@harbor.test".to_owned(),
            ],
        ),
    ] {
        expected.extend(receivers.into_iter().map(|receiver| (step.to_owned(), receiver)));
    }
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(world.mails().len(), 5);
    assert_eq!(all.calls().len(), 3);
    assert_eq!(ported_only.calls().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn an_event_that_comes_again_adds_nothing() {
    let world = World::create().await;
    let hooks = Receiver::start().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service.add_endpoint(account, &hooks.url(), &[]).await;
    let submitted = Order::new(account, "PI_100003").submitted();
    service.hear(&submitted).await;
    let first = service.settled(account).await;
    service.hear(&submitted).await;
    service.hear(&submitted).await;
    assert_eq!(service.settled(account).await, first);
    assert_eq!((first.len(), world.mails().len(), hooks.calls().len()), (2, 1, 1));
    service.stop().await;
}

#[tokio::test]
async fn a_date_that_the_account_changed_itself_is_not_told_to_it() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    service
        .hear(&Order::new(account, "PI_100005").date_changed())
        .await;
    assert!(service.settled(account).await.is_empty());
    service.hear(&Order::new(account, "PI_100005").submitted()).await;
    assert_eq!(service.settled(account).await.len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn an_event_of_an_unknown_account_is_refused() {
    let world = World::create().await;
    let service = world.start().await;
    let submitted = Order::new(types::AccountId::generate(), "PI_100004").submitted();
    let error = service.try_hear(&submitted).await.unwrap_err();
    assert!(matches!(error, events::HandleError::Refused(_)), "{error}");
    service.stop().await;
}

#[tokio::test]
async fn an_account_in_a_zone_nobody_knows_is_told_utc() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    sqlx::query("UPDATE account SET time_zone = 'Atlantis/Capital'")
        .execute(&mut world.superuser().await)
        .await
        .unwrap();
    service
        .hear(&Order::new(account, "PI_100005").foc_confirmed())
        .await;
    let mails = world.wait_for_mails(1).await;
    assert!(
        mails[0]
            .text
            .contains("Tuesday, September 1, 2026 at 3:00 PM UTC"),
        "{}",
        mails[0].raw
    );
    service.stop().await;
}

#[tokio::test]
async fn mail_follows_the_owner_to_a_new_address() {
    let world = World::create().await;
    let service = world.start().await;
    let account = service.given_account("owner@harbor.test").await;
    let order = Order::new(account, "PI_100006");
    service.hear(&order.submitted()).await;
    service
        .hear(&account_changed(account, "new.owner@harbor.test"))
        .await;
    service.hear(&order.ported()).await;
    service.settled(account).await;
    let mut addresses: Vec<String> = world.mails().into_iter().map(|mail| mail.to).collect();
    addresses.sort();
    assert_eq!(addresses, ["new.owner@harbor.test", "owner@harbor.test"]);
    service.stop().await;
}

#[test]
fn the_documentation_lists_every_step_and_its_subject_line() {
    let documentation = include_str!("../../../../docs/notifications.md");
    let account = types::AccountId::generate();
    let (order, port_out) = (Order::new(account, "PI_1"), PortOut::new(account, "PO_1"));
    for case in port_in_cases(&order).iter().chain(&port_out_cases(&port_out)) {
        let start = format!("| `{}` |", case.step.slug());
        let row = documentation.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("{} is not documented", case.step));
        let subject = case.mail.as_ref().map_or("no mail", |(subject, _)| *subject);
        assert!(row.contains(subject), "{row}: {subject}");
        for field in case.data.as_object().unwrap().keys() {
            assert!(documentation.contains(&format!("`{field}`")), "{field}");
        }
    }
}
