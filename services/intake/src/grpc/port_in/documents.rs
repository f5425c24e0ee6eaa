//! Serves documents.

use grpc::{Faults, Reply};
use idempotency::{Begun, RequestKey};
use intake_domain::port_in::requirements::DocumentKind;
use portway_proto::intake::v1;
use portway_proto::intake::v1::document_service_server::DocumentService;
use prost::{Message, Name};
use tonic::{Request, Response, Status, Streaming};

use super::details::date;
use super::stream::{Part, collect};
use super::{order_name, render, requester, status};
use crate::app::Intake;
use crate::ops;
use crate::ops::port_in::{FILE_BYTES_MAX, NewDocument, Pdf};

const FILE_NAME_CHARS_MAX: usize = 255;

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
    type GetDocumentContentStream = tokio_stream::Empty<Result<v1::GetDocumentContentResponse, Status>>;

    async fn get_document_content(
        &self,
        _request: Request<v1::GetDocumentContentRequest>,
    ) -> Reply<Self::GetDocumentContentStream> {
        Err(not_served_yet())
    }

    async fn get_document_policy(
        &self,
        _request: Request<v1::GetDocumentPolicyRequest>,
    ) -> Reply<v1::GetDocumentPolicyResponse> {
        Err(not_served_yet())
    }

    async fn set_document_policy(
        &self,
        _request: Request<v1::SetDocumentPolicyRequest>,
    ) -> Reply<v1::SetDocumentPolicyResponse> {
        Err(not_served_yet())
    }

    async fn upload_document(
        &self,
        request: Request<Streaming<v1::UploadDocumentRequest>>,
    ) -> Reply<v1::UploadDocumentResponse> {
        let (metadata, extensions, messages) = request.into_parts();
        let request = Request::from_parts(metadata, extensions, ());
        let requester = requester(&request)?;
        let upload = collect(messages, FILE_BYTES_MAX, part).await?;
        let upload = upload.ok_or_else(|| status::file_too_large("a document has at most 10 MiB"))?;
        let header = upload.header.unwrap_or_default();
        let new = read_header(&header)?;
        let pdf = Pdf::read(upload.content)
            .await
            .map_err(|error| status::bad_pdf(&error))?;
        let idempotency = &self.intake.base.idempotency;
        let method = v1::UploadDocumentRequest::full_name();
        let parts = [method.as_bytes(), &header.encode_to_vec(), &pdf.sha256];
        let key = RequestKey::of_parts(idempotency.digest_key(), &request, &parts)?;
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

fn not_served_yet() -> Status {
    grpc::status::fail(
        tonic::Code::Unimplemented,
        "UNKNOWN_METHOD",
        "this method is not served yet",
    )
}

fn part(message: v1::UploadDocumentRequest) -> Option<Part<v1::DocumentHeader>> {
    use v1::upload_document_request::Part as Sent;
    message.part.map(|part| match part {
        Sent::Header(header) => Part::Header(header),
        Sent::Chunk(chunk) => Part::Chunk(chunk),
    })
}

fn read_header(header: &v1::DocumentHeader) -> Result<NewDocument, Status> {
    let mut faults = Faults::new();
    let order = order_name(&mut faults, &header.order_id);
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
    let dated = date(&mut faults, "dated", header.dated.as_ref());
    if matches!(dated, Ok(None)) && kind.is_some_and(|kind| kind != DocumentKind::Other) {
        faults.add(
            "dated",
            "MISSING",
            "must say when the document was signed or issued",
        );
    }
    let new = order
        .zip(kind)
        .zip(dated.ok())
        .map(|((order, kind), dated)| NewDocument {
            order,
            kind,
            file_name: file_name.to_owned(),
            dated,
        });
    faults.finish(new)
}
