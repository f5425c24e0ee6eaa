//! Documents of orders. Their content is in the document store; here is what is known of it.

use intake_domain::port_in::requirements::{DocumentFacts, DocumentKind};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, DocumentId, OrderId, Tn};
use uuid::Uuid;

/// Documents shown of one order at most.
const SHOWN_MAX: i64 = 200;

/// A stored document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: DocumentId,
    pub(crate) order: OrderId,
    pub(crate) file_name: String,
    pub(crate) size_bytes: i64,
    pub(crate) sha256: [u8; 32],
    pub(crate) facts: DocumentFacts,
}

#[derive(sqlx::FromRow)]
struct Row {
    document_id: Uuid,
    order_id: Uuid,
    kind: String,
    file_name: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    dated: Option<jiff_sqlx::Date>,
    tns: Vec<String>,
    is_readable: bool,
    uploaded_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Document {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("document", &row.document_id, why);
        let kind = DocumentKind::ALL.into_iter().find(|kind| kind.code() == row.kind);
        let tns: Result<Vec<Tn>, _> = row.tns.iter().map(|tn| tn.parse()).collect();
        Ok(Self {
            id: DocumentId::from_uuid(row.document_id),
            order: OrderId::from_uuid(row.order_id),
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            facts: DocumentFacts {
                kind: kind.ok_or_else(|| corrupt(&"unknown kind"))?,
                dated: row.dated.map(jiff_sqlx::Date::to_jiff),
                tns: tns.map_err(|error| corrupt(&error))?,
                is_readable: row.is_readable,
                uploaded_at: row.uploaded_at.to_jiff(),
            },
            sha256: row.sha256.try_into().map_err(|_| corrupt(&"not a SHA-256"))?,
        })
    }
}

/// Adds a document. Its content is on disk already.
pub(crate) async fn insert(conn: &mut PgConnection, document: &Document) -> Result<(), StoreError> {
    let facts = &document.facts;
    sqlx::query(
        "INSERT INTO document (document_id, order_id, kind, file_name, size_bytes, sha256, dated, tns, is_readable,
                               uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(document.id.as_uuid())
    .bind(document.order.as_uuid())
    .bind(facts.kind.code())
    .bind(&document.file_name)
    .bind(document.size_bytes)
    .bind(document.sha256.as_slice())
    .bind(facts.dated.map(ToSqlx::to_sqlx))
    .bind(facts.tns.iter().map(Tn::to_string).collect::<Vec<_>>())
    .bind(facts.is_readable)
    .bind(facts.uploaded_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// A document. `account`: only if it is of that account's order; `None`: whosever it is.
pub(crate) async fn find(
    conn: &mut PgConnection,
    document: DocumentId,
    account: Option<AccountId>,
) -> Result<Option<Document>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT document_id, order_id, kind, file_name, size_bytes, sha256, dated, tns, is_readable, uploaded_at
           FROM document JOIN port_order USING (order_id)
          WHERE document_id = $1 AND ($2::uuid IS NULL OR account_id = $2)",
    )
    .bind(document.as_uuid())
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    row.map(Document::try_from).transpose()
}

/// How many documents an order has.
pub(crate) async fn count(conn: &mut PgConnection, order: OrderId) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM document WHERE order_id = $1")
            .bind(order.as_uuid())
            .fetch_one(conn)
            .await?,
    )
}

/// The documents of an order, newest first.
pub(crate) async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Document>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT document_id, order_id, kind, file_name, size_bytes, sha256, dated, tns, is_readable, uploaded_at
           FROM document WHERE order_id = $1 ORDER BY uploaded_at DESC, document_id DESC LIMIT $2",
    )
    .bind(order.as_uuid())
    .bind(SHOWN_MAX)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Document::try_from).collect()
}
