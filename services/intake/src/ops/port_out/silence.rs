//! What happens when nobody answers in time.

use clock::Backlog;
use jiff::Timestamp;
use pg::StoreError;
use service::due::Pass;

use super::settle::settle;
use crate::app::Intake;
use crate::store;

/// Decides the case that has waited longest, if one is due. Any number of replicas may run it: the request is locked,
/// and what is read under the lock says whether it is still due.
pub(crate) async fn decide_silence(intake: &Intake, now: Timestamp) -> Result<Pass, StoreError> {
    let mut tx = intake.base.pool.begin().await?;
    let Some(key) = store::port_out::lock_due_request(&mut tx, now).await? else {
        return Ok(Pass::Idle);
    };
    let mut cases = store::port_out::cases_of_request(&mut tx, &key).await?;
    for index in 0..cases.len() {
        let decided = cases
            .get(index)
            .and_then(|case| case.state.clone().fall_silent(case.silence, now).ok());
        if let Some(transition) = decided {
            settle(&mut tx, &mut cases, index, transition, now).await?;
        }
    }
    tx.commit().await?;
    Ok(Pass::Worked)
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
