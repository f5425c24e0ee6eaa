//! A folder of contents.

use std::io;
use std::path::Path;

use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use types::DocumentId;

/// Keeps a content for good.
pub(super) async fn keep(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let place = folder.join(name);
    if fs::try_exists(&place).await? {
        return Ok(());
    }
    fs::create_dir_all(folder).await?;
    // Several may write the same content at once: each has a file of its own until it is whole.
    let temporary = folder.join(format!(".{}.part", DocumentId::generate()));
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
    File::open(folder).await?.sync_all().await
}

/// A content; `None`: there is none of this name.
pub(super) async fn read(folder: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    match fs::read(folder.join(name)).await {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path).await?;
    file.write_all(content).await?;
    file.sync_all().await
}
