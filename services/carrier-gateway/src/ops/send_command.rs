//! The life of a command: claimed, marked as sent before the call, and its outcome recorded after.
//!
//! A crash between the last two is harmless: the lease runs out, the command is sent again under the same key, and
//! the carrier takes it for the same.

use carrier_gateway_domain::{About, Command, IllegalStep, OrderAsk, Outcome, PortOutAnswer, Step, schedule};
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

/// The SPID of the carrier that has the numbers of an order; none: we do not know that carrier.
pub(crate) async fn find_losing_spid(pool: &PgPool, order: OrderId) -> Result<Option<Spid>, StoreError> {
    let mut conn = pool.acquire().await?;
    let Some(submission) = store::submissions::find(&mut conn, order).await? else {
        return Err(StoreError::corrupt(
            "submission",
            &order,
            &"there is a command, but no submission",
        ));
    };
    let carrier = store::carriers::find(&mut conn, &submission.carrier).await?;
    Ok(carrier.map(|carrier| carrier.spid))
}

/// What we answer for each case of one port-out request.
pub(crate) async fn list_port_out_answers(
    pool: &PgPool,
    winning_spid: &Spid,
    pon: &Pon,
    ver: Ver,
) -> Result<Vec<PortOutAnswer>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::commands::list_port_out_answers(&mut conn, winning_spid, pon, ver).await
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
        OrderAsk::Submit | OrderAsk::Supplement => {
            let next_poll_at = schedule::next_reference_poll(now, now);
            store::submissions::acknowledge(conn, order, ver, now, next_poll_at).await?;
        }
        OrderAsk::Cancel | OrderAsk::Activate => {}
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
