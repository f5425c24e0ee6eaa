//! Lists as files: a header, then page after page as the client takes them. Nothing of a file is kept but where its next
//! page starts.

use std::pin::Pin;

use futures::{Stream, StreamExt, stream};
use tonic::Status;

/// Rows that are read at once for a file, and lines of one piece of it.
pub(super) const FILE_PAGE: i64 = 500;

/// A file on its way.
pub(super) type Pieces<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A file of `header` and what `next` reads, which starts after the cursor and says where the piece after it starts.
pub(super) fn pieces<Cursor, Reading>(
    header: Result<Vec<u8>, Status>,
    next: impl Fn(Option<Cursor>) -> Reading + Send + 'static,
) -> Pieces<Vec<u8>>
where
    Cursor: Send + 'static,
    Reading: Future<Output = Result<(Vec<u8>, Option<Cursor>), Status>> + Send + 'static,
{
    let header = stream::once(async { header });
    let pages = stream::try_unfold(Some((next, None)), |step| async move {
        let Some((next, after)) = step else {
            return Ok(None);
        };
        let (piece, then) = next(after).await?;
        Ok(Some((piece, then.map(|after| (next, Some(after))))))
    });
    Box::pin(header.chain(pages))
}
