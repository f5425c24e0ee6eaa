//! Two replicas, two readers, and answers that fall due in between: nobody misses one, nobody sees another order.

use std::collections::BTreeSet;
use std::time::Duration;

use grpc::call_again;
use portway_proto::carrier::v1::change::Change;
use portway_proto::carrier::v1::{AnswerKind, ListChangesRequest, ListChangesResponse, PortAnswer};
use portway_proto::sim::v1::ScriptStep;
use testkit::eventually_some;
use tokio::time::timeout;

use crate::harness::{Carrier, System};
use crate::words::{TN_A, TRIES, put_script, reason, step, submit};

const REQUESTS: usize = 60;
const STEPS: [(i64, i32); 4] = [(0, 2), (1, 1), (3, 3), (7, 1)];
const READ_WITHIN: Duration = Duration::from_mins(1);

/// Follows the changes with small pages until it has seen `count` of them.
async fn follow(carrier: Carrier, page_size: i32, count: usize) -> Vec<PortAnswer> {
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    while seen.len() < count {
        let page = eventually_some(READ_WITHIN, "the next page", async || {
            let page = read(&carrier, &cursor, page_size).await;
            (!page.changes.is_empty()).then_some(page)
        })
        .await;
        for change in page.changes {
            match change.change {
                Some(Change::Answer(answer)) => seen.push(answer),
                other => panic!("not an answer: {other:?}"),
            }
        }
        cursor = page.next_cursor;
    }
    seen
}

async fn read(carrier: &Carrier, cursor: &str, page_size: i32) -> ListChangesResponse {
    let page = call_again(TRIES, || {
        let mut carrier = carrier.clone();
        let request = ListChangesRequest {
            cursor: cursor.to_owned(),
            page_size,
        };
        async move { carrier.list_changes(request).await }
    });
    let page = page.await.unwrap().into_inner();
    assert_eq!(page.changes.is_empty(), page.next_cursor == cursor);
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cursor_skips_nothing_while_answers_fall_due_on_two_replicas() {
    let system = System::create("sim_cursor").await;
    let replicas = [system.start().await, system.start().await];
    let steps: Vec<ScriptStep> = STEPS
        .iter()
        .map(|(after, times)| ScriptStep {
            times: *times,
            ..step(*after, AnswerKind::Delayed, vec![reason("", "6H")])
        })
        .collect();
    put_script(&mut system.scenario(&replicas[0]), TN_A, steps, 0).await;
    let deliveries: i32 = STEPS.iter().map(|(_, times)| times).sum();
    let expected = REQUESTS * usize::try_from(deliveries).unwrap();
    let readers = [(&replicas[0], 3), (&replicas[1], 7), (&replicas[1], 1_000)];
    let readers = readers.map(|(replica, page_size)| follow(system.carrier(replica), page_size, expected));

    let writers = (0..REQUESTS).map(|index| {
        let mut carrier = system.carrier(&replicas[index % 2]);
        let system = &system;
        async move {
            submit(&mut carrier, &format!("PON-{index}"), 1, &[TN_A]).await;
            // Time goes on while others are being written, so some answers are due before older ones are.
            if index % 10 == 0 {
                system.pass_minutes(1);
            }
        }
    });
    let writing = async {
        futures::future::join_all(writers).await;
        system.pass_minutes(10);
    };
    let reading = futures::future::join_all(readers);
    let (seen, ()) = timeout(READ_WITHIN, futures::future::join(reading, writing))
        .await
        .unwrap();

    for other in &seen[1..] {
        assert_eq!(other, &seen[0], "all readers see one order");
    }
    assert_eq!(seen[0].len(), expected);
    let ids: BTreeSet<&str> = seen[0].iter().map(|answer| answer.answer_id.as_str()).collect();
    assert_eq!(ids.len(), REQUESTS * STEPS.len());
    for replica in replicas {
        replica.stop().await;
    }
}
