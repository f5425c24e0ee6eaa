//! Where the contents of documents and letters are kept: each once, under its hash, in a folder or in a bucket.
//!
//! A content is kept before the transaction that names it: one without a document is harmless, a document without its
//! content is not. Nothing is deleted: letters of authorization and the records of their signing have to be there for two
//! years at least (47 CFR 64.1120).
//!
//! **Architecture invariant:** what is read is what was kept: its hash is compared, always. No content and no address of
//! one is logged, for contents hold account numbers.

mod bucket;
mod folder;

use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use thiserror::Error;
use types::Secret;
use url::Url;

use bucket::Bucket;

/// A document is no larger; more is not read.
pub(crate) const CONTENT_BYTES_MAX: usize = 10 << 20;

/// Where contents are kept.
#[derive(Debug, Clone)]
pub enum DocumentStoreSettings {
    /// In a folder. Replicas share it.
    Folder(PathBuf),
    /// In a bucket of an S3-compatible object storage.
    Bucket(BucketSettings),
}

/// A bucket, and how to get at it.
#[derive(Debug, Clone)]
pub struct BucketSettings {
    /// Its name.
    pub name: String,
    /// What the names of contents begin with in it; may be empty.
    pub prefix: String,
    /// Its region.
    pub region: String,
    /// The storage; none: Amazon's of that region.
    pub endpoint: Option<Url>,
    /// Id of the access key.
    pub access_key: Secret,
    /// The access key's secret.
    pub secret_key: Secret,
}

/// Why a content was not kept, or is not to be had.
#[derive(Debug, Error)]
pub(crate) enum ContentError {
    /// It is not where it should be.
    #[error("the content {0} is missing")]
    Missing(String),
    /// It is not what was kept.
    #[error("the content {0} was changed since it was kept")]
    Changed(String),
    /// The folder.
    #[error("the document folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// The object storage cannot be reached, or does not answer in time.
    #[error("the object storage cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The object storage refused.
    #[error("the object storage answered {0}")]
    Refused(reqwest::StatusCode),
}

impl ContentError {
    /// Whether trying again later may help.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(status) => bucket::is_transient(*status),
            Self::Missing(_) | Self::Changed(_) | Self::Folder(_) => false,
        }
    }
}

/// Where contents are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct DocumentStore(Arc<Place>);

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Bucket(Box<Bucket>),
}

impl DocumentStore {
    /// Err: what is wrong with the settings.
    pub(crate) fn open(settings: DocumentStoreSettings) -> Result<Self, String> {
        let place = match settings {
            DocumentStoreSettings::Folder(folder) => Place::Folder(folder),
            DocumentStoreSettings::Bucket(bucket) => Place::Bucket(Box::new(Bucket::open(bucket)?)),
        };
        Ok(Self(Arc::new(place)))
    }

    /// Keeps a content for good: after this returns it survives a crash.
    pub(crate) async fn keep(&self, sha256: [u8; 32], content: &[u8]) -> Result<(), ContentError> {
        let name = name_of(&sha256);
        match &*self.0 {
            Place::Folder(folder) => Ok(folder::keep(folder, &name, content).await?),
            Place::Bucket(bucket) => bucket.keep(&name, content.to_vec()).await,
        }
    }

    /// The content of this hash.
    pub(crate) async fn read(&self, sha256: &[u8; 32]) -> Result<Vec<u8>, ContentError> {
        let name = name_of(sha256);
        let content = match &*self.0 {
            Place::Folder(folder) => folder::read(folder, &name).await?,
            Place::Bucket(bucket) => bucket.read(&name).await?,
        };
        let content = content.ok_or_else(|| ContentError::Missing(name.clone()))?;
        if Sha256::digest(&content).as_slice() == sha256 {
            Ok(content)
        } else {
            Err(ContentError::Changed(name))
        }
    }
}

fn name_of(sha256: &[u8; 32]) -> String {
    format!("{}.pdf", hex::encode(sha256))
}

#[cfg(test)]
mod tests;
