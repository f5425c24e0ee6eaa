//! Taking a document in.

use std::io;

use intake_domain::port_in::requirements::{DocumentFacts, DocumentKind};
use intake_domain::port_in::{IllegalTransition, Order};
use jiff::civil::Date;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::DocumentId;

use super::papers;
use super::settle::settle;
use super::{Document, Occasion, OrderName, Pdf, Requester, content, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;

/// A document has so many bytes at most.
pub(crate) const FILE_BYTES_MAX: usize = 10 << 20;
/// An order has so many documents at most.
const DOCUMENTS_MAX: i64 = 200;

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
    /// The content could not be written.
    #[error("the document cannot be kept")]
    Folder(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps a document that was read and found to be one.
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
    check_open(&order)?;
    let id = order.record().id;
    if store::documents::count(conn, id).await? >= DOCUMENTS_MAX {
        return Err(UploadError::TooMany);
    }
    let document = Document {
        id: DocumentId::generate(),
        order: id,
        file_name: new.file_name,
        size_bytes: i64::try_from(pdf.content.len()).unwrap_or(i64::MAX),
        sha256: pdf.sha256.to_vec(),
        facts: DocumentFacts {
            kind: new.kind,
            dated: new.dated,
            tns: pdf.tns,
            is_readable: pdf.is_readable,
            uploaded_at: occasion.now,
        },
    };
    content::keep(&intake.document_folder, &pdf.sha256, &pdf.content, document.id).await?;
    store::documents::insert(conn, &document).await?;
    papers::keep(intake, conn, &document, &pdf.record).await?;
    let note = format!("{} {}", new.kind.code(), document.file_name);
    let transition = order.clone().remark("document_uploaded", note);
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(document)
}

fn check_open(order: &Order) -> Result<(), IllegalTransition> {
    let from = order.record().state.name();
    if from.is_final() {
        Err(IllegalTransition {
            from,
            action: "added to",
        })
    } else {
        Ok(())
    }
}
