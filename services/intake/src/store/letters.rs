//! Letters made to be signed. Their PDFs are in the document store; here is what is known of them.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, LetterId, OrderId, Tn};
use uuid::Uuid;

/// A letter.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) id: LetterId,
    pub(crate) order: OrderId,
    pub(crate) btn: Option<Tn>,
    /// The numbers that it lists.
    pub(crate) tns: Vec<Tn>,
    pub(crate) page_count: i32,
    pub(crate) size_bytes: i64,
    pub(crate) sha256: [u8; 32],
    /// A digest of what it says of the order; `None`: it was made before that was kept.
    pub(crate) words_sha256: Option<[u8; 32]>,
    pub(crate) made_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    letter_id: Uuid,
    order_id: Uuid,
    btn: Option<String>,
    tns: Vec<String>,
    page_count: i32,
    size_bytes: i64,
    sha256: Vec<u8>,
    words_sha256: Option<Vec<u8>>,
    made_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Letter {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("letter", &row.letter_id, why);
        let tns: Result<Vec<Tn>, _> = row.tns.iter().map(|tn| tn.parse()).collect();
        let btn = row.btn.map(|btn| btn.parse()).transpose();
        let digest = |bytes: Vec<u8>| bytes.try_into().map_err(|_| corrupt(&"not a SHA-256"));
        Ok(Self {
            id: LetterId::from_uuid(row.letter_id),
            order: OrderId::from_uuid(row.order_id),
            btn: btn.map_err(|error| corrupt(&error))?,
            tns: tns.map_err(|error| corrupt(&error))?,
            page_count: row.page_count,
            size_bytes: row.size_bytes,
            sha256: digest(row.sha256)?,
            words_sha256: row.words_sha256.map(digest).transpose()?,
            made_at: row.made_at.to_jiff(),
        })
    }
}

/// Adds a letter. Its PDF is kept already.
pub(crate) async fn insert(conn: &mut PgConnection, letter: &Letter) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO letter (letter_id, order_id, btn, tns, page_count, size_bytes, sha256, made_at,
                             words_sha256)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(letter.id.as_uuid())
    .bind(letter.order.as_uuid())
    .bind(letter.btn.map(|btn| btn.to_string()))
    .bind(letter.tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .bind(letter.page_count)
    .bind(letter.size_bytes)
    .bind(letter.sha256.as_slice())
    .bind(letter.made_at.to_sqlx())
    .bind(letter.words_sha256.as_ref().map(<[u8; 32]>::as_slice))
    .execute(conn)
    .await?;
    Ok(())
}

/// A letter. `account`: only if it is that account's; `None`: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    letter: LetterId,
    account: Option<AccountId>,
) -> Result<Option<Letter>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT letter.letter_id, letter.order_id, letter.btn, letter.tns, letter.page_count, letter.size_bytes,
                letter.sha256, letter.words_sha256, letter.made_at
           FROM letter JOIN port_order USING (order_id)
          WHERE letter.letter_id = $1 AND ($2::uuid IS NULL OR port_order.account_id = $2)",
    )
    .bind(letter.as_uuid())
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    row.map(Letter::try_from).transpose()
}
