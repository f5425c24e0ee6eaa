//! What the carrier was asked, and how far each has come.

use intake_domain::port_in::{AtCarrier, CommandKind, CommandState};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{CommandId, OrderId, Tn, Ver};

use super::order::ver;

/// Commands of an order that are shown, the newest.
const LISTED_MAX: i64 = 400;

/// A command as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct CarrierCommand {
    pub(crate) kind: String,
    pub(crate) ver: i32,
    pub(crate) state: CommandState,
    pub(crate) since: Timestamp,
    /// The numbers it is about; 0: all of the order.
    pub(crate) number_count: usize,
}

/// How far a command has come.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    pub(crate) order: OrderId,
    pub(crate) command: CommandId,
    pub(crate) kind: CommandKind,
    pub(crate) ver: Ver,
    pub(crate) state: CommandState,
    /// The numbers it is about; empty: it is not said.
    pub(crate) tns: &'a [Tn],
    pub(crate) at: Timestamp,
}

/// The command that news is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    /// The numbers it is about, without those that were asked for again since; none: all of the order.
    pub(crate) tns: Option<Vec<Tn>>,
    /// Nothing of its kind was asked for since.
    pub(crate) is_latest: bool,
}

/// Records how far a command has come, in this order alone: requested, sent, acknowledged or refused. What comes late
/// changes nothing. News of a command whose id is not known yet is of the first batch of these numbers of which nothing was
/// heard, for the gateway tells of an order's commands in the order in which they were asked for. `None`: no news.
pub(crate) async fn record(
    conn: &mut PgConnection,
    news: &Progress<'_>,
) -> Result<Option<Command>, StoreError> {
    let known = find(conn, news).await?;
    let batch = match known {
        Some(batch) => advance(conn, news, batch).await?,
        None => Some(insert(conn, news).await?),
    };
    match batch {
        Some(batch) => read(conn, news, batch).await.map(Some),
        None => Ok(None),
    }
}

/// The batch that the news is of. A command for the whole order is the only one of its kind in its version.
async fn find(conn: &mut PgConnection, news: &Progress<'_>) -> Result<Option<i32>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT batch FROM carrier_command
          WHERE order_id = $1 AND kind = $2 AND ver = $3
            AND (tns IS NULL OR command_id = $4 OR command_id IS NULL AND ($5 = '{}' OR tns = $5))
          ORDER BY command_id IS NOT DISTINCT FROM $4 DESC, state = 'REQUESTED' DESC, batch LIMIT 1",
    )
    .bind(news.order.as_uuid())
    .bind(news.kind.code())
    .bind(ver(news.ver))
    .bind(news.command.as_uuid())
    .bind(sorted(news.tns))
    .fetch_optional(conn)
    .await?)
}

async fn advance(
    conn: &mut PgConnection,
    news: &Progress<'_>,
    batch: i32,
) -> Result<Option<i32>, StoreError> {
    let written = sqlx::query(
        "UPDATE carrier_command SET state = $5, since = $6, command_id = $7
          WHERE order_id = $1 AND kind = $2 AND ver = $3 AND batch = $4
            AND array_position(ARRAY['REQUESTED', 'SENT', 'ACKNOWLEDGED', 'REFUSED'], state)
              < array_position(ARRAY['REQUESTED', 'SENT', 'ACKNOWLEDGED', 'REFUSED'], $5)",
    )
    .bind(news.order.as_uuid())
    .bind(news.kind.code())
    .bind(ver(news.ver))
    .bind(batch)
    .bind(news.state.code())
    .bind(news.at.to_sqlx())
    .bind(news.command.as_uuid())
    .execute(conn)
    .await?;
    Ok((written.rows_affected() == 1).then_some(batch))
}

/// Keeps what was not known to be asked for.
async fn insert(conn: &mut PgConnection, news: &Progress<'_>) -> Result<i32, StoreError> {
    let tns = Some(sorted(news.tns)).filter(|tns| !tns.is_empty());
    Ok(sqlx::query_scalar(
        "INSERT INTO carrier_command (order_id, kind, ver, batch, state, since, tns, command_id)
         SELECT $1, $2, $3, coalesce(max(batch), 0) + 1, $4, $5, $6, $7
           FROM carrier_command WHERE order_id = $1 AND kind = $2 AND ver = $3
         RETURNING batch",
    )
    .bind(news.order.as_uuid())
    .bind(news.kind.code())
    .bind(ver(news.ver))
    .bind(news.state.code())
    .bind(news.at.to_sqlx())
    .bind(tns)
    .bind(news.command.as_uuid())
    .fetch_one(conn)
    .await?)
}

async fn read(conn: &mut PgConnection, news: &Progress<'_>, batch: i32) -> Result<Command, StoreError> {
    let (tns, is_latest): (Option<Vec<String>>, bool) = sqlx::query_as(
        "WITH later AS (SELECT tns FROM carrier_command
                         WHERE order_id = $1 AND kind = $2 AND (ver, batch) > ($3, $4))
         SELECT CASE WHEN tns IS NULL THEN NULL
                     ELSE ARRAY(SELECT unnest(tns) EXCEPT SELECT unnest(later.tns) FROM later) END,
                NOT EXISTS (SELECT FROM later)
           FROM carrier_command WHERE order_id = $1 AND kind = $2 AND ver = $3 AND batch = $4",
    )
    .bind(news.order.as_uuid())
    .bind(news.kind.code())
    .bind(ver(news.ver))
    .bind(batch)
    .fetch_one(conn)
    .await?;
    let corrupt = |error| StoreError::corrupt("carrier_command", &news.order, &error);
    let parse = |tns: Vec<String>| tns.iter().map(|tn| tn.parse()).collect::<Result<Vec<Tn>, _>>();
    Ok(Command {
        tns: tns.map(parse).transpose().map_err(corrupt)?,
        is_latest,
    })
}

/// Records that a command is asked for. What can be asked for again in a version, for other numbers or once more, is a
/// batch of its own each time. The order is locked.
pub(crate) async fn request(
    conn: &mut PgConnection,
    order: OrderId,
    kind: CommandKind,
    about: Ver,
    tns: Option<&[Tn]>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO carrier_command (order_id, kind, ver, batch, state, since, tns)
         SELECT $1, $2, $3, CASE WHEN $5::text[] IS NULL THEN 1 ELSE coalesce(max(batch), 0) + 1 END, 'REQUESTED', $4, $5
           FROM carrier_command WHERE order_id = $1 AND kind = $2 AND ver = $3
         ON CONFLICT (order_id, kind, ver, batch) DO NOTHING",
    )
    .bind(order.as_uuid())
    .bind(kind.code())
    .bind(ver(about))
    .bind(at.to_sqlx())
    .bind(tns.map(sorted))
    .execute(conn)
    .await?;
    Ok(())
}

fn sorted(tns: &[Tn]) -> Vec<String> {
    let mut texts: Vec<String> = tns.iter().map(Tn::to_string).collect();
    texts.sort_unstable();
    texts
}

/// Whether the carrier may have anything of the order: not when it refused the first version and every other, took in
/// nothing else and never answered.
pub(crate) async fn at_carrier(conn: &mut PgConnection, order: OrderId) -> Result<AtCarrier, StoreError> {
    let has_nothing: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM carrier_command
                         WHERE order_id = $1 AND kind = 'submit' AND state = 'REFUSED')
            AND NOT EXISTS (SELECT FROM carrier_command
                             WHERE order_id = $1 AND kind <> 'submit'
                               AND (state = 'ACKNOWLEDGED' OR kind = 'supplement' AND state <> 'REFUSED'))
            AND NOT EXISTS (SELECT FROM carrier_answer WHERE order_id = $1)",
    )
    .bind(order.as_uuid())
    .fetch_one(conn)
    .await?;
    Ok(if has_nothing {
        AtCarrier::Nothing
    } else {
        AtCarrier::Perhaps
    })
}

/// The commands of an order, newest first.
pub(crate) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<CarrierCommand>, StoreError> {
    let rows: Vec<(String, i16, String, jiff_sqlx::Timestamp, i32)> = sqlx::query_as(
        "SELECT kind, ver, state, since, coalesce(cardinality(tns), 0) FROM carrier_command WHERE order_id = $1
          ORDER BY ver DESC,
                   array_position(ARRAY['enable_messaging', 'snapback', 'activate', 'cancel', 'supplement', 'submit'], kind),
                   batch DESC
          LIMIT $2",
    )
    .bind(order.as_uuid())
    .bind(LISTED_MAX)
    .fetch_all(conn)
    .await?;
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("carrier_command", &order, why);
    rows.into_iter()
        .map(|(kind, ver, state, since, number_count)| {
            let states = [
                CommandState::Requested,
                CommandState::Sent,
                CommandState::Acknowledged,
                CommandState::Refused,
            ];
            let state = states.into_iter().find(|known| known.code() == state);
            Ok(CarrierCommand {
                kind,
                ver: ver.into(),
                state: state.ok_or_else(|| corrupt(&"unknown state"))?,
                since: since.to_jiff(),
                number_count: usize::try_from(number_count).map_err(|error| corrupt(&error))?,
            })
        })
        .collect()
}
