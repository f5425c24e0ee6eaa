//! What is written reads back, and what must not be written is refused: on a real Postgres.

use intake_domain::port_in::NumberConfig;
use intake_domain::port_out::{
    Answer, AnswerMode, AnswerState, AskBy, AskedNumber, CarrierRequest, Claim, Claimant, Decider, Decision,
    FieldMatch, Grounds, LawfulReason, Matches, Outcome, PolicyMet, PortOut, PortOutState, RequestKey,
    SilenceMeans, Verdict,
};
use jiff::Timestamp;
use pg::{MigrationSet, PgSettings, ServiceRole, StoreError};
use sqlx::{PgConnection, PgPool};
use testkit::TestDatabase;
use types::{AccountId, OrderId, PortOutId, Tn};

use super::account_numbers::{self, NumberFilter};
use super::inventory::{IncomingNumber, InventoryState};
use super::port_out::{Disposal, PortOutName};
use super::{inventory, port_out};

/// Intake's tables in a database of their own.
pub(crate) async fn database(name: &str) -> (TestDatabase, PgPool) {
    let database = TestDatabase::create(name).await;
    let role = ServiceRole {
        schema: "intake".to_owned(),
        password: "secret".to_owned(),
    };
    pg::provision(database.url(), std::slice::from_ref(&role))
        .await
        .unwrap();
    let pool = pg::connect(&PgSettings {
        url: pg::url_for(database.url(), &role).unwrap(),
        schema: role.schema,
        application: "test".to_owned(),
        connections_max: 2,
    });
    let pool = pool.unwrap();
    // What intake's own tables are made from includes the grants; what is decided is announced.
    let sets = [
        ("access", &auth::MIGRATOR),
        ("events", &events::MIGRATOR),
        ("intake", &super::MIGRATOR),
    ];
    let sets = sets.map(|(owner, migrator)| MigrationSet { owner, migrator });
    pg::migrate(&pool, &sets).await.unwrap();
    (database, pool)
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn tn(line: u16) -> Tn {
    format!("+1415867{line:04}").parse().unwrap()
}

fn incoming(order: OrderId, account: AccountId, line: u16) -> IncomingNumber {
    IncomingNumber {
        tn: tn(line),
        account,
        origin: order,
        config: NumberConfig::default(),
        account_number: "1234".to_owned(),
        postal_code: "07030".to_owned(),
        end_user_name: "Ann Lee".to_owned(),
        since: at(0),
    }
}

fn everything() -> NumberFilter {
    NumberFilter {
        limit: 100,
        ..NumberFilter::default()
    }
}

async fn standing(conn: &mut PgConnection, account: AccountId) -> Vec<(Tn, InventoryState, Timestamp)> {
    let numbers = account_numbers::list(conn, account, &everything()).await.unwrap();
    numbers
        .into_iter()
        .map(|number| (number.tn, number.state, number.since))
        .collect()
}

#[tokio::test]
async fn numbers_arrive_once_and_only_for_their_own_order() {
    use InventoryState::{InService, Incoming};
    let (_database, pool) = database("arrivals").await;
    let mut conn = pool.acquire().await.unwrap();
    let (account, order) = (AccountId::generate(), OrderId::generate());
    let numbers = [incoming(order, account, 2), incoming(order, account, 1)];
    inventory::insert_incoming(&mut conn, &numbers).await.unwrap();
    inventory::insert_incoming(&mut conn, &[]).await.unwrap();
    inventory::put_in_service(&mut conn, order, &[tn(1)], at(5))
        .await
        .unwrap();
    // Both again: nothing goes back to where it was.
    inventory::insert_incoming(&mut conn, &numbers).await.unwrap();
    inventory::put_in_service(&mut conn, order, &[tn(1)], at(9))
        .await
        .unwrap();
    let expected = [(tn(1), InService, at(5)), (tn(2), Incoming, at(0))];
    assert_eq!(standing(&mut conn, account).await, expected);

    let other = OrderId::generate();
    let theirs = [incoming(other, account, 3), incoming(other, account, 2)];
    let mut tx = pool.begin().await.unwrap();
    let refused = inventory::insert_incoming(&mut tx, &theirs).await;
    assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
    tx.rollback().await.unwrap();
    let refused = inventory::put_in_service(&mut conn, other, &[tn(2)], at(9)).await;
    assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
    assert_eq!(standing(&mut conn, account).await, expected);
}

#[tokio::test]
async fn only_what_did_not_come_is_taken_back_and_only_what_came_can_leave() {
    let (_database, pool) = database("departures").await;
    let mut conn = pool.acquire().await.unwrap();
    let (account, order) = (AccountId::generate(), OrderId::generate());
    let numbers = [1, 2, 3].map(|line| incoming(order, account, line));
    inventory::insert_incoming(&mut conn, &numbers).await.unwrap();
    inventory::put_in_service(&mut conn, order, &[tn(1), tn(2)], at(5))
        .await
        .unwrap();
    let stranger = AccountId::generate();
    assert_eq!(
        inventory::remove_ported_out(&mut conn, stranger, PortOutId::generate(), &[tn(1)])
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        inventory::remove_ported_out(&mut conn, account, PortOutId::generate(), &[tn(1), tn(3)])
            .await
            .unwrap(),
        [tn(1)]
    );
    assert_eq!(
        inventory::remove_incoming(&mut conn, order, None).await.unwrap(),
        1
    );
    assert_eq!(
        inventory::remove_incoming(&mut conn, order, None).await.unwrap(),
        0
    );
    let left = inventory::find_for_update(&mut conn, &[tn(1), tn(2), tn(3)])
        .await
        .unwrap();
    assert_eq!((left.len(), left[0].tn, left[0].origin), (1, tn(2), order));
}

fn states() -> Vec<PortOutState> {
    let decision = |by| Decision { by, at: at(2) };
    let somebody = || Decider::Subject("user:7".parse().unwrap());
    let claim = Claim {
        reason: LawfulReason::Zip,
        tns: vec![tn(91)],
        explanation: String::new(),
        by: Claimant::EndUser,
        at: at(1),
    };
    let rejected = |grounds, by| PortOutState::Rejected {
        grounds,
        decision: decision(by),
    };
    vec![
        PortOutState::Pending {
            answer_due_at: at(10),
        },
        PortOutState::RejectionReview {
            answer_due_at: at(10),
            claim,
        },
        PortOutState::Authorized {
            decision: decision(somebody()),
        },
        PortOutState::Authorized {
            decision: decision(Decider::Silence),
        },
        PortOutState::Authorized {
            decision: decision(Decider::Overruled),
        },
        PortOutState::Authorized {
            decision: decision(Decider::Policy),
        },
        PortOutState::Authorized {
            decision: decision(Decider::EndUser),
        },
        rejected(Grounds::NumbersDenied, Decider::Policy),
        rejected(Grounds::OtherNumberDenied, Decider::Policy),
        rejected(Grounds::NoConsent, Decider::Silence),
        rejected(Grounds::Upheld(LawfulReason::PendingOrder), somebody()),
        PortOutState::PortedOut {
            at: at(3),
            decision: None,
        },
        PortOutState::PortedOut {
            at: at(3),
            decision: Some(decision(somebody())),
        },
        PortOutState::Cancelled {
            at: at(3),
            decision: None,
        },
        PortOutState::Cancelled {
            at: at(3),
            decision: Some(decision(Decider::Silence)),
        },
    ]
}

/// A case on record, pending: due ten seconds after [`at`] zero, and its answer held back for five.
pub(crate) async fn given_case(conn: &mut PgConnection) -> PortOut {
    let request = CarrierRequest {
        key: RequestKey {
            winning_spid: "9999".parse().unwrap(),
            pon: "PON-1".parse().unwrap(),
            ver: "7".parse().unwrap(),
        },
        winning_name: "Winner".to_owned(),
        is_wireless: true,
        is_simple: false,
        end_user_name: "Ann Lee".to_owned(),
        postal_code: "07030".to_owned(),
        requested_foc_at: None,
        received_at: at(0),
        taken_in_at: at(1),
        answers: AnswerMode::PerNumber,
        answer_held_until: Some(at(5)),
    };
    let disposal = Disposal::Judged(Verdict::Allowed);
    port_out::insert_request(conn, &request, disposal).await.unwrap();
    let numbers = LawfulReason::ALL.into_iter().map(Some).chain([None]).zip(1..);
    let matches = Matches {
        account_number: FieldMatch::Matched,
        postal_code: FieldMatch::NotMatched,
        pin: FieldMatch::NotGiven,
        name: FieldMatch::NotCompared,
    };
    let case = PortOut {
        id: PortOutId::generate(),
        number: port_out::next_number(conn).await.unwrap(),
        account: AccountId::generate(),
        version: 1,
        foc_at: Some(at(20)),
        numbers: numbers
            .map(|(denial, line)| AskedNumber {
                tn: tn(100 - line),
                denial,
                matches,
                is_separated: denial.is_none(),
            })
            .collect(),
        silence: SilenceMeans::Rejected,
        policy: PolicyMet {
            version: 3,
            outcome: Outcome::AskEndUser(AskBy::Email),
            due_at: at(10),
        },
        review_explanation: String::new(),
        state: PortOutState::Pending {
            answer_due_at: at(10),
        },
        answer: None,
        request,
    };
    port_out::insert(conn, &case).await.unwrap();
    case
}

#[tokio::test]
async fn a_case_reads_back_as_it_was_written_in_every_state() {
    let (_database, pool) = database("round_trip").await;
    let mut conn = pool.acquire().await.unwrap();
    let mut case = given_case(&mut conn).await;
    for (state, answer) in states().into_iter().zip(AnswerState::ALL.into_iter().cycle()) {
        case.state = state;
        case.answer = Some(Answer {
            state: answer,
            since: at(4),
            refusal: match answer {
                AnswerState::Refused => "not ours".to_owned(),
                AnswerState::Requested | AnswerState::Sent | AnswerState::Acknowledged => String::new(),
            },
        });
        case.review_explanation = format!("looked at {}", case.version);
        let version = case.version;
        port_out::save(&mut conn, &mut case).await.unwrap();
        assert_eq!(case.version, version + 1);
        for name in [PortOutName::Id(case.id), PortOutName::Number(case.number)] {
            let found = port_out::find(&mut conn, Some(case.account), name).await.unwrap();
            assert_eq!(found.as_ref(), Some(&case));
        }
    }
    let mut stale = PortOut { version: 1, ..case };
    let refused = port_out::save(&mut conn, &mut stale).await;
    assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
}
