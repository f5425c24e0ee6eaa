//! What bill and customer service record say of an account: kept when they are uploaded, compared when requirements are
//! listed.
//!
//! The text itself is not kept: what it says is enough, and the file is there to be read again.

use intake_domain::port_in::Order;
use intake_domain::port_in::requirements::{DocumentKind, Paper, Papers};
use intake_domain::record::AccountRecord;
use pg::StoreError;
use sqlx::PgConnection;

use super::Document;
use crate::app::Intake;
use crate::store::port_in as store;

/// Keeps what a document says, if it is of a kind that is believed.
pub(super) async fn keep(
    intake: &Intake,
    conn: &mut PgConnection,
    document: &Document,
    record: &AccountRecord,
) -> Result<(), StoreError> {
    let is_believed = match document.facts.kind {
        DocumentKind::Bill | DocumentKind::Csr => true,
        DocumentKind::Loa | DocumentKind::Other => false,
    };
    if is_believed && !record.is_empty() {
        store::records::insert(conn, &intake.base.vault, document.id, record).await?;
    }
    Ok(())
}

/// What the latest bill and customer service record of an order say, with the secret to compare it with.
pub(super) async fn papers_of(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    documents: &[Document],
) -> Result<Papers, StoreError> {
    let csr = latest(intake, conn, documents, DocumentKind::Csr).await?;
    let bill = latest(intake, conn, documents, DocumentKind::Bill).await?;
    let has_number = [&csr, &bill]
        .into_iter()
        .flatten()
        .any(|paper| !paper.record.account_numbers.is_empty());
    let account_number = if has_number {
        let (vault, id) = (&intake.base.vault, order.record().id);
        store::order::open_secrets(conn, vault, id).await?.0
    } else {
        None
    };
    Ok(Papers {
        csr,
        bill,
        account_number,
    })
}

async fn latest(
    intake: &Intake,
    conn: &mut PgConnection,
    documents: &[Document],
    kind: DocumentKind,
) -> Result<Option<Paper>, StoreError> {
    let of_kind = documents.iter().filter(|document| document.facts.kind == kind);
    let Some(document) = of_kind.max_by_key(|document| (document.facts.uploaded_at, document.id)) else {
        return Ok(None);
    };
    let record = store::records::open(conn, &intake.base.vault, document.id).await?;
    Ok(record.map(|record| Paper {
        record,
        tns: document.facts.tns.clone(),
    }))
}
