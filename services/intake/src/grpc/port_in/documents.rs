//! Serves documents.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use grpc::{Faults, Reply};
use idempotency::{Begun, RequestKey};
use intake_domain::port_in::requirements::DocumentKind;
use portway_proto::intake::v1;
use portway_proto::intake::v1::document_service_server::DocumentService;
use prost::{Message, Name};
use tonic::{Request, Response, Status, Streaming};

use super::details::date;
use super::stream::{Part, collect};
use super::{document_policies, order_name, render, requester, status};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::{BadFile, FILE_BYTES_MAX, NewDocument, Pdf};

const FILE_NAME_CHARS_MAX: usize = 255;
/// Contents are sent in pieces of so many bytes.
const PIECE_BYTES: usize = 64 << 10;

/// The document service.
pub(super) struct Documents {
    intake: Intake,
}

impl Documents {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl DocumentService for Documents {
    type GetDocumentContentStream = BoxStream<'static, Result<v1::GetDocumentContentResponse, Status>>;

    async fn get_document_content(
        &self,
        request: Request<v1::GetDocumentContentRequest>,
    ) -> Reply<Self::GetDocumentContentStream> {
        use v1::get_document_content_response::Part as Sent;
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let id = faults.required("document_id", &request.get_ref().document_id);
        let id = faults.finish(id)?;
        let (document, content) = ops::port_in::document_content(&self.intake, &requester, id)
            .await
            .map_err(|error| status::document(&error))?;
        let head = Sent::Document(render::document(&document));
        let parts = std::iter::once(head).chain(pieces(content).map(Sent::Chunk));
        let messages = parts.map(|part| Ok(v1::GetDocumentContentResponse { part: Some(part) }));
        Ok(Response::new(stream::iter(messages).boxed()))
    }

    async fn get_document_policy(
        &self,
        request: Request<v1::GetDocumentPolicyRequest>,
    ) -> Reply<v1::GetDocumentPolicyResponse> {
        document_policies::get(&self.intake, &request).await
    }

    async fn set_document_policy(
        &self,
        request: Request<v1::SetDocumentPolicyRequest>,
    ) -> Reply<v1::SetDocumentPolicyResponse> {
        document_policies::set(&self.intake, &request).await
    }

    async fn upload_document(
        &self,
        request: Request<Streaming<v1::UploadDocumentRequest>>,
    ) -> Reply<v1::UploadDocumentResponse> {
        let (metadata, extensions, messages) = request.into_parts();
        let request = Request::from_parts(metadata, extensions, ());
        let requester = requester(&request)?;
        let upload = collect(messages, FILE_BYTES_MAX, part).await?;
        let header = upload.header.unwrap_or_default();
        let pdf = match upload.content {
            Some(content) => Pdf::read(content).await.map_err(BadFile::Pdf),
            None => Err(BadFile::TooLarge),
        };
        let (new, pdf) = checked(&header, pdf)?;
        let idempotency = &self.intake.base.idempotency;
        let method = v1::UploadDocumentRequest::full_name();
        let parts = [method.as_bytes(), &header.encode_to_vec(), &pdf.sha256];
        let key = RequestKey::of_parts(idempotency.digest_key(), &request, &parts)?;
        // What was done before is not done again; the content goes to the store outside of the transaction,
        // where nothing can take it back.
        match idempotency.begin_key(key.clone()).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => drop(work),
        }
        if !key.is_dry_run() {
            ops::port_in::keep_content(&self.intake, &requester, new.order, &pdf)
                .await
                .map_err(|error| status::upload(&error))?;
        }
        let mut work = match idempotency.begin_key(key).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let document = ops::port_in::upload(&self.intake, work.conn(), &requester, new, pdf)
            .await
            .map_err(|error| status::upload(&error))?;
        work.finish(v1::UploadDocumentResponse {
            document: Some(render::document(&document)),
        })
        .await
    }

    async fn list_documents(
        &self,
        request: Request<v1::ListDocumentsRequest>,
    ) -> Reply<v1::ListDocumentsResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = order_name(&mut faults, &request.get_ref().order_id);
        let name = faults.finish(name)?;
        let documents = ops::port_in::documents(&self.intake, &requester, name)
            .await
            .map_err(|error| status::read(&error))?;
        Ok(Response::new(v1::ListDocumentsResponse {
            documents: documents.iter().map(render::document).collect(),
        }))
    }
}

/// A content in the pieces in which it is sent.
pub(in crate::grpc) fn pieces(content: Vec<u8>) -> impl Iterator<Item = Vec<u8>> {
    let content = Bytes::from(content);
    (0..content.len()).step_by(PIECE_BYTES).map(move |start| {
        content
            .slice(start..content.len().min(start + PIECE_BYTES))
            .into()
    })
}

fn part(message: v1::UploadDocumentRequest) -> Option<Part<v1::DocumentHeader>> {
    use v1::upload_document_request::Part as Sent;
    message.part.map(|part| match part {
        Sent::Header(header) => Part::Header(header),
        Sent::Chunk(chunk) => Part::Chunk(chunk),
    })
}

/// Header and file, or all that is wrong with either. A file that is the only thing wrong has a reason of its own.
fn checked(header: &v1::DocumentHeader, pdf: Result<Pdf, BadFile>) -> Result<(NewDocument, Pdf), Status> {
    let mut faults = Faults::new();
    let new = read_header(&mut faults, header);
    match pdf {
        Ok(pdf) => faults.finish(new.map(|new| (new, pdf))),
        Err(error) if faults.is_empty() => Err(status::bad_file(&error)),
        Err(error) => {
            faults.add("chunk", status::bad_file_code(&error), error.to_string());
            faults.finish(None)
        }
    }
}

fn read_header(faults: &mut Faults, header: &v1::DocumentHeader) -> Option<NewDocument> {
    let order = order_name(faults, &header.order_id);
    let kind = match v1::DocumentKind::try_from(header.kind) {
        Ok(v1::DocumentKind::Loa) => Some(DocumentKind::Loa),
        Ok(v1::DocumentKind::Bill) => Some(DocumentKind::Bill),
        Ok(v1::DocumentKind::Csr) => Some(DocumentKind::Csr),
        Ok(v1::DocumentKind::Other) => Some(DocumentKind::Other),
        Ok(v1::DocumentKind::Unspecified) | Err(_) => {
            faults.add("kind", "MISSING", "must say what the document is");
            None
        }
    };
    let file_name = header.file_name.trim();
    if file_name.is_empty() || file_name.chars().any(char::is_control) {
        faults.add("file_name", "INVALID", "must be a name on one line");
    }
    faults.at_most("file_name", file_name, FILE_NAME_CHARS_MAX);
    let dated = date(faults, "dated", header.dated.as_ref());
    if matches!(dated, Ok(None)) && kind.is_some_and(|kind| kind != DocumentKind::Other) {
        faults.add(
            "dated",
            "MISSING",
            "must say when the document was signed or issued",
        );
    }
    let named = order.zip(kind).zip(dated.ok());
    named.map(|((order, kind), dated)| NewDocument {
        order,
        kind,
        file_name: file_name.to_owned(),
        dated,
    })
}
