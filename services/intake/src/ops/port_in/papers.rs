//! What bill and customer service record say of an account: kept when they are uploaded, compared when requirements are
//! listed.
//!
//! The text itself is not kept: what it says is enough, and the file is there to be read again.

use std::collections::HashMap;

use intake_domain::port_in::Order;
use intake_domain::port_in::requirements::{DocumentKind, Paper, Papers};
use intake_domain::record::AccountRecord;
use pg::StoreError;
use sqlx::PgConnection;
use types::{DocumentId, Secret};

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
    if is_believed(document.facts.kind) && !record.is_empty() {
        store::records::insert(conn, &intake.base.vault, document.id, record).await?;
    }
    Ok(())
}

/// What an order's bills and customer service records say, read once however many parts it has.
pub(super) struct OpenPapers {
    records: HashMap<DocumentId, AccountRecord>,
    /// The order's own account number, where there is one to compare it with.
    account_number: Option<Secret>,
}

impl OpenPapers {
    pub(super) async fn read(
        intake: &Intake,
        conn: &mut PgConnection,
        order: &Order,
        documents: &[Document],
    ) -> Result<Self, StoreError> {
        let vault = &intake.base.vault;
        let believed = documents
            .iter()
            .filter(|document| is_believed(document.facts.kind));
        let believed: Vec<DocumentId> = believed.map(|document| document.id).collect();
        let records = store::records::open(conn, vault, &believed).await?;
        let has_number = records.values().any(|record| !record.account_numbers.is_empty());
        let account_number = if has_number {
            store::order::open_secrets(conn, vault, order.record().id)
                .await?
                .0
        } else {
            None
        };
        Ok(Self {
            records,
            account_number,
        })
    }

    /// What the latest bill and the latest record among these documents say, with the secret to compare it with.
    pub(super) fn of(&self, documents: &[Document]) -> Papers {
        Papers {
            csr: self.latest(documents, DocumentKind::Csr),
            bill: self.latest(documents, DocumentKind::Bill),
            account_number: self.account_number.clone(),
        }
    }

    fn latest(&self, documents: &[Document], kind: DocumentKind) -> Option<Paper> {
        let of_kind = documents.iter().filter(|document| document.facts.kind == kind);
        let document = of_kind.max_by_key(|document| (document.facts.uploaded_at, document.id))?;
        Some(Paper {
            record: self.records.get(&document.id)?.clone(),
            tns: document.facts.tns.clone(),
        })
    }
}

const fn is_believed(kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Bill | DocumentKind::Csr => true,
        DocumentKind::Loa | DocumentKind::Other => false,
    }
}
