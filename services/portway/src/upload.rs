//! The message streams that upload files: a header, then the content in pieces.

use futures::{Stream, StreamExt, stream};
use portway_proto::intake::v1::import_numbers_request::Part as ImportPart;
use portway_proto::intake::v1::upload_document_request::Part as DocumentPart;
use portway_proto::intake::v1::{DocumentHeader, ImportHeader, ImportNumbersRequest, UploadDocumentRequest};

/// Bytes in a piece: half of what the services take.
const PIECE_BYTES: usize = 32 * 1024;

/// The messages that upload a document. `sent` hears the size of each piece as it goes out.
pub fn document_messages(
    header: DocumentHeader,
    content: Vec<u8>,
    sent: impl FnMut(usize) + Send + 'static,
) -> impl Stream<Item = UploadDocumentRequest> + Send + 'static {
    let message = |part| UploadDocumentRequest { part: Some(part) };
    let first = message(DocumentPart::Header(header));
    stream::iter([first]).chain(pieces(content, sent).map(move |piece| message(DocumentPart::Chunk(piece))))
}

/// The messages that import the numbers of a CSV file. `sent` hears the size of each piece as it goes out.
pub fn import_messages(
    header: ImportHeader,
    content: Vec<u8>,
    sent: impl FnMut(usize) + Send + 'static,
) -> impl Stream<Item = ImportNumbersRequest> + Send + 'static {
    let message = |part| ImportNumbersRequest { part: Some(part) };
    let first = message(ImportPart::Header(header));
    stream::iter([first]).chain(pieces(content, sent).map(move |piece| message(ImportPart::Chunk(piece))))
}

fn pieces(
    content: Vec<u8>,
    mut sent: impl FnMut(usize) + Send + 'static,
) -> impl Stream<Item = Vec<u8>> + Send + 'static {
    let starts = (0..content.len()).step_by(PIECE_BYTES);
    stream::iter(starts).map(move |start| {
        let end = content.len().min(start + PIECE_BYTES);
        sent(end - start);
        content.get(start..end).map(<[u8]>::to_vec).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_pieces_are_the_content_and_each_is_told() {
        for size in [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES - 1] {
            let content: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
            let told = Arc::new(AtomicUsize::new(0));
            let tell = Arc::clone(&told);
            let header = DocumentHeader {
                order_id: "PI_1".to_owned(),
                ..DocumentHeader::default()
            };
            let messages: Vec<_> = document_messages(header.clone(), content.clone(), move |bytes| {
                tell.fetch_add(bytes, Ordering::Relaxed);
            })
            .collect()
            .await;
            let mut parts = messages.into_iter().filter_map(|message| message.part);
            assert_eq!(parts.next(), Some(DocumentPart::Header(header)));
            let mut received = Vec::new();
            for part in parts {
                let DocumentPart::Chunk(piece) = part else {
                    panic!("a second header")
                };
                assert!((1..=PIECE_BYTES).contains(&piece.len()));
                received.extend(piece);
            }
            assert_eq!(received, content);
            assert_eq!(told.load(Ordering::Relaxed), size);
        }
    }
}
