//! The queue of deliveries: claimed with a lease, ended by whoever still holds it.
//!
//! Leases, pauses and ages are the database's own time, which every replica shares and nobody moves.

use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use notification_domain::{Channel, InvitationKind, Step};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::{AccountId, DeliveryId, EndpointId};
use uuid::Uuid;
use vault::Sealed;

/// A delivery that is ours to send until the lease ends.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) id: DeliveryId,
    pub(crate) account: AccountId,
    pub(crate) lease: Uuid,
    pub(crate) step: Step,
    pub(crate) subject_id: Uuid,
    pub(crate) receiver: String,
    pub(crate) body: String,
    pub(crate) kind: ClaimedKind,
    pub(crate) queued_at: Timestamp,
    /// Which try of this round it is: 1 is the first.
    pub(crate) tries: u32,
    /// How old the round is.
    pub(crate) age: Duration,
    pub(crate) traceparent: Option<String>,
}

/// What only one kind of delivery has.
#[derive(Debug)]
pub(crate) enum ClaimedKind {
    Email {
        subject_line: String,
    },
    Invitation {
        subject_line: String,
        kind: InvitationKind,
        /// The signing, or the question, by its id at intake.
        id: Uuid,
    },
    Webhook {
        endpoint: EndpointId,
        /// `None`: the endpoint was removed meanwhile.
        secret: Option<Sealed>,
    },
    Text {
        /// The question, by its id at intake.
        consent: Uuid,
    },
}

impl Claimed {
    /// By which way it goes.
    pub(crate) fn channel(&self) -> Channel {
        match self.kind {
            ClaimedKind::Email { .. } | ClaimedKind::Invitation { .. } => Channel::Email,
            ClaimedKind::Webhook { .. } => Channel::Webhook,
            ClaimedKind::Text { .. } => Channel::Sms,
        }
    }
}

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    delivery_id: Uuid,
    account_id: Uuid,
    lease_token: Uuid,
    step: String,
    subject_id: Uuid,
    receiver: String,
    body: String,
    subject_line: Option<String>,
    invitation: Option<String>,
    invitation_id: Option<Uuid>,
    endpoint_id: Option<Uuid>,
    secret: Option<Vec<u8>>,
    queued_at: jiff_sqlx::Timestamp,
    tries: i32,
    age_secs: i64,
    traceparent: Option<String>,
}

impl TryFrom<ClaimedRow> for Claimed {
    type Error = StoreError;

    fn try_from(row: ClaimedRow) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("delivery", &row.delivery_id, why);
        let invitation = match (row.invitation.as_deref(), row.invitation_id) {
            (Some(code), Some(id)) => {
                let kind = InvitationKind::ALL.into_iter().find(|kind| kind.code() == code);
                Some((kind.ok_or_else(|| corrupt(&"unknown invitation"))?, id))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(corrupt(&"half an invitation")),
        };
        let kind = match (row.subject_line, row.endpoint_id, invitation) {
            (Some(subject_line), None, Some((kind, id))) => ClaimedKind::Invitation {
                subject_line,
                kind,
                id,
            },
            (Some(subject_line), None, None) => ClaimedKind::Email { subject_line },
            (None, None, Some((InvitationKind::Consent, consent))) => ClaimedKind::Text { consent },
            (None, Some(endpoint), None) => ClaimedKind::Webhook {
                endpoint: EndpointId::from_uuid(endpoint),
                secret: row
                    .secret
                    .map(Sealed::try_from)
                    .transpose()
                    .map_err(|error| corrupt(&error))?,
            },
            (Some(_), Some(_), _) | (None, None | Some(_), _) => {
                return Err(corrupt(&"neither email, nor webhook, nor text"));
            }
        };
        Ok(Self {
            id: DeliveryId::from_uuid(row.delivery_id),
            account: AccountId::from_uuid(row.account_id),
            lease: row.lease_token,
            step: row.step.parse().map_err(|error| corrupt(&error))?,
            subject_id: row.subject_id,
            receiver: row.receiver,
            body: row.body,
            kind,
            queued_at: row.queued_at.to_jiff(),
            tries: u32::try_from(row.tries).map_err(|error| corrupt(&error))?,
            age: Duration::from_secs(row.age_secs.unsigned_abs()),
            traceparent: row.traceparent,
        })
    }
}

/// Claims up to `limit` deliveries for `lease_secs`. Of one subject to one receiver only the earliest is taken, so a
/// later step never overtakes an earlier one.
pub(crate) async fn claim(
    pool: &PgPool,
    channel: Channel,
    limit: i64,
    lease_secs: i32,
) -> Result<Vec<Claimed>, StoreError> {
    let rows: Vec<ClaimedRow> = sqlx::query_as(
        "WITH next AS (
             SELECT d.account_id, d.delivery_id FROM delivery d
              WHERE d.state = 'QUEUED' AND d.channel = $1 AND d.retry_at <= now()
                AND (d.lease_until IS NULL OR d.lease_until < now())
                AND NOT EXISTS (
                    SELECT FROM delivery e
                     WHERE e.account_id = d.account_id AND e.subject_id = d.subject_id AND e.channel = d.channel
                       AND e.receiver = d.receiver AND e.state = 'QUEUED' AND e.seq < d.seq)
              ORDER BY d.retry_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED),
         claimed AS (
             UPDATE delivery d
                SET lease_token = gen_random_uuid(), lease_until = now() + make_interval(secs => $3),
                    attempts = d.attempts + 1, tries = d.tries + 1
               FROM next WHERE d.account_id = next.account_id AND d.delivery_id = next.delivery_id
             RETURNING d.*)
         SELECT c.delivery_id, c.account_id, c.lease_token, c.step, c.subject_id, c.receiver, c.body, c.subject_line,
                c.endpoint_id, c.invitation, c.invitation_id, w.secret, c.queued_at, c.tries, c.traceparent,
                extract(epoch FROM now() - c.round_started_at)::bigint AS age_secs
           FROM claimed c
           LEFT JOIN webhook_endpoint w ON w.account_id = c.account_id AND w.endpoint_id = c.endpoint_id",
    )
    .bind(super::channel_text(channel))
    .bind(limit)
    .bind(f64::from(lease_secs))
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Claimed::try_from).collect()
}

/// The receiving server took it. False: the lease was lost, and somebody else sends it again under the same id.
pub(crate) async fn set_delivered(
    conn: &mut PgConnection,
    claimed: &Claimed,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE delivery SET state = 'DELIVERED', delivered_at = $4, last_error = '', lease_token = NULL,
                             lease_until = NULL
          WHERE account_id = $1 AND delivery_id = $2 AND lease_token = $3",
    )
    .bind(claimed.account.as_uuid())
    .bind(claimed.id.as_uuid())
    .bind(claimed.lease)
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// It is given up. False: the lease was lost.
pub(crate) async fn set_failed(
    conn: &mut PgConnection,
    claimed: &Claimed,
    error: &str,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE delivery SET state = 'FAILED', last_error = $4, lease_token = NULL, lease_until = NULL
          WHERE account_id = $1 AND delivery_id = $2 AND lease_token = $3",
    )
    .bind(claimed.account.as_uuid())
    .bind(claimed.id.as_uuid())
    .bind(claimed.lease)
    .bind(error)
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// It is tried again after `pause`. False: the lease was lost.
pub(crate) async fn set_retry(
    conn: &mut PgConnection,
    claimed: &Claimed,
    error: &str,
    pause: Duration,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE delivery SET retry_at = now() + make_interval(secs => $5), last_error = $4, lease_token = NULL,
                             lease_until = NULL
          WHERE account_id = $1 AND delivery_id = $2 AND lease_token = $3",
    )
    .bind(claimed.account.as_uuid())
    .bind(claimed.id.as_uuid())
    .bind(claimed.lease)
    .bind(error)
    .bind(pause.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// How many deliveries of a channel have not ended.
pub(crate) async fn count_queued(pool: &PgPool, channel: Channel) -> Result<u64, StoreError> {
    let queued: i64 =
        sqlx::query_scalar("SELECT count(*) FROM delivery WHERE state = 'QUEUED' AND channel = $1")
            .bind(super::channel_text(channel))
            .fetch_one(pool)
            .await?;
    Ok(queued.unsigned_abs())
}
