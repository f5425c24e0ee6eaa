//! Links: what each opens, and until when. Their tokens are known by digest alone.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, LinkId};
use uuid::Uuid;

use super::port_in::order::Access;

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// A letter of authorization, to sign it. Subject: the signing.
    SignLetter,
    /// An order, to follow it. Subject: the order.
    TrackOrder,
    /// A question whether numbers may go, to answer it. Subject: the consent.
    Consent,
}

impl LinkKind {
    const ALL: [Self; 3] = [Self::SignLetter, Self::TrackOrder, Self::Consent];

    const fn code(self) -> &'static str {
        match self {
            Self::SignLetter => "SIGN_LETTER",
            Self::TrackOrder => "TRACK_ORDER",
            Self::Consent => "CONSENT",
        }
    }
}

/// A link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) id: LinkId,
    pub(crate) kind: LinkKind,
    /// What it opens; what kind of id that is depends on `kind`.
    pub(crate) subject: Uuid,
    pub(crate) account: AccountId,
    pub(crate) made_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// It did the one thing that it was for.
    pub(crate) used_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl Link {
    /// Whether it opens anything. One that was used up does, to show that: a click may come twice.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    link_id: Uuid,
    kind: String,
    subject_id: Uuid,
    account_id: Uuid,
    made_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    used_at: Option<jiff_sqlx::Timestamp>,
    revoked_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<Row> for Link {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let kind = LinkKind::ALL.into_iter().find(|kind| kind.code() == row.kind);
        Ok(Self {
            id: LinkId::from_uuid(row.link_id),
            kind: kind.ok_or_else(|| StoreError::corrupt("link", &row.link_id, &"unknown kind"))?,
            subject: row.subject_id,
            account: AccountId::from_uuid(row.account_id),
            made_at: row.made_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            used_at: row.used_at.map(jiff_sqlx::Timestamp::to_jiff),
            revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// Adds a link that opens by the token of this digest.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    link: &Link,
    digest: &[u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO link (link_id, token_digest, kind, subject_id, account_id, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(link.id.as_uuid())
    .bind(digest.as_slice())
    .bind(link.kind.code())
    .bind(link.subject)
    .bind(link.account.as_uuid())
    .bind(link.made_at.to_sqlx())
    .bind(link.expires_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The link of a token, whether it still opens anything or not.
pub(crate) async fn find(
    conn: &mut PgConnection,
    digest: &[u8; 32],
    access: Access,
) -> Result<Option<Link>, StoreError> {
    const READ: &str =
        "SELECT link_id, kind, subject_id, account_id, made_at, expires_at, used_at, revoked_at
           FROM link WHERE token_digest = $1";
    const CHANGE: &str =
        "SELECT link_id, kind, subject_id, account_id, made_at, expires_at, used_at, revoked_at
           FROM link WHERE token_digest = $1 FOR UPDATE";
    let row: Option<Row> = sqlx::query_as(if access == Access::Change { CHANGE } else { READ })
        .bind(digest.as_slice())
        .fetch_optional(conn)
        .await?;
    row.map(Link::try_from).transpose()
}

/// Ends a link that did what it was for.
pub(crate) async fn use_up(conn: &mut PgConnection, link: LinkId, now: Timestamp) -> Result<(), StoreError> {
    let used = sqlx::query(
        "UPDATE link SET used_at = $2 WHERE link_id = $1 AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind(link.as_uuid())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    if used == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the link"))
    }
}

/// Ends the links of a subject, as what they were for was done in another way.
pub(crate) async fn use_up_all(
    conn: &mut PgConnection,
    kind: LinkKind,
    subject: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE link SET used_at = $3
          WHERE subject_id = $2 AND kind = $1 AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind(kind.code())
    .bind(subject)
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the links of a subject that were neither used nor revoked. Returns how many.
pub(crate) async fn revoke(
    conn: &mut PgConnection,
    kind: LinkKind,
    subject: Uuid,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let revoked = sqlx::query(
        "UPDATE link SET revoked_at = $3
          WHERE subject_id = $2 AND kind = $1 AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind(kind.code())
    .bind(subject)
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(revoked.rows_affected())
}

/// A page of a subject's links, newest first, whether they still open anything or not.
pub(crate) async fn list(
    conn: &mut PgConnection,
    kind: LinkKind,
    subject: Uuid,
    before: Option<LinkId>,
    limit: i64,
) -> Result<Vec<Link>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT link_id, kind, subject_id, account_id, made_at, expires_at, used_at, revoked_at
           FROM link
          WHERE subject_id = $1 AND kind = $2 AND ($3::uuid IS NULL OR link_id < $3)
          ORDER BY link_id DESC LIMIT $4",
    )
    .bind(subject)
    .bind(kind.code())
    .bind(before.map(LinkId::as_uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Link::try_from).collect()
}

/// A link, locked until the transaction ends, if it is one of that subject's.
pub(crate) async fn find_of(
    conn: &mut PgConnection,
    kind: LinkKind,
    subject: Uuid,
    link: LinkId,
) -> Result<Option<Link>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT link_id, kind, subject_id, account_id, made_at, expires_at, used_at, revoked_at
           FROM link WHERE link_id = $1 AND subject_id = $2 AND kind = $3 FOR UPDATE",
    )
    .bind(link.as_uuid())
    .bind(subject)
    .bind(kind.code())
    .fetch_optional(conn)
    .await?;
    row.map(Link::try_from).transpose()
}

/// Ends one link.
pub(crate) async fn revoke_one(
    conn: &mut PgConnection,
    link: LinkId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let revoked = sqlx::query("UPDATE link SET revoked_at = $2 WHERE link_id = $1 AND revoked_at IS NULL")
        .bind(link.as_uuid())
        .bind(now.to_sqlx())
        .execute(conn)
        .await?
        .rows_affected();
    if revoked == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the link"))
    }
}
