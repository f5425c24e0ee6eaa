//! Calling again: only what may pass, and not without end.

use std::cell::Cell;

use grpc::call_again;
use grpc::status::fail;
use tonic::{Code, Status};

async fn tries(times_max: usize, answers: impl Fn(u32) -> Result<u32, Status>) -> (u32, Result<u32, Status>) {
    let tried = Cell::new(0);
    let outcome = call_again(times_max, || {
        tried.set(tried.get() + 1);
        let answer = answers(tried.get());
        async { answer }
    })
    .await;
    (tried.get(), outcome)
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_nothing_else() {
    let (tried, outcome) = tries(5, |nth| {
        if nth < 3 {
            Err(fail(Code::Unavailable, "AWAY", ""))
        } else {
            Ok(nth)
        }
    })
    .await;
    assert_eq!((tried, outcome.unwrap()), (3, 3));
    for (code, expected) in [
        (Code::Unavailable, 3),
        (Code::Aborted, 3),
        (Code::ResourceExhausted, 3),
        (Code::DeadlineExceeded, 3),
        (Code::InvalidArgument, 1),
        (Code::Internal, 1),
        (Code::PermissionDenied, 1),
    ] {
        let (tried, outcome) = tries(2, |_| Err(fail(code, "NO", ""))).await;
        assert_eq!((tried, outcome.unwrap_err().code()), (expected, code));
    }
}

#[tokio::test]
async fn when_everything_fails_retries_are_a_small_part_of_all_calls() {
    let calls = (0..400).map(|_| tries(3, |_| Err(fail(Code::Unavailable, "AWAY", ""))));
    let tried: u32 = futures::future::join_all(calls)
        .await
        .iter()
        .map(|(tried, _)| tried)
        .sum();
    // Without a budget it would be four times as many as were asked for.
    assert!((400..700).contains(&tried), "{tried}");
}
