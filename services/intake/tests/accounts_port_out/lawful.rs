//! What the law says of a port-out, case by case (US: 47 CFR 52.35, 52.36 and 64.1120; 47 USC 345), through the front door.

use jiff::SignedDuration;
use portway_proto::intake::v1;
use portway_proto::intake::v1::PortOutNews;
use service::stamp;
use tonic::Code;

use crate::calls::{START, change, refusal, request_for};
use crate::harness::{BOUND, TestIntake, User};
use crate::protect::rules;

/// What there is before the request, beside a number in service with account number and ZIP on file.
#[derive(Clone, Copy)]
enum Given {
    Nothing,
    /// A PIN of the number.
    Pin(&'static str),
    /// It is another account's.
    NotOurs,
    /// It is on its way to us.
    Incoming,
    /// It ported out before.
    Gone,
    /// A lock, a PIN, and the line was separated from the account.
    Separated,
}

/// What becomes of the request.
#[derive(Clone, Copy)]
enum Then {
    /// It waits for the account, which may not say this reason; the stable reason of that refusal.
    MayNotSay(&'static str, &'static str),
    /// It waits for the account.
    Allowed,
    /// It is rejected for the number.
    Denied(&'static str),
    /// Nobody answers: authorized by silence.
    Silence,
    /// It is authorized at once, and the account hears nothing of it.
    Unheard,
    /// It is accepted, and the winning carrier reports this.
    Reported(PortOutNews),
}

struct Row {
    case: &'static str,
    given: Given,
    /// The PIN that the request brings.
    pin: &'static str,
    /// The name that it brings.
    name: &'static str,
    then: Then,
}

const fn row(case: &'static str, given: Given, pin: &'static str, then: Then) -> Row {
    Row {
        case,
        given,
        pin,
        name: "Ann Lee",
        then,
    }
}

const UNLAWFUL: &str = "REASON_NOT_LAWFUL";

const ROWS: [Row; 18] = [
    row(
        "a balance of $312 is due",
        Given::Nothing,
        "",
        Then::MayNotSay("BALANCE_DUE", UNLAWFUL),
    ),
    row(
        "14 months of the contract are left, with a fee",
        Given::Nothing,
        "",
        Then::MayNotSay("CONTRACT", UNLAWFUL),
    ),
    row(
        "the porting fee is unpaid",
        Given::Nothing,
        "",
        Then::MayNotSay("PORT_FEE", UNLAWFUL),
    ),
    row(
        "the device is paid in instalments",
        Given::Nothing,
        "",
        Then::MayNotSay("DEVICE_INSTALMENTS", UNLAWFUL),
    ),
    row(
        "a PIN is set, another one is given",
        Given::Pin("4711"),
        "0000",
        Then::Denied("PIN"),
    ),
    row(
        "a PIN is set, none is given",
        Given::Pin("4711"),
        "",
        Then::Denied("PIN_MISSING"),
    ),
    row(
        "no PIN is set, one is given",
        Given::Nothing,
        "4711",
        Then::Allowed,
    ),
    Row {
        case: "the name differs, everything else is right",
        given: Given::Pin("4711"),
        pin: "4711",
        name: "Robert Fox",
        then: Then::MayNotSay("NAME", UNLAWFUL),
    },
    row(
        "the number is not ours",
        Given::NotOurs,
        "",
        Then::Denied("TN_NOT_FOUND"),
    ),
    row(
        "the number ported away",
        Given::Gone,
        "",
        Then::Denied("TN_NOT_FOUND"),
    ),
    row(
        "the number is not in service",
        Given::Incoming,
        "",
        Then::Denied("TN_NOT_ACTIVE"),
    ),
    row("nobody answers", Given::Nothing, "", Then::Silence),
    row(
        "words alone",
        Given::Nothing,
        "",
        Then::MayNotSay("", "INVALID_FIELDS"),
    ),
    row(
        "the relationship is unsatisfactory",
        Given::Nothing,
        "",
        Then::MayNotSay("UNSATISFACTORY_RELATIONSHIP", UNLAWFUL),
    ),
    row(
        "the end user did not ask for it, says the account",
        Given::Nothing,
        "",
        Then::MayNotSay("NOT_AUTHORIZED", "REASON_DOES_NOT_APPLY"),
    ),
    row(
        "the line was separated from its account",
        Given::Separated,
        "",
        Then::Unheard,
    ),
    row(
        "the port completes",
        Given::Nothing,
        "",
        Then::Reported(PortOutNews::Ported),
    ),
    row(
        "the winner cancels after the FOC",
        Given::Nothing,
        "",
        Then::Reported(PortOutNews::Cancelled),
    ),
];

/// One row with an account and a number of its own.
struct Played<'a> {
    intake: &'a TestIntake,
    row: &'a Row,
    user: User,
    tn: String,
    pon: String,
}

impl Played<'_> {
    fn request(&self) -> v1::ReceivePortOutRequest {
        v1::ReceivePortOutRequest {
            pin: self.row.pin.to_owned(),
            end_user_name: self.row.name.to_owned(),
            ..request_for(&self.pon, &[&self.tn])
        }
    }

    async fn report(&self, pon: &str, news: PortOutNews) {
        let report = v1::ReportPortOutProgressRequest {
            progress_id: format!("{pon}-1"),
            pon: pon.to_owned(),
            winning_spid: "9999".to_owned(),
            news: news.into(),
            occurred_at: Some(stamp::to_proto(START.parse().unwrap())),
            foc_at: None,
        };
        self.intake.report(report).await.unwrap();
    }

    async fn prepare(&self) {
        let (intake, user, tns) = (self.intake, &self.user, [self.tn.as_str()]);
        let state = match self.row.given {
            Given::NotOurs => return,
            Given::Incoming => "INCOMING",
            Given::Nothing | Given::Pin(_) | Given::Gone | Given::Separated => "IN_SERVICE",
        };
        intake.given_number(user.account, &self.tn, state).await;
        match self.row.given {
            Given::Nothing | Given::NotOurs | Given::Incoming => {}
            Given::Pin(pin) => intake.set_pin(user, &tns, pin).await.unwrap(),
            Given::Gone => {
                let before = format!("{}-0", self.pon);
                intake.receive(request_for(&before, &tns)).await;
                self.report(&before, PortOutNews::Ported).await;
            }
            Given::Separated => {
                intake.set_pin(user, &tns, "4711").await.unwrap();
                intake.set_lock(user, &tns, true).await.unwrap();
                let operator = intake.operator().await;
                let separation = v1::RecordSeparationRequest {
                    account_id: user.account.to_string(),
                    tns: vec![self.tn.clone()],
                    reference: "SCA-2026-17".to_owned(),
                };
                let separation = change(&operator.token, separation);
                intake.protection().record_separation(separation).await.unwrap();
            }
        }
    }

    /// The case, as whoever has it sees it.
    async fn case(&self, id: &str) -> v1::PortOut {
        match self.row.given {
            Given::NotOurs | Given::Gone | Given::Separated => {
                self.intake.port_out(&self.intake.operator().await, id).await
            }
            Given::Nothing | Given::Pin(_) | Given::Incoming => self.intake.port_out(&self.user, id).await,
        }
    }

    async fn check(&self, id: &str) {
        let (name, intake, user) = (self.row.case, self.intake, &self.user);
        let case = self.case(id).await;
        let denial = case.numbers[0].denial.as_str();
        match self.row.then {
            Then::Allowed => assert_eq!((case.state(), denial), (v1::PortOutState::Pending, ""), "{name}"),
            Then::Denied(expected) => {
                assert_eq!(
                    (case.state(), denial),
                    (v1::PortOutState::Rejected, expected),
                    "{name}"
                );
            }
            Then::MayNotSay(reason, expected) => {
                assert_eq!((case.state(), denial), (v1::PortOutState::Pending, ""), "{name}");
                let refused = intake.reject(user, id, reason).await.unwrap_err();
                assert_eq!(refusal(&refused).0, expected, "{name}");
                let cites_the_rule = refused.message().contains("47 CFR 52.36");
                assert_eq!(cites_the_rule, expected == UNLAWFUL, "{name}");
            }
            Then::Unheard => {
                assert_eq!(case.state(), v1::PortOutState::Authorized, "{name}");
                assert_eq!(intake.port_outs_of(user).await, [], "{name}");
                let happened = intake.timeline(&intake.operator().await, id).await;
                assert!(
                    happened.iter().any(|(_, what, _)| what == "SAFE_CONNECTIONS"),
                    "{name}"
                );
            }
            Then::Silence => assert_eq!(case.state(), v1::PortOutState::Pending, "{name}"),
            Then::Reported(news) => {
                intake.accept(user, id).await.unwrap();
                self.report(&self.pon, news).await;
                let (left, released) = match news {
                    PortOutNews::Ported => (vec![], 1),
                    PortOutNews::Unspecified | PortOutNews::Cancelled | PortOutNews::FocChanged => {
                        (vec![self.tn.clone()], 0)
                    }
                };
                assert_eq!(intake.inventory(user.account).await, left, "{name}");
                let announced = intake.events::<v1::NumbersReleased>(user.account).await;
                assert_eq!(announced.len(), released, "{name}");
                let charged = intake.events::<v1::PortedOut>(user.account).await;
                assert_eq!(charged.len(), released, "{name}: what is charged is announced");
            }
        }
    }

    /// Once its answer was due.
    async fn check_silence(&self, id: &str) {
        testkit::eventually(BOUND, self.row.case, async || {
            self.case(id).await.state() == v1::PortOutState::Authorized
        })
        .await;
        assert_eq!(self.case(id).await.decided_by, "silence");
        let authorized = self
            .intake
            .events::<v1::PortOutAuthorized>(self.user.account)
            .await;
        assert_eq!(authorized.len(), 1, "{}: by one replica", self.row.case);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_is_decided_as_the_law_says() {
    let mut intake = TestIntake::start("lawful").await;
    intake.start_replica().await.unwrap();
    let mut silent = Vec::new();
    let mut place = 0;
    for row in &ROWS {
        place += 1;
        let played = Played {
            intake: &intake,
            row,
            user: intake.given_account().await,
            tn: format!("+1415867{place:04}"),
            pon: format!("LAW-{place}"),
        };
        played.prepare().await;
        let id = intake.receive_one(played.request()).await;
        played.check(&id).await;
        if matches!(row.then, Then::Silence) {
            silent.push((played, id));
        }
    }
    let due = intake.now() + SignedDuration::from_hours(4);
    intake.clock.advance_to(due).unwrap();
    for (played, id) in &silent {
        played.check_silence(id).await;
    }
}

#[tokio::test]
async fn one_bad_number_rejects_the_request_and_is_named() {
    let intake = TestIntake::start("lawful_bad").await;
    let user = intake.given_account().await;
    let tns = ["+14158670001", "+14158670002", "+14158670003", "+14158670004"];
    for tn in &tns[..3] {
        intake.given_number(user.account, tn, "IN_SERVICE").await;
    }
    intake.given_number(user.account, tns[3], "INCOMING").await;
    let id = intake.receive_one(request_for("LAW-1", &tns)).await;
    let case = intake.port_out(&user, &id).await;
    assert_eq!(case.state(), v1::PortOutState::Rejected);
    let rejected = intake.events::<v1::PortOutRejected>(user.account).await;
    let named: Vec<_> = rejected[0]
        .reasons
        .iter()
        .map(|reason| (reason.tn.as_str(), reason.reason.as_str()))
        .collect();
    assert_eq!(named, [(tns[3], "TN_NOT_ACTIVE")]);
}

#[tokio::test]
async fn a_wireline_carrier_has_no_way_to_ask_its_customer_first() {
    let mut intake = TestIntake::prepare("lawful_verify").await;
    intake.serve_pages();
    intake.start_replica().await.unwrap();
    let user = intake.given_account().await;
    let asking = rules(v1::PortOutOutcome::AskEndUser, 0);
    let refused = intake.set_policy(&user, 0, asking).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let mut wireless = rules(v1::PortOutOutcome::Hold, 0);
    wireless.us_wireless = Some(v1::PortOutRule {
        outcome: v1::PortOutOutcome::AskEndUser.into(),
        window_minutes: 0,
        ..v1::PortOutRule::default()
    });
    intake.set_policy(&user, 0, wireless).await.unwrap();
    intake
        .given_number(user.account, "+14158670001", "IN_SERVICE")
        .await;
    sqlx::query("UPDATE inventory_number SET agent_email = 'ann@acme.example'")
        .execute(&intake.pool)
        .await
        .unwrap();
    intake.receive(request_for("LAW-1", &["+14158670001"])).await;
    assert_eq!(intake.events::<v1::PortOutConsentAsked>(user.account).await, []);
}
