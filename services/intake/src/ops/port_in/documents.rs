//! Taking a document in.

use intake_domain::port_in::IllegalTransition;
use intake_domain::port_in::requirements::{DocumentFacts, DocumentKind};
use jiff::civil::Date;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::DocumentId;

use super::papers;
use super::settle::settle;
use super::{BadPdf, Document, Occasion, OrderName, Pdf, Requester, find_to_change};
use crate::app::Intake;
use crate::contents::{CONTENT_BYTES_MAX, ContentError};
use crate::store::port_in as store;

/// A document has so many bytes at most.
pub(crate) const FILE_BYTES_MAX: usize = CONTENT_BYTES_MAX;
/// An order has so many documents at most.
pub(crate) const DOCUMENTS_MAX: i64 = 200;

/// Why a file was refused, whatever else was said of it.
#[derive(Debug, Error)]
pub(crate) enum BadFile {
    /// It has too many bytes.
    #[error("a document has at most 10 MiB")]
    TooLarge,
    /// It is no sound PDF.
    #[error(transparent)]
    Pdf(#[from] BadPdf),
}

/// A document to keep.
#[derive(Debug)]
pub(crate) struct NewDocument {
    pub(crate) order: OrderName,
    pub(crate) kind: DocumentKind,
    pub(crate) file_name: String,
    pub(crate) dated: Option<Date>,
}

/// Why a document was not kept.
#[derive(Debug, Error)]
pub(crate) enum UploadError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The order has ended.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// It has documents enough.
    #[error("an order has at most 200 documents")]
    TooMany,
    /// The content could not be kept, or is not to be had.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps the content of a document that was read and found to be one, before the transaction that records it: the store
/// may be far away. For strangers' orders nothing is kept.
pub(crate) async fn keep_content(
    intake: &Intake,
    requester: &Requester,
    order: OrderName,
    pdf: &Pdf,
) -> Result<(), UploadError> {
    let mut conn = intake.base.pool.acquire().await.map_err(StoreError::from)?;
    let found = store::order::find_id(&mut conn, order, requester.scope()).await?;
    drop(conn);
    found.ok_or(UploadError::NotFound)?;
    Ok(intake.contents.keep(pdf.sha256, &pdf.content).await?)
}

/// Records a document whose content is kept.
pub(crate) async fn upload(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    new: NewDocument,
    pdf: Pdf,
) -> Result<Document, UploadError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, new.order, requester)
        .await?
        .ok_or(UploadError::NotFound)?;
    order.check_takes_documents()?;
    let id = order.record().id;
    if store::documents::count(conn, id).await? >= DOCUMENTS_MAX {
        return Err(UploadError::TooMany);
    }
    let document = Document {
        id: DocumentId::generate(),
        order: id,
        file_name: new.file_name,
        size_bytes: i64::try_from(pdf.content.len()).unwrap_or(i64::MAX),
        sha256: pdf.sha256,
        facts: DocumentFacts {
            kind: new.kind,
            dated: new.dated,
            tns: pdf.tns,
            is_readable: pdf.is_readable,
            uploaded_at: occasion.now,
        },
    };
    store::documents::insert(conn, &document).await?;
    papers::keep(intake, conn, &document, &pdf.record).await?;
    let note = format!("{} {}", new.kind.code(), document.file_name);
    let transition = order.clone().remark("document_uploaded", note);
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(document)
}

/// A document and its content.
pub(crate) async fn document_content(
    intake: &Intake,
    requester: &Requester,
    document: DocumentId,
) -> Result<(Document, Vec<u8>), UploadError> {
    let mut conn = intake.base.pool.acquire().await.map_err(StoreError::from)?;
    let found = store::documents::find(&mut conn, document, requester.scope()).await?;
    drop(conn);
    let document = found.ok_or(UploadError::NotFound)?;
    let content = intake.contents.read(&document.sha256).await?;
    Ok((document, content))
}
