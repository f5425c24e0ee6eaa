//! What papers say of an account, sealed as a whole: it has names, addresses and account numbers in it.

use std::collections::HashMap;

use intake_domain::record::{AccountRecord, Feature, FoundFeature};
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use types::{DocumentId, Secret, Tn};
use uuid::Uuid;
use vault::{Context, Sealed, Vault};

const TABLE: &str = "document_record";

/// A record as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    names: Vec<String>,
    addresses: Vec<String>,
    account_numbers: Vec<String>,
    btns: Vec<Tn>,
    lines: Vec<Tn>,
    features: Vec<(String, Vec<Tn>)>,
}

impl From<&AccountRecord> for Kept {
    fn from(record: &AccountRecord) -> Self {
        let features = record.features.iter();
        Self {
            names: record.names.clone(),
            addresses: record.addresses.clone(),
            account_numbers: record
                .account_numbers
                .iter()
                .map(|number| number.expose().to_owned())
                .collect(),
            btns: record.btns.clone(),
            lines: record.lines.clone(),
            features: features
                .map(|found| (found.feature.code().to_owned(), found.tns.clone()))
                .collect(),
        }
    }
}

impl From<Kept> for AccountRecord {
    fn from(kept: Kept) -> Self {
        // A feature that a later version no longer knows says nothing.
        let known = |(code, tns): (String, Vec<Tn>)| {
            let feature = Feature::ALL.into_iter().find(|feature| feature.code() == code)?;
            Some(FoundFeature { feature, tns })
        };
        Self {
            names: kept.names,
            addresses: kept.addresses,
            account_numbers: kept.account_numbers.into_iter().map(Secret::new).collect(),
            btns: kept.btns,
            lines: kept.lines,
            features: kept.features.into_iter().filter_map(known).collect(),
        }
    }
}

fn context(document: DocumentId) -> Context {
    Context::new("intake.document_record.sealed", document.as_uuid().as_bytes())
}

/// Keeps what a document says.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    vault: &Vault,
    document: DocumentId,
    record: &AccountRecord,
) -> Result<(), StoreError> {
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &document, why);
    let text = serde_json::to_string(&Kept::from(record)).map_err(|error| corrupt(&error))?;
    let sealed = vault
        .seal(&Secret::new(text), &context(document))
        .map_err(|error| corrupt(&error))?;
    sqlx::query("INSERT INTO document_record (document_id, sealed) VALUES ($1, $2)")
        .bind(document.as_uuid())
        .bind(Vec::from(sealed))
        .execute(conn)
        .await?;
    Ok(())
}

/// What each of these documents says; those that say nothing are left out.
pub(crate) async fn open(
    conn: &mut PgConnection,
    vault: &Vault,
    documents: &[DocumentId],
) -> Result<HashMap<DocumentId, AccountRecord>, StoreError> {
    if documents.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = documents.iter().map(|document| document.as_uuid()).collect();
    let rows: Vec<(Uuid, Vec<u8>)> =
        sqlx::query_as("SELECT document_id, sealed FROM document_record WHERE document_id = ANY($1)")
            .bind(ids)
            .fetch_all(conn)
            .await?;
    let unsealed = rows.into_iter().map(|(id, sealed)| {
        let document = DocumentId::from_uuid(id);
        Ok((document, unseal(vault, document, sealed)?))
    });
    unsealed.collect()
}

fn unseal(vault: &Vault, document: DocumentId, sealed: Vec<u8>) -> Result<AccountRecord, StoreError> {
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt(TABLE, &document, why);
    let sealed = Sealed::try_from(sealed).map_err(|error| corrupt(&error))?;
    let text = vault
        .open(&sealed, &context(document))
        .map_err(|error| corrupt(&error))?;
    let kept: Kept = serde_json::from_str(text.expose()).map_err(|_| corrupt(&"not a record"))?;
    Ok(kept.into())
}
