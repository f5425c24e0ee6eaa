//! Takes in what is sent in pieces: a header, then content, of a bounded size.

use tokio_stream::{Stream, StreamExt};
use tonic::Status;

/// One message of an upload.
pub(in crate::grpc) enum Part<H> {
    Header(H),
    Chunk(Vec<u8>),
}

/// What was sent.
#[derive(Debug)]
pub(in crate::grpc) struct Upload<H> {
    /// `None`: the header did not come first.
    pub(in crate::grpc) header: Option<H>,
    /// `None`: there was more than allowed, and the rest was not read.
    pub(in crate::grpc) content: Option<Vec<u8>>,
}

/// Reads a stream to its end, or until there is more content than allowed.
pub(in crate::grpc) async fn collect<M, H>(
    mut messages: impl Stream<Item = Result<M, Status>> + Unpin,
    content_bytes_max: usize,
    part: impl Fn(M) -> Option<Part<H>>,
) -> Result<Upload<H>, Status> {
    let first = messages.next().await.transpose()?;
    let header = match first.and_then(&part) {
        Some(Part::Header(header)) => Some(header),
        Some(Part::Chunk(_)) | None => None,
    };
    let mut content = Vec::new();
    while let Some(message) = messages.next().await.transpose()? {
        // Another header and empty messages say nothing.
        if let Some(Part::Chunk(chunk)) = part(message) {
            if content.len() + chunk.len() > content_bytes_max {
                return Ok(Upload {
                    header,
                    content: None,
                });
            }
            content.extend_from_slice(&chunk);
        }
    }
    Ok(Upload {
        header,
        content: Some(content),
    })
}
