//! What happens when nobody answers in time.

use clock::Backlog;
use intake_domain::port_out::{PortOut, RequestKey};
use jiff::Timestamp;
use pg::StoreError;
use service::due::Pass;
use sqlx::PgConnection;

use super::settle::{answer_when_decided, settle};
use crate::app::Intake;
use crate::store;

/// Gives an answer that was held back, or decides the case that has waited longest, if one is due. Any number of replicas may run it: the request is locked,
/// and what is read under the lock says whether it is still due.
pub(crate) async fn decide_silence(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    let mut tx = intake.base.pool.begin().await?;
    let held = store::port_out::lock_held_request(&mut tx, now).await?;
    let key = match held {
        Some(key) => Some(key),
        None => store::port_out::lock_due_request(&mut tx, now).await?,
    };
    let Some(key) = key else {
        return Ok(Pass::Idle);
    };
    match decide(&mut tx, &key, now).await {
        Ok(()) => tx.commit().await?,
        Err(error) if error.is_transient() => return Err(error),
        // One request that cannot be decided must not hold up all others.
        Err(error) => {
            tx.rollback().await?;
            tracing::error!(pon = %key.pon, winning.spid = %key.winning_spid, error = %grpc::status::chain(&error),
                "silence could not be decided");
            let mut conn = intake.base.pool.acquire().await?;
            store::port_out::postpone(&mut conn, &key).await?;
        }
    }
    Ok(Pass::Worked)
}

/// Decides every case of the request that is due, and answers if its answer is held back no longer. When nothing is due any
/// more, another replica has done it since we looked. What is due and cannot be decided would come again at once, for ever.
async fn decide(conn: &mut PgConnection, key: &RequestKey, now: Timestamp) -> Result<(), StoreError> {
    let mut cases = store::port_out::cases_of_request(conn, key).await?;
    let is_held = |case: &PortOut| case.request.answer_held_until.is_some_and(|until| until <= now);
    let is_released = cases.iter().any(is_held);
    if is_released {
        store::port_out::release_answer(conn, key).await?;
        for case in &mut cases {
            case.request.answer_held_until = None;
        }
        answer_when_decided(conn, &mut cases, now).await?;
    }
    for index in 0..cases.len() {
        let decided = cases
            .get(index)
            .and_then(|case| case.state.clone().fall_silent(case.silence, now).ok());
        if let Some(transition) = decided {
            settle(conn, &mut cases, index, transition, now).await?;
        }
    }
    let is_due = |case: &PortOut| case.state.answer_due_at().is_some_and(|due_at| due_at <= now);
    if cases.iter().any(is_due) {
        return Err(StoreError::corrupt(
            "port_out",
            &key.pon,
            &"it is due, and silence does not decide it",
        ));
    }
    Ok(())
}

/// How many answers are due and undecided, and when the next one will be due.
pub(crate) async fn backlog(intake: &Intake, now: Timestamp) -> Result<Backlog, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    let (due, next_due) = store::port_out::due_counts(&mut conn, now).await?;
    Ok(Backlog {
        due_now: u64::try_from(due).unwrap_or_default(),
        next_due,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{at, database, given_case};

    #[tokio::test]
    async fn a_request_that_another_replica_has_dealt_with_is_done() {
        let (_database, pool) = database("silence_race").await;
        let mut conn = pool.acquire().await.unwrap();
        let case = given_case(&mut conn).await;
        let key = case.request.key.clone();
        let now = at(10);
        assert!(
            store::port_out::lock_due_request(&mut conn, now)
                .await
                .unwrap()
                .is_some()
        );
        // The first decides; the second looked before, and gets the lock after.
        decide(&mut conn, &key, now).await.unwrap();
        let decided = store::port_out::cases_of_request(&mut conn, &key).await.unwrap();
        assert!(decided.iter().all(|case| case.state.decision().is_some()));
        decide(&mut conn, &key, now).await.unwrap();
        let again = store::port_out::cases_of_request(&mut conn, &key).await.unwrap();
        assert_eq!(again, decided);
    }
}
