//! Table `inbound`: what other carriers ask of us and report, on its way to intake.

use std::time::Duration;

use carrier_gateway_domain::{PortOutProgress, PortOutRequest};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use sqlx::types::Json;
use types::{InboundId, PortOutId};
use uuid::Uuid;
use vault::Vault;

pub(crate) use super::inbound_row::Inbound;
use super::inbound_row::{Details, InboundRow, SealedSecrets};
use super::{LEASE_SECS, at};

/// Keeps a winning carrier's request under a new id until intake has it. False: it was delivered before.
pub(crate) async fn insert_request(
    conn: &mut PgConnection,
    vault: &Vault,
    id: InboundId,
    connection: &str,
    request: &PortOutRequest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let secrets = SealedSecrets::seal(vault, id, request)?;
    let inserted = sqlx::query(
        "INSERT INTO inbound (inbound_id, connection, kind, winning_spid, pon, ver, details, account_number, pin,
                state, recorded_at)
         VALUES ($1, $2, 'request', $3, $4, $5, $6, $7, $8, 'waiting', $9)
         ON CONFLICT (connection, winning_spid, pon, ver) WHERE kind = 'request' DO NOTHING",
    )
    .bind(id.as_uuid())
    .bind(connection)
    .bind(request.winning_spid.as_str())
    .bind(request.pon.as_str())
    .bind(i32::from(request.ver))
    .bind(Json(Details::from(request)))
    .bind(secrets.account_number)
    .bind(secrets.pin)
    .bind(at(now))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Keeps news of a port-out under a new id until intake has it. False: it was delivered before.
pub(crate) async fn insert_progress(
    conn: &mut PgConnection,
    id: InboundId,
    connection: &str,
    progress: &PortOutProgress,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO inbound (inbound_id, connection, kind, winning_spid, pon, progress_id, details, state,
                recorded_at)
         VALUES ($1, $2, 'progress', $3, $4, $5, $6, 'waiting', $7)
         ON CONFLICT (connection, progress_id) WHERE kind = 'progress' DO NOTHING",
    )
    .bind(id.as_uuid())
    .bind(connection)
    .bind(progress.winning_spid.as_str())
    .bind(progress.pon.as_str())
    .bind(&progress.progress_id)
    .bind(Json(Details::from(progress)))
    .bind(at(now))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Something that this worker alone may deliver, as long as its lease holds.
#[derive(Debug)]
pub(crate) struct ClaimedInbound {
    pub(crate) id: InboundId,
    /// An error when its secrets cannot be opened: that must not hold up what others sent.
    pub(crate) inbound: Result<Inbound, StoreError>,
    pub(crate) attempts: i32,
    pub(crate) lease: Uuid,
}

/// Claims what may be delivered now: of each request the oldest alone, so that no news overtakes it. News that came
/// before its request waits for it (intake does not know the request yet), and so does not hold it up.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    vault: &Vault,
    limit: i64,
) -> Result<Vec<ClaimedInbound>, StoreError> {
    let rows: Vec<InboundRow> = sqlx::query_as(
        "UPDATE inbound
            SET lease_until = now() + make_interval(secs => $2), lease_token = gen_random_uuid(),
                attempts = attempts + 1
          WHERE inbound_id IN (
              SELECT inbound_id FROM inbound AS mine
               WHERE state = 'waiting' AND (lease_until IS NULL OR lease_until < now())
                 AND (retry_at IS NULL OR retry_at <= now())
                 AND NOT EXISTS (
                     SELECT FROM inbound AS earlier
                      WHERE earlier.winning_spid = mine.winning_spid AND earlier.pon = mine.pon
                        AND earlier.seq < mine.seq AND earlier.state = 'waiting'
                        AND (mine.kind = 'progress' OR earlier.kind = 'request' OR EXISTS (
                            SELECT FROM inbound AS known
                             WHERE known.winning_spid = mine.winning_spid AND known.pon = mine.pon
                               AND known.kind = 'request' AND known.state = 'delivered'
                               AND known.seq < earlier.seq)))
               ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING inbound_id, winning_spid, pon, ver, progress_id, details, account_number, pin, attempts,
                   lease_token",
    )
    .bind(limit)
    .bind(LEASE_SECS)
    .fetch_all(conn)
    .await?;
    let claimed = rows.into_iter().map(|row| ClaimedInbound {
        id: InboundId::from_uuid(row.inbound_id),
        attempts: row.attempts,
        lease: row.lease_token,
        inbound: row.read(vault),
    });
    Ok(claimed.collect())
}

/// Intake has it: its secrets are erased. `cases` are those made of a request. False: somebody else has it by now.
pub(crate) async fn save_delivered(
    conn: &mut PgConnection,
    claimed: &ClaimedInbound,
    cases: Option<&[PortOutId]>,
) -> Result<bool, StoreError> {
    let cases: Option<Vec<Uuid>> = cases.map(|cases| cases.iter().map(|case| case.as_uuid()).collect());
    let updated = sqlx::query(
        "UPDATE inbound
            SET state = 'delivered', port_out_ids = $3, account_number = NULL, pin = NULL, last_error = NULL,
                retry_at = NULL, lease_until = NULL, lease_token = NULL
          WHERE inbound_id = $1 AND lease_token = $2",
    )
    .bind(claimed.id.as_uuid())
    .bind(claimed.lease)
    .bind(cases)
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Intake will not have it: a person has to look. Its secrets are erased. False: somebody else has it by now.
pub(crate) async fn save_refused(
    conn: &mut PgConnection,
    claimed: &ClaimedInbound,
    refusal: &str,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE inbound
            SET state = 'refused', account_number = NULL, pin = NULL, last_error = $3, retry_at = NULL,
                lease_until = NULL, lease_token = NULL
          WHERE inbound_id = $1 AND lease_token = $2",
    )
    .bind(claimed.id.as_uuid())
    .bind(claimed.lease)
    .bind(refusal)
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Notes why delivery failed and lets it rest for `pause`. False: somebody else has it by now.
pub(crate) async fn rest(
    conn: &mut PgConnection,
    claimed: &ClaimedInbound,
    pause: Duration,
    error: &str,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE inbound
            SET last_error = $3, retry_at = now() + make_interval(secs => $4), lease_until = NULL,
                lease_token = NULL
          WHERE inbound_id = $1 AND lease_token = $2",
    )
    .bind(claimed.id.as_uuid())
    .bind(claimed.lease)
    .bind(error)
    .bind(pause.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// How much waits for intake.
pub(crate) async fn count_waiting(conn: &mut PgConnection) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM inbound WHERE state = 'waiting'")
            .fetch_one(conn)
            .await?,
    )
}
