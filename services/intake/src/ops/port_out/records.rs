//! The documents that people put beside port-outs, and what is the same in comments on them.

use intake_domain::port_in::ResolveRefusal;
use intake_domain::port_out::PortOut;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::DocumentId;

use crate::app::Intake;
use crate::contents::ContentError;
use crate::ops::comments::side;
use crate::ops::port_in::{Pdf, Requester};
use crate::store::port_out::{self as store, Entry, PortOutDocument, PortOutName};

/// Why nothing was written on a port-out, or put beside it, or shown of that.
#[derive(Debug, Error)]
pub(crate) enum RecordError {
    /// There is no such port-out, or it is somebody else's.
    #[error("there is no such port-out")]
    NotFound,
    /// There is no such comment on it, or it is not for the requester to see.
    #[error("there is no such comment")]
    CommentNotFound,
    /// It cannot be resolved, or not by the requester.
    #[error(transparent)]
    Refused(#[from] ResolveRefusal),
    /// There is no such document, or it is of somebody else's port-out.
    #[error("there is no such document")]
    DocumentNotFound,
    /// It has documents enough.
    #[error("a port-out has at most 50 documents")]
    TooMany,
    /// The content could not be kept, or is not to be had.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for RecordError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Keeps the content of a document before the transaction that records it: the store may be far away. For strangers'
/// port-outs nothing is kept.
pub(crate) async fn keep_document(
    intake: &Intake,
    requester: &Requester,
    name: PortOutName,
    pdf: &Pdf,
) -> Result<(), RecordError> {
    let mut conn = intake.base.pool.acquire().await?;
    find(&mut conn, requester, name).await?;
    drop(conn);
    Ok(intake.contents.keep(pdf.sha256, &pdf.content).await?)
}

/// Records a document whose content is kept.
pub(crate) async fn add_document(
    conn: &mut PgConnection,
    requester: &Requester,
    name: PortOutName,
    file_name: String,
    pdf: &Pdf,
    now: Timestamp,
) -> Result<PortOutDocument, RecordError> {
    let case = find(conn, requester, name).await?;
    store::lock_request(conn, &case.request.key).await?;
    let document = PortOutDocument {
        id: DocumentId::generate(),
        case: case.id,
        file_name,
        size_bytes: i64::try_from(pdf.content.len()).unwrap_or(i64::MAX),
        sha256: pdf.sha256,
        uploaded_by: requester.name.clone(),
        side: side(requester),
        uploaded_at: now,
    };
    if !store::insert_document(conn, &document).await? {
        return Err(RecordError::TooMany);
    }
    let name = document.file_name.clone();
    note(conn, &case, requester, "DOCUMENT_UPLOADED", name, now).await?;
    Ok(document)
}

/// The documents of a port-out, newest first.
pub(crate) async fn documents(
    intake: &Intake,
    requester: &Requester,
    name: PortOutName,
) -> Result<Vec<PortOutDocument>, RecordError> {
    let mut conn = intake.base.pool.acquire().await?;
    let case = find(&mut conn, requester, name).await?;
    Ok(store::list_documents(&mut conn, case.id).await?)
}

/// A document and its content.
pub(crate) async fn document_content(
    intake: &Intake,
    requester: &Requester,
    id: DocumentId,
) -> Result<(PortOutDocument, Vec<u8>), RecordError> {
    let mut conn = intake.base.pool.acquire().await?;
    let found = store::find_document(&mut conn, id, requester.scope()).await?;
    drop(conn);
    let document = found.ok_or(RecordError::DocumentNotFound)?;
    let content = intake.contents.read(&document.sha256).await?;
    Ok((document, content))
}

pub(super) async fn find(
    conn: &mut PgConnection,
    requester: &Requester,
    name: PortOutName,
) -> Result<PortOut, RecordError> {
    let found = store::find(conn, requester.scope(), name).await?;
    found.ok_or(RecordError::NotFound)
}

/// Adds to the history what the requester did. To the account, the platform is one.
pub(super) async fn note(
    conn: &mut PgConnection,
    case: &PortOut,
    requester: &Requester,
    what: &'static str,
    detail: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entry = Entry {
        at: now,
        actor: if requester.is_platform {
            "platform".to_owned()
        } else {
            requester.name.clone()
        },
        what,
        detail,
        is_warning: false,
    };
    store::add_entry(conn, case.id, &entry).await
}
