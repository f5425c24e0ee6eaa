//! Documents beside cases. Their content is in the document store; here is what is known of it.

use intake_domain::port_in::Side;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, DocumentId, PortOutId};
use uuid::Uuid;

use crate::store::comments::side;

/// Documents of one case at most.
pub(crate) const DOCUMENTS_MAX: i64 = 50;

/// A stored document.
#[derive(Debug, Clone)]
pub(crate) struct PortOutDocument {
    pub(crate) id: DocumentId,
    pub(crate) case: PortOutId,
    pub(crate) file_name: String,
    pub(crate) size_bytes: i64,
    pub(crate) sha256: [u8; 32],
    pub(crate) uploaded_by: String,
    pub(crate) side: Side,
    pub(crate) uploaded_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    document_id: Uuid,
    port_out_id: Uuid,
    file_name: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    uploaded_by: String,
    is_by_platform: bool,
    uploaded_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for PortOutDocument {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let sha256 = row
            .sha256
            .try_into()
            .map_err(|_| StoreError::corrupt("port_out_document", &row.document_id, &"not a SHA-256"))?;
        Ok(Self {
            id: DocumentId::from_uuid(row.document_id),
            case: PortOutId::from_uuid(row.port_out_id),
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            sha256,
            uploaded_by: row.uploaded_by,
            side: side(row.is_by_platform),
            uploaded_at: row.uploaded_at.to_jiff(),
        })
    }
}

/// Adds a document, unless the case, which this transaction has locked, has as many as it may. False: it has.
pub(crate) async fn insert_document(
    conn: &mut PgConnection,
    document: &PortOutDocument,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO port_out_document (document_id, port_out_id, file_name, size_bytes, sha256, uploaded_by,
                                        is_by_platform, uploaded_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8
          WHERE (SELECT count(*) FROM port_out_document WHERE port_out_id = $2) < $9",
    )
    .bind(document.id.as_uuid())
    .bind(document.case.as_uuid())
    .bind(&document.file_name)
    .bind(document.size_bytes)
    .bind(document.sha256.as_slice())
    .bind(&document.uploaded_by)
    .bind(document.side == Side::Platform)
    .bind(document.uploaded_at.to_sqlx())
    .bind(DOCUMENTS_MAX)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// A document. `account`: only if it is of that account's case; `None`: whosever it is.
pub(crate) async fn find_document(
    conn: &mut PgConnection,
    document: DocumentId,
    account: Option<AccountId>,
) -> Result<Option<PortOutDocument>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT document_id, port_out_id, file_name, size_bytes, sha256, uploaded_by, is_by_platform, uploaded_at
           FROM port_out_document JOIN port_out USING (port_out_id)
          WHERE document_id = $1 AND ($2::uuid IS NULL OR account_id = $2)",
    )
    .bind(document.as_uuid())
    .bind(account.map(AccountId::as_uuid))
    .fetch_optional(conn)
    .await?;
    row.map(PortOutDocument::try_from).transpose()
}

/// The documents of a case, newest first.
pub(crate) async fn list_documents(
    conn: &mut PgConnection,
    case: PortOutId,
) -> Result<Vec<PortOutDocument>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT document_id, port_out_id, file_name, size_bytes, sha256, uploaded_by, is_by_platform, uploaded_at
           FROM port_out_document WHERE port_out_id = $1 ORDER BY uploaded_at DESC, document_id DESC LIMIT $2",
    )
    .bind(case.as_uuid())
    .bind(DOCUMENTS_MAX)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(PortOutDocument::try_from).collect()
}
