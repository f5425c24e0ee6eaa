//! Which documents accounts' orders must have: every version that there was.

use intake_domain::document_policy::{AccountProof, DocumentPolicy};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::AccountId;
use uuid::Uuid;

/// A version of an account's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyVersion {
    pub(crate) account: AccountId,
    pub(crate) version: i32,
    pub(crate) policy: DocumentPolicy,
    pub(crate) set_by: String,
    pub(crate) set_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    version: i32,
    geographic_loa: bool,
    geographic_proof: String,
    toll_free_proof: String,
    set_by: String,
    set_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for PolicyVersion {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let proof = |code: &str| {
            let found = AccountProof::ALL.into_iter().find(|proof| proof.code() == code);
            found.ok_or_else(|| StoreError::corrupt("document_policy", &row.account_id, &"unknown proof"))
        };
        Ok(Self {
            account: AccountId::from_uuid(row.account_id),
            version: row.version,
            policy: DocumentPolicy {
                geographic_loa: row.geographic_loa,
                geographic: proof(&row.geographic_proof)?,
                toll_free: proof(&row.toll_free_proof)?,
            },
            set_by: row.set_by,
            set_at: row.set_at.to_jiff(),
        })
    }
}

/// A version of an account's policy, or the latest. `None`: there is none.
pub(crate) async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    version: Option<i32>,
) -> Result<Option<PolicyVersion>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT account_id, version, geographic_loa, geographic_proof, toll_free_proof, set_by, set_at
           FROM document_policy WHERE account_id = $1 AND ($2::integer IS NULL OR version = $2)
          ORDER BY version DESC LIMIT 1",
    )
    .bind(account.as_uuid())
    .bind(version)
    .fetch_optional(conn)
    .await?;
    row.map(PolicyVersion::try_from).transpose()
}

/// Adds a version. False: somebody else made that version first.
pub(crate) async fn insert(conn: &mut PgConnection, new: &PolicyVersion) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO document_policy (account_id, version, geographic_loa, geographic_proof, toll_free_proof, set_by,
                                      set_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
    )
    .bind(new.account.as_uuid())
    .bind(new.version)
    .bind(new.policy.geographic_loa)
    .bind(new.policy.geographic.code())
    .bind(new.policy.toll_free.code())
    .bind(&new.set_by)
    .bind(new.set_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
