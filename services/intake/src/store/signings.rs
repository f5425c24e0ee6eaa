//! Letters given to somebody to sign, and their signatures.

use intake_domain::letters::{SignatureRecord, Signing, SigningEnd};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, DocumentId, LetterId, OrderId, Secret, SigningId};
use uuid::Uuid;
use vault::{Context, Sealed, Vault};

/// Signings shown of one order at most.
const SHOWN_MAX: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    signing_id: Uuid,
    letter_id: Uuid,
    order_id: Uuid,
    account_id: Uuid,
    signer_name: String,
    signer_email: String,
    requested_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    revoked_at: Option<jiff_sqlx::Timestamp>,
    signed_as: Option<String>,
    signed_at: Option<jiff_sqlx::Timestamp>,
    machine_time: Option<jiff_sqlx::Timestamp>,
    remote_address: Option<String>,
    user_agent: Option<String>,
    document_id: Option<Uuid>,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "signing_id, letter_id, order_id, account_id, signer_name, signer_email, requested_at, expires_at, revoked_at,
         signed_as, signed_at, machine_time, remote_address, user_agent, document_id"
    };
}

impl Row {
    fn signature(&self) -> Result<Option<SignatureRecord>, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("signing", &self.signing_id, why);
        let Some(signed_as) = self.signed_as.clone() else {
            return Ok(None);
        };
        let rest = (
            self.signed_at,
            self.machine_time,
            &self.remote_address,
            self.document_id,
        );
        let (Some(signed_at), Some(machine_time), Some(address), Some(document)) = rest else {
            return Err(corrupt(&"half a signature"));
        };
        Ok(Some(SignatureRecord {
            signed_as,
            signed_at: signed_at.to_jiff(),
            machine_time: machine_time.to_jiff(),
            remote_address: address.parse().map_err(|error| corrupt(&error))?,
            user_agent: self.user_agent.clone().unwrap_or_default(),
            document: DocumentId::from_uuid(document),
        }))
    }
}

impl TryFrom<Row> for Signing {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let end = match (row.signature()?, row.revoked_at) {
            (Some(signature), _) => SigningEnd::Signed(signature),
            (None, Some(_)) => SigningEnd::Revoked,
            (None, None) => SigningEnd::Open,
        };
        Ok(Self {
            id: SigningId::from_uuid(row.signing_id),
            letter: LetterId::from_uuid(row.letter_id),
            order: OrderId::from_uuid(row.order_id),
            account: AccountId::from_uuid(row.account_id),
            signer_name: row.signer_name,
            signer_email: row.signer_email,
            requested_at: row.requested_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            end,
        })
    }
}

fn context(signing: SigningId) -> Context {
    Context::new("intake.signing.token", signing.as_uuid().as_bytes())
}

fn corrupt(signing: SigningId, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::corrupt("signing", &signing, why)
}

/// Adds a signing that is open, with the token of its link.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    vault: &Vault,
    signing: &Signing,
    token: &Secret,
) -> Result<(), StoreError> {
    let sealed = vault
        .seal(token, &context(signing.id))
        .map_err(|error| corrupt(signing.id, &error))?;
    sqlx::query(
        "INSERT INTO signing (signing_id, letter_id, order_id, account_id, signer_name, signer_email, requested_at,
                              expires_at, token_sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(signing.id.as_uuid())
    .bind(signing.letter.as_uuid())
    .bind(signing.order.as_uuid())
    .bind(signing.account.as_uuid())
    .bind(&signing.signer_name)
    .bind(&signing.signer_email)
    .bind(signing.requested_at.to_sqlx())
    .bind(signing.expires_at.to_sqlx())
    .bind(Vec::<u8>::from(sealed))
    .execute(conn)
    .await?;
    Ok(())
}

/// A signing. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    signing: SigningId,
    account: Option<AccountId>,
) -> Result<Option<Signing>, StoreError> {
    let row: Option<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM signing WHERE signing_id = $1 AND ($2::uuid IS NULL OR account_id = $2)"
    ))
    .bind(signing.as_uuid())
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    row.map(Signing::try_from).transpose()
}

/// The signings of an order, newest first.
pub(crate) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Signing>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM signing WHERE order_id = $1 ORDER BY requested_at DESC, signing_id DESC LIMIT $2"
    ))
    .bind(order.as_uuid())
    .bind(SHOWN_MAX)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Signing::try_from).collect()
}

/// The token of a signing's link, as long as it is open.
pub(crate) async fn token(
    conn: &mut PgConnection,
    vault: &Vault,
    signing: SigningId,
) -> Result<Option<Secret>, StoreError> {
    let sealed: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT token_sealed FROM signing WHERE signing_id = $1")
            .bind(signing.as_uuid())
            .fetch_optional(conn)
            .await?;
    let Some(sealed) = sealed.flatten() else {
        return Ok(None);
    };
    let sealed = Sealed::try_from(sealed).map_err(|error| corrupt(signing, &error))?;
    let token = vault.open(&sealed, &context(signing));
    token.map(Some).map_err(|error| corrupt(signing, &error))
}

/// Records a signature, and forgets the token.
pub(crate) async fn sign(
    conn: &mut PgConnection,
    signing: SigningId,
    signature: &SignatureRecord,
) -> Result<(), StoreError> {
    let signed = sqlx::query(
        "UPDATE signing
            SET signed_as = $2, signed_at = $3, machine_time = $4, remote_address = $5, user_agent = $6,
                document_id = $7, token_sealed = NULL
          WHERE signing_id = $1 AND signed_at IS NULL AND revoked_at IS NULL",
    )
    .bind(signing.as_uuid())
    .bind(&signature.signed_as)
    .bind(signature.signed_at.to_sqlx())
    .bind(signature.machine_time.to_sqlx())
    .bind(signature.remote_address.to_string())
    .bind(&signature.user_agent)
    .bind(signature.document.as_uuid())
    .execute(conn)
    .await?
    .rows_affected();
    changed(signed)
}

/// Takes an open signing back, and forgets the token.
pub(crate) async fn revoke(
    conn: &mut PgConnection,
    signing: SigningId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let revoked = sqlx::query(
        "UPDATE signing SET revoked_at = $2, token_sealed = NULL
          WHERE signing_id = $1 AND signed_at IS NULL AND revoked_at IS NULL",
    )
    .bind(signing.as_uuid())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?
    .rows_affected();
    changed(revoked)
}

fn changed(rows: u64) -> Result<(), StoreError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the signing"))
    }
}
