//! Table `command`: the queue of what is asked of carriers, and its history.

use std::time::Duration;

use carrier_gateway_domain::{Command, PortOutAnswer, Progress, Reading};
use pg::StoreError;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, Row};
use types::{CommandId, EventId, OrderId, Pon, PortOutId, SnapbackId, Spid, Ver};
use uuid::Uuid;

use super::command_row::{AskColumns, CommandRow, ProgressColumns, command_columns};
use super::{LEASE_SECS, at};

/// A command that this worker alone may try, as long as its lease holds.
#[derive(Debug)]
pub(crate) struct ClaimedCommand {
    pub(crate) command: Command,
    pub(crate) lease: Uuid,
}

/// Adds a command that an event asked for. False: the same was asked before.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    command: &Command,
    asked_by: EventId,
) -> Result<bool, StoreError> {
    insert_as(conn, command, asked_by, None).await
}

/// Adds a decision about a port-out that came after `first`, the one that stands: as refused, for all to see.
/// False: the same event was heard before.
pub(crate) async fn insert_second(
    conn: &mut PgConnection,
    command: &Command,
    asked_by: EventId,
    first: CommandId,
) -> Result<bool, StoreError> {
    insert_as(conn, command, asked_by, Some(first)).await
}

async fn insert_as(
    conn: &mut PgConnection,
    command: &Command,
    asked_by: EventId,
    second_of: Option<CommandId>,
) -> Result<bool, StoreError> {
    let ask = AskColumns::from(&command.about);
    let progress = ProgressColumns::from(&command.progress);
    let inserted = sqlx::query(
        "INSERT INTO command (command_id, subject_id, account_id, pon, ver, kind, date_only, tns, words,
                winning_spid, port_out_answer, progress, ended_at, refusal, requested_at, traceparent, asked_by,
                second_of, conflict, request_id, answers_per_number, request_cases)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         ON CONFLICT DO NOTHING",
    )
    .bind(command.id.as_uuid())
    .bind(command.about.subject())
    .bind(command.account.as_uuid())
    .bind(command.pon.as_str())
    .bind(i32::from(command.ver))
    .bind(command.about.kind().code())
    .bind(ask.date_only)
    .bind(ask.tns)
    .bind(ask.words)
    .bind(ask.winning_spid)
    .bind(ask.answer)
    .bind(progress.progress)
    .bind(progress.ended_at.map(at))
    .bind(progress.refusal)
    .bind(at(command.requested_at))
    .bind(&command.traceparent)
    .bind(asked_by.as_uuid())
    .bind(second_of.map(CommandId::as_uuid))
    .bind(ask.conflict)
    .bind(ask.request_id)
    .bind(ask.answers_per_number)
    .bind(ask.request_cases)
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The decision about a port-out case that stands for this version, if there is one.
pub(crate) async fn find_port_out_answer(
    conn: &mut PgConnection,
    case: PortOutId,
    ver: Ver,
) -> Result<Option<Command>, StoreError> {
    sqlx::query_as::<_, CommandRow>(concat!(
        "SELECT ",
        command_columns!(),
        " FROM command WHERE subject_id = $1 AND ver = $2 AND kind = 'answer_port_out' AND second_of IS NULL"
    ))
    .bind(case.as_uuid())
    .bind(i32::from(ver))
    .fetch_optional(conn)
    .await?
    .map(Command::try_from)
    .transpose()
}

/// The command by which numbers that left were asked for.
pub(crate) async fn find_port_out_snapback(
    conn: &mut PgConnection,
    request: SnapbackId,
) -> Result<Option<Command>, StoreError> {
    sqlx::query_as::<_, CommandRow>(concat!(
        "SELECT ",
        command_columns!(),
        " FROM command WHERE request_id = $1"
    ))
    .bind(request.as_uuid())
    .fetch_optional(conn)
    .await?
    .map(Command::try_from)
    .transpose()
}

/// Whether the carrier has the last version of an order before `ver`.
pub(crate) async fn is_version_before_acknowledged(
    conn: &mut PgConnection,
    order: OrderId,
    ver: Ver,
) -> Result<bool, StoreError> {
    let is_acknowledged: Option<bool> = sqlx::query_scalar(
        "SELECT progress = 'acknowledged' FROM command
          WHERE subject_id = $1 AND ver < $2 AND kind IN ('submit', 'supplement') ORDER BY ver DESC LIMIT 1",
    )
    .bind(order.as_uuid())
    .bind(i32::from(ver))
    .fetch_optional(conn)
    .await?;
    Ok(is_acknowledged.unwrap_or(false))
}

/// Claims commands that may be tried now: of each order or case the oldest open one alone, so that a cancel never
/// overtakes what it cancels.
pub(crate) async fn claim(conn: &mut PgConnection, limit: i64) -> Result<Vec<ClaimedCommand>, StoreError> {
    let rows = sqlx::query(concat!(
        "UPDATE command
            SET lease_until = now() + make_interval(secs => $2), lease_token = gen_random_uuid(),
                attempts = attempts + 1
          WHERE command_id IN (
              SELECT command.command_id FROM command JOIN command_ready AS ready USING (command_id)
               WHERE (command.lease_until IS NULL OR command.lease_until < now())
                 AND (command.retry_at IS NULL OR command.retry_at <= now())
                 AND NOT EXISTS (
                     SELECT FROM command AS earlier
                      WHERE earlier.subject_id = ready.subject_id AND earlier.seq < ready.seq
                        AND earlier.progress IN ('requested', 'sent'))
               ORDER BY ready.seq LIMIT $1 FOR UPDATE OF command SKIP LOCKED)
         RETURNING lease_token, ",
        command_columns!()
    ))
    .bind(limit)
    .bind(LEASE_SECS)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ClaimedCommand {
                command: CommandRow::from_row(row)?.try_into()?,
                lease: row.try_get("lease_token")?,
            })
        })
        .collect()
}

/// The command, locked, if it is still claimed under `lease`.
pub(crate) async fn lock_claimed(
    conn: &mut PgConnection,
    id: CommandId,
    lease: Uuid,
) -> Result<Option<Command>, StoreError> {
    sqlx::query_as::<_, CommandRow>(concat!(
        "SELECT ",
        command_columns!(),
        " FROM command WHERE command_id = $1 AND lease_token = $2 FOR UPDATE"
    ))
    .bind(id.as_uuid())
    .bind(lease)
    .fetch_optional(conn)
    .await?
    .map(Command::try_from)
    .transpose()
}

/// The commands of one version of an order that were sent and have not ended, locked.
pub(crate) async fn lock_sent(
    conn: &mut PgConnection,
    order: OrderId,
    ver: Ver,
) -> Result<Vec<Command>, StoreError> {
    sqlx::query_as::<_, CommandRow>(concat!(
        "SELECT ",
        command_columns!(),
        " FROM command WHERE subject_id = $1 AND ver = $2 AND progress = 'sent' ORDER BY seq FOR UPDATE"
    ))
    .bind(order.as_uuid())
    .bind(i32::from(ver))
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Command::try_from)
    .collect()
}

/// Writes how far a locked command has come. One that has ended gives its lease back.
pub(crate) async fn save_progress(
    conn: &mut PgConnection,
    id: CommandId,
    progress: &Progress,
) -> Result<(), StoreError> {
    let columns = ProgressColumns::from(progress);
    let updated = sqlx::query(
        "UPDATE command
            SET progress = $2, sent_at = coalesce(sent_at, $3), ended_at = $4, carrier_reference = $5,
                refusal = $6,
                lease_token = CASE WHEN $7 THEN NULL ELSE lease_token END,
                lease_until = CASE WHEN $7 THEN NULL ELSE lease_until END,
                last_error = CASE WHEN $7 THEN NULL ELSE last_error END
          WHERE command_id = $1 AND progress IN ('requested', 'sent')",
    )
    .bind(id.as_uuid())
    .bind(columns.progress)
    .bind(columns.sent_at.map(at))
    .bind(columns.ended_at.map(at))
    .bind(columns.carrier_reference)
    .bind(columns.refusal)
    .bind(progress.is_ended())
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the command"))
    }
}

/// Notes why a try failed and lets the command rest for `pause`. False: somebody else has it by now.
pub(crate) async fn rest(
    conn: &mut PgConnection,
    id: CommandId,
    lease: Uuid,
    pause: Duration,
    error: &str,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE command
            SET last_error = $3, retry_at = now() + make_interval(secs => $4), lease_until = NULL,
                lease_token = NULL
          WHERE command_id = $1 AND lease_token = $2",
    )
    .bind(id.as_uuid())
    .bind(lease)
    .bind(error)
    .bind(pause.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// What we answer for each case of one port-out request, and how the carrier reads it, as far as that was kept.
pub(crate) async fn list_port_out_answers(
    conn: &mut PgConnection,
    winning_spid: &Spid,
    pon: &Pon,
    ver: Ver,
) -> Result<Vec<(PortOutAnswer, Option<Reading>)>, StoreError> {
    let answers: Vec<(Json<PortOutAnswer>, Option<bool>)> = sqlx::query_as(
        "SELECT port_out_answer, answers_per_number FROM command
          WHERE kind = 'answer_port_out' AND winning_spid = $1 AND pon = $2 AND ver = $3 AND second_of IS NULL
          ORDER BY seq",
    )
    .bind(winning_spid.as_str())
    .bind(pon.as_str())
    .bind(i32::from(ver))
    .fetch_all(conn)
    .await?;
    let answer = |(Json(answer), is_per_number): (_, Option<bool>)| (answer, is_per_number.map(Reading::of));
    Ok(answers.into_iter().map(answer).collect())
}

/// A page of commands, newest first, from before the row `before`; with each command its row number.
pub(crate) async fn list(
    conn: &mut PgConnection,
    subject: Option<Uuid>,
    open_only: bool,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(i64, Command)>, StoreError> {
    let rows = sqlx::query(concat!(
        "SELECT seq, ",
        command_columns!(),
        " FROM command
          WHERE ($1::uuid IS NULL OR subject_id = $1) AND (NOT $2 OR progress IN ('requested', 'sent'))
            AND ($3::bigint IS NULL OR seq < $3)
          ORDER BY seq DESC LIMIT $4"
    ))
    .bind(subject)
    .bind(open_only)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("seq")?, CommandRow::from_row(row)?.try_into()?)))
        .collect()
}

/// How many commands could be tried or are being tried.
pub(crate) async fn count_ready(conn: &mut PgConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM command_ready")
        .fetch_one(conn)
        .await?)
}
