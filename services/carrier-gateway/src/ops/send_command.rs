//! The life of a command: claimed, marked as sent before the call, and its outcome recorded after.
//!
//! A crash between the last two is harmless: the lease runs out, the command is sent again under the same key, and
//! the carrier takes it for the same.

use carrier_gateway_domain::{
    About, Carrier, Command, IllegalStep, OrderAsk, Outcome, PortOutAnswer, Reading, Step, Supplement,
    schedule,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::{OrderId, Pon, Spid, Ver};

use super::ClaimedCommand;
use crate::{announce, store};

/// Claims commands that may be tried now.
pub(crate) async fn claim_commands(pool: &PgPool, limit: i64) -> Result<Vec<ClaimedCommand>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::commands::claim(&mut conn, limit).await
}

/// The carrier that has the numbers of an order; none: we do not know that carrier.
pub(crate) async fn find_losing_carrier(
    pool: &PgPool,
    order: OrderId,
) -> Result<Option<Carrier>, StoreError> {
    let mut conn = pool.acquire().await?;
    let Some(submission) = store::submissions::find(&mut conn, order).await? else {
        return Err(StoreError::corrupt(
            "submission",
            &order,
            &"there is a command, but no submission",
        ));
    };
    store::carriers::find(&mut conn, &submission.carrier).await
}

/// What a version changes, as the carrier sees it. A new date alone (SUP 2) stands on a version that the carrier has:
/// if it never got the one before, it is told everything again.
pub(crate) async fn supplement_of(
    pool: &PgPool,
    order: OrderId,
    ver: Ver,
    ask: &OrderAsk,
) -> Result<Supplement, StoreError> {
    let date_only = match ask {
        OrderAsk::Supplement { date_only } => *date_only,
        OrderAsk::Submit
        | OrderAsk::Cancel
        | OrderAsk::Activate { .. }
        | OrderAsk::Snapback { .. }
        | OrderAsk::EnableMessaging { .. } => return Ok(Supplement::None),
    };
    let mut conn = pool.acquire().await?;
    if date_only && store::commands::is_version_before_acknowledged(&mut conn, order, ver).await? {
        Ok(Supplement::DueDate)
    } else {
        Ok(Supplement::Other)
    }
}

/// The one answer to a port-out request, combined of what we answer for each of its cases; none: there is no case.
pub(crate) async fn combine_port_out_answer(
    pool: &PgPool,
    winning_spid: &Spid,
    pon: &Pon,
    ver: Ver,
) -> Result<Option<PortOutAnswer>, StoreError> {
    let mut conn = pool.acquire().await?;
    let cases = store::commands::list_port_out_answers(&mut conn, winning_spid, pon, ver).await?;
    let reading = match cases.iter().find_map(|(_, reading)| *reading) {
        Some(reading) => reading,
        None => Reading::of(reads_per_number(&mut conn, winning_spid).await?),
    };
    Ok(PortOutAnswer::combine(
        cases.into_iter().map(|(answer, _)| answer),
        reading,
    ))
}

/// What a carrier's profile says now. A request is judged by what it said when it came, which its decisions bring along; this
/// is for those that were made before they did.
async fn reads_per_number(conn: &mut PgConnection, winning_spid: &Spid) -> Result<bool, StoreError> {
    let winning = store::carriers::find_by_spid(conn, winning_spid).await?;
    Ok(winning.is_some_and(|carrier| carrier.answers_per_number))
}

/// Marks a claimed command as sent, and announces it the first time. False: it is not ours to send any more.
pub(crate) async fn mark_sent(
    pool: &PgPool,
    claimed: &ClaimedCommand,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = pool.begin().await?;
    let Some(command) = lock(&mut tx, claimed).await? else {
        return Ok(false);
    };
    let step = command.progress.clone().send(now);
    let is_ours = save(&mut tx, command, step, now).await?;
    tx.commit().await?;
    Ok(is_ours)
}

/// Records how a try ended. False: the command is not ours any more, and nothing was recorded.
pub(crate) async fn record_outcome(
    pool: &PgPool,
    connection: &str,
    claimed: &ClaimedCommand,
    outcome: Outcome,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = pool.begin().await?;
    let Some(command) = lock(&mut tx, claimed).await? else {
        return Ok(false);
    };
    let before = command.progress.clone();
    let is_recorded = match outcome {
        Outcome::Acknowledged { carrier_reference } => {
            let is_of_order = matches!(command.about, About::Order { .. });
            let is_recorded = acknowledge(&mut tx, command, carrier_reference, now).await?;
            if is_recorded && is_of_order {
                store::polls::want_by(&mut tx, connection, schedule::soon(now)).await?;
            }
            is_recorded
        }
        Outcome::Refused(refusal) => {
            let step = before.refuse(now, refusal);
            save(&mut tx, command, step, now).await?
        }
        Outcome::Failed(error) => {
            let pause = schedule::retry_pause(command.attempts);
            store::commands::rest(&mut tx, command.id, claimed.lease, pause, &error).await?
        }
    };
    tx.commit().await?;
    Ok(is_recorded)
}

/// The carrier has a command: records and announces it, and says when to ask about the request by reference.
pub(super) async fn acknowledge(
    conn: &mut PgConnection,
    command: Command,
    carrier_reference: Option<String>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let about = command.about.clone();
    let ver = command.ver;
    let step = command.progress.clone().acknowledge(now, carrier_reference);
    if !save(conn, command, step, now).await? {
        return Ok(false);
    }
    let About::Order { order, ask } = about else {
        return Ok(true);
    };
    match ask {
        OrderAsk::Submit | OrderAsk::Supplement { .. } => {
            let next_poll_at = schedule::next_reference_poll(now, now);
            store::submissions::acknowledge(conn, order, ver, now, next_poll_at).await?;
        }
        OrderAsk::Cancel
        | OrderAsk::Activate { .. }
        | OrderAsk::Snapback { .. }
        | OrderAsk::EnableMessaging { .. } => {}
    }
    Ok(true)
}

/// The claimed command, locked after the submission it belongs to.
async fn lock(conn: &mut PgConnection, claimed: &ClaimedCommand) -> Result<Option<Command>, StoreError> {
    if let About::Order { order, .. } = claimed.command.about {
        store::submissions::lock(conn, order).await?;
    }
    store::commands::lock_claimed(conn, claimed.command.id, claimed.lease).await
}

/// Saves and announces what a step led to. False: the step made no sense any more.
async fn save(
    conn: &mut PgConnection,
    command: Command,
    step: Result<Step, IllegalStep>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let step = match step {
        Ok(step) => step,
        Err(illegal) => {
            tracing::error!(command.id = %command.id, %illegal, "a command took an impossible turn");
            return Ok(false);
        }
    };
    if step.is_news {
        let command = Command {
            progress: step.progress,
            ..command
        };
        store::commands::save_progress(conn, command.id, &command.progress).await?;
        announce::command_progressed(conn, &command, now).await?;
    }
    Ok(true)
}
