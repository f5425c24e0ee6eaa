//! What the carrier was asked, and how far each has come.

use intake_domain::port_in::{AtCarrier, CommandKind, CommandState};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn, Ver};

use super::order::ver;

/// A command as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct CarrierCommand {
    pub(crate) kind: String,
    pub(crate) ver: i32,
    pub(crate) state: CommandState,
    pub(crate) since: Timestamp,
}

/// Records how far a command has come, in this order alone: requested, sent, acknowledged or refused. What comes late
/// changes nothing, and neither does news of other numbers than it was last asked for (none: it is not said of which).
/// False: it changed nothing.
pub(crate) async fn record(
    conn: &mut PgConnection,
    order: OrderId,
    kind: CommandKind,
    about: Ver,
    state: CommandState,
    tns: &[Tn],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO carrier_command AS known (order_id, kind, ver, state, since) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (order_id, kind, ver) DO UPDATE SET state = excluded.state, since = excluded.since
          WHERE array_position(ARRAY['REQUESTED', 'SENT', 'ACKNOWLEDGED', 'REFUSED'], known.state)
              < array_position(ARRAY['REQUESTED', 'SENT', 'ACKNOWLEDGED', 'REFUSED'], excluded.state)
            AND (known.tns IS NULL OR $6 = '{}' OR known.tns = $6)",
    )
    .bind(order.as_uuid())
    .bind(kind.code())
    .bind(ver(about))
    .bind(state.code())
    .bind(at.to_sqlx())
    .bind(sorted(tns))
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Records that a command is asked for. What can be asked for again in a version, for other numbers or once more, is
/// shown as it was last asked for.
pub(crate) async fn request(
    conn: &mut PgConnection,
    order: OrderId,
    kind: CommandKind,
    about: Ver,
    tns: Option<&[Tn]>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO carrier_command AS known (order_id, kind, ver, state, since, tns)
         VALUES ($1, $2, $3, 'REQUESTED', $4, $5)
         ON CONFLICT (order_id, kind, ver) DO UPDATE
            SET state = excluded.state, since = excluded.since, tns = excluded.tns
          WHERE excluded.tns IS NOT NULL",
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

/// Whether the carrier may have anything of the order: not when it refused the first version, took in no other and never
/// answered.
pub(crate) async fn at_carrier(conn: &mut PgConnection, order: OrderId) -> Result<AtCarrier, StoreError> {
    let has_nothing: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM carrier_command
                         WHERE order_id = $1 AND kind = 'submit' AND state = 'REFUSED')
            AND NOT EXISTS (SELECT FROM carrier_command
                             WHERE order_id = $1 AND kind <> 'submit' AND state = 'ACKNOWLEDGED')
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

/// The commands of an order, newest first; at most one a version and kind, so fewer than 400.
pub(crate) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<CarrierCommand>, StoreError> {
    let rows: Vec<(String, i16, String, jiff_sqlx::Timestamp)> = sqlx::query_as(
        "SELECT kind, ver, state, since FROM carrier_command WHERE order_id = $1
          ORDER BY ver DESC, array_position(ARRAY['enable_messaging', 'snapback', 'activate', 'cancel', 'supplement', 'submit'], kind)",
    )
    .bind(order.as_uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(kind, ver, state, since)| {
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
                state: state
                    .ok_or_else(|| StoreError::corrupt("carrier_command", &order, &"unknown state"))?,
                since: since.to_jiff(),
            })
        })
        .collect()
}
