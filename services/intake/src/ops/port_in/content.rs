//! The document folder: each content once, under its hash.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use types::DocumentId;

/// Keeps a content for good: after this returns it survives a crash. A content without a document is harmless, so this
/// is done before the transaction commits. Returns where it is.
pub(super) async fn keep(
    folder: &Path,
    sha256: &[u8],
    content: &[u8],
    document: DocumentId,
) -> io::Result<PathBuf> {
    let place = folder.join(format!("{}.pdf", hex::encode(sha256)));
    if fs::try_exists(&place).await? {
        return Ok(place);
    }
    fs::create_dir_all(folder).await?;
    // Several may write the same content at once: each has a file of its own until it is whole.
    let temporary = folder.join(format!(".{document}.part"));
    let written = write(&temporary, content).await;
    let moved = match written {
        Ok(()) => fs::rename(&temporary, &place).await,
        Err(error) => Err(error),
    };
    if let Err(error) = moved {
        // Best effort: what is left over is never read.
        let _ = fs::remove_file(&temporary).await;
        return Err(error);
    }
    File::open(folder).await?.sync_all().await?;
    Ok(place)
}

async fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path).await?;
    file.write_all(content).await?;
    file.sync_all().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_content_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("documents");
        for _ in 0..2 {
            let place = keep(&inner, &[0xab; 32], b"content", DocumentId::generate())
                .await
                .unwrap();
            assert_eq!(fs::read(place).await.unwrap(), b"content");
        }
        assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 1);
    }
}
