//! Two services of which one listens to the other, as whoever moves the clock sees them.

use clock::DueWork;
use grpc::Lifecycle;
use jiff::Timestamp;
use types::AccountId;

use crate::town::{SOON, Town, announce, written};

#[tokio::test]
async fn what_one_announces_the_other_acts_on_and_then_there_is_no_backlog() {
    let (town, lifecycle) = (Town::new().await, Lifecycle::new());
    let announcer = town.start_announcer(&lifecycle).await;
    let listener = town.start_listener(&announcer, &lifecycle).await;
    let (backlog, unsequenced) = (listener.backlog_of(&announcer), announcer.unsequenced());
    assert_eq!(backlog.name(), "billing listening to intake");
    assert_eq!(unsequenced.name(), "events of intake");
    let account = AccountId::generate();
    for number in 1..=20 {
        announce(&announcer.pool, account, number).await;
    }
    let left = async || {
        let (numbered, acted) = (
            unsequenced.backlog(Timestamp::MIN),
            backlog.backlog(Timestamp::MIN),
        );
        // In this order: what is numbered in between is counted by the second.
        numbered.await.unwrap().due_now + acted.await.unwrap().due_now
    };
    testkit::eventually(SOON, "the end of the backlog", async || left().await == 0).await;
    assert_eq!(written(&listener.pool).await, (1..=20).collect::<Vec<_>>());
    assert!(lifecycle.shut_down(SOON).await);

    // Announced while nobody works: a backlog, first of the one, then of the other.
    announce(&announcer.pool, account, 21).await;
    assert_eq!(unsequenced.backlog(Timestamp::MIN).await.unwrap().due_now, 1);
    events::Sequencer::new(announcer.pool.clone())
        .run_once()
        .await
        .unwrap();
    assert_eq!(unsequenced.backlog(Timestamp::MIN).await.unwrap().due_now, 0);
    assert_eq!(backlog.backlog(Timestamp::MIN).await.unwrap().due_now, 1);
}
