//! `PortOutRecordService`: what people write on port-outs, and the documents that they put beside them.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use grpc::{Faults, Reply, page};
use idempotency::{Begun, RequestKey};
use jiff::Timestamp;
use portway_proto::intake::v1;
use portway_proto::intake::v1::port_out_record_service_server::{
    PortOutRecordService, PortOutRecordServiceServer,
};
use prost::{Message, Name};
use service::stamp;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status, Streaming};
use types::CommentId;

use super::{parse, status};
use crate::app::Intake;
use crate::grpc::comments::{PAGE, PAGE_MAX, Shown, Written, seen_name};
use crate::grpc::port_in::{Part, bad_file, bad_file_code, collect, cut, pieces, read_page, requester};
use crate::ops;
use crate::ops::comments::NewComment;
use crate::ops::port_in::{BadFile, CommentCursor, FILE_BYTES_MAX, Pdf, Requester};
use crate::ops::port_out::{PortOutComment, PortOutDocument, PortOutName};

const FILE_NAME_CHARS_MAX: usize = 255;

/// Adds the service to the routes.
pub(super) fn add_records(routes: &mut RoutesBuilder, intake: &Intake) {
    routes.add_service(PortOutRecordServiceServer::new(Records {
        intake: intake.clone(),
    }));
}

struct Records {
    intake: Intake,
}

#[tonic::async_trait]
impl PortOutRecordService for Records {
    type GetPortOutDocumentContentStream =
        BoxStream<'static, Result<v1::GetPortOutDocumentContentResponse, Status>>;

    async fn add_port_out_comment(
        &self,
        request: Request<v1::AddPortOutCommentRequest>,
    ) -> Reply<v1::AddPortOutCommentResponse> {
        let requester = requester(&request)?;
        let now = self.intake.base.clock.now();
        // A repeated call is answered as before, though the time it named has passed since.
        let asked = read_comment(request.get_ref(), &requester, now);
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let (name, comment) = asked?;
        let written = ops::port_out::add_comment(work.conn(), &requester, name, comment, now)
            .await
            .map_err(|error| status::record(&error))?;
        work.finish(v1::AddPortOutCommentResponse {
            comment: Some(render_comment(&written, &requester)),
        })
        .await
    }

    async fn list_port_out_comments(
        &self,
        request: Request<v1::ListPortOutCommentsRequest>,
    ) -> Reply<v1::ListPortOutCommentsResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let binding = format!(
            "port_out_comments {} {:?} {}",
            requester.account, body.port_out_id, body.open_actions
        );
        let mut faults = Faults::new();
        let name = parse::name_field(&mut faults, &body.port_out_id);
        let asked = (body.page_size, PAGE, PAGE_MAX);
        let (limit, after) = read_page(&mut faults, asked, &binding, &body.page_token);
        let name = faults.finish(name)?;
        let open = body.open_actions;
        let mut found = ops::port_out::comments(&self.intake, &requester, name, open, after, limit + 1)
            .await
            .map_err(|error| status::record(&error))?;
        let next_page_token = cut(&mut found, limit)
            .map(|last| page::token(&binding, &CommentCursor(last.created_at, last.id)));
        let comments = found.iter().map(|comment| render_comment(comment, &requester));
        Ok(Response::new(v1::ListPortOutCommentsResponse {
            comments: comments.collect(),
            next_page_token: next_page_token.unwrap_or_default(),
        }))
    }

    async fn resolve_port_out_comment(
        &self,
        request: Request<v1::ResolvePortOutCommentRequest>,
    ) -> Reply<v1::ResolvePortOutCommentResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let name = parse::name_field(&mut faults, &request.get_ref().port_out_id);
        let id: Option<CommentId> = faults.required("comment_id", &request.get_ref().comment_id);
        let (name, id) = faults.finish(name.zip(id))?;
        let mut work = match self.intake.base.idempotency.begin(&request).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let resolved = ops::port_out::resolve_comment(work.conn(), &requester, name, id, now)
            .await
            .map_err(|error| status::record(&error))?;
        work.finish(v1::ResolvePortOutCommentResponse {
            comment: Some(render_comment(&resolved, &requester)),
        })
        .await
    }

    async fn upload_port_out_document(
        &self,
        request: Request<Streaming<v1::UploadPortOutDocumentRequest>>,
    ) -> Reply<v1::UploadPortOutDocumentResponse> {
        let (metadata, extensions, messages) = request.into_parts();
        let request = Request::from_parts(metadata, extensions, ());
        let requester = requester(&request)?;
        let upload = collect(messages, FILE_BYTES_MAX, part).await?;
        let header = upload.header.unwrap_or_default();
        let pdf = match upload.content {
            Some(content) => Pdf::read(content).await.map_err(BadFile::Pdf),
            None => Err(BadFile::TooLarge),
        };
        let (name, file_name, pdf) = read_document(&header, pdf)?;
        let idempotency = &self.intake.base.idempotency;
        let method = v1::UploadPortOutDocumentRequest::full_name();
        let parts = [method.as_bytes(), &header.encode_to_vec(), &pdf.sha256];
        let key = RequestKey::of_parts(idempotency.digest_key(), &request, &parts)?;
        // What was done before is not done again; the content goes to the store outside of the transaction,
        // where nothing can take it back.
        match idempotency.begin_key(key.clone()).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => drop(work),
        }
        if !key.is_dry_run() {
            ops::port_out::keep_document(&self.intake, &requester, name, &pdf)
                .await
                .map_err(|error| status::record(&error))?;
        }
        let mut work = match idempotency.begin_key(key).await? {
            Begun::Repeated(reply) => return Ok(reply),
            Begun::Fresh(work) => work,
        };
        let now = self.intake.base.clock.now();
        let document = ops::port_out::add_document(work.conn(), &requester, name, file_name, &pdf, now)
            .await
            .map_err(|error| status::record(&error))?;
        work.finish(v1::UploadPortOutDocumentResponse {
            document: Some(render_document(&document, &requester)),
        })
        .await
    }

    async fn list_port_out_documents(
        &self,
        request: Request<v1::ListPortOutDocumentsRequest>,
    ) -> Reply<v1::ListPortOutDocumentsResponse> {
        let requester = requester(&request)?;
        let name = parse::name(&request.get_ref().port_out_id)?;
        let documents = ops::port_out::documents(&self.intake, &requester, name)
            .await
            .map_err(|error| status::record(&error))?;
        let documents = documents
            .iter()
            .map(|document| render_document(document, &requester));
        Ok(Response::new(v1::ListPortOutDocumentsResponse {
            documents: documents.collect(),
        }))
    }

    async fn get_port_out_document_content(
        &self,
        request: Request<v1::GetPortOutDocumentContentRequest>,
    ) -> Reply<Self::GetPortOutDocumentContentStream> {
        use v1::get_port_out_document_content_response::Part as Sent;
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let id = faults.required("document_id", &request.get_ref().document_id);
        let id = faults.finish(id)?;
        let (document, content) = ops::port_out::document_content(&self.intake, &requester, id)
            .await
            .map_err(|error| status::record(&error))?;
        let head = Sent::Document(render_document(&document, &requester));
        let parts = std::iter::once(head).chain(pieces(content).map(Sent::Chunk));
        let messages = parts.map(|part| Ok(v1::GetPortOutDocumentContentResponse { part: Some(part) }));
        Ok(Response::new(stream::iter(messages).boxed()))
    }
}

fn read_comment(
    body: &v1::AddPortOutCommentRequest,
    requester: &Requester,
    now: Timestamp,
) -> Result<(PortOutName, NewComment), Status> {
    let mut faults = Faults::new();
    let name = parse::name_field(&mut faults, &body.port_out_id);
    let written = Written {
        visibility: body.visibility,
        text: &body.text,
        action_by: body.action_by,
        done_by: body.done_by.as_ref(),
    };
    let comment = written.read(&mut faults, requester, now);
    faults.finish(name.zip(comment))
}

fn part(message: v1::UploadPortOutDocumentRequest) -> Option<Part<v1::PortOutDocumentHeader>> {
    use v1::upload_port_out_document_request::Part as Sent;
    message.part.map(|part| match part {
        Sent::Header(header) => Part::Header(header),
        Sent::Chunk(chunk) => Part::Chunk(chunk),
    })
}

/// Header and file, or all that is wrong with either. A file that is the only thing wrong has a reason of its own.
fn read_document(
    header: &v1::PortOutDocumentHeader,
    pdf: Result<Pdf, BadFile>,
) -> Result<(PortOutName, String, Pdf), Status> {
    let mut faults = Faults::new();
    let name = parse::name_field(&mut faults, &header.port_out_id);
    let file_name = header.file_name.trim();
    if file_name.is_empty() || file_name.chars().any(char::is_control) {
        faults.add("file_name", "INVALID", "must be a name on one line");
    }
    faults.at_most("file_name", file_name, FILE_NAME_CHARS_MAX);
    match pdf {
        Ok(pdf) => faults.finish(name.map(|name| (name, file_name.to_owned(), pdf))),
        Err(error) if faults.is_empty() => Err(bad_file(&error)),
        Err(error) => {
            faults.add("chunk", bad_file_code(&error), error.to_string());
            faults.finish(None)
        }
    }
}

fn render_comment(comment: &PortOutComment, requester: &Requester) -> v1::PortOutComment {
    let shown = Shown::of(comment, requester);
    v1::PortOutComment {
        comment_id: shown.comment_id,
        port_out_id: comment.on.to_string(),
        visibility: shown.visibility,
        text: shown.text,
        author: shown.author,
        by_platform: shown.by_platform,
        created_at: shown.created_at,
        action_by: shown.action_by,
        done_by: shown.done_by,
        resolved_at: shown.resolved_at,
        resolved_by: shown.resolved_by,
    }
}

fn render_document(document: &PortOutDocument, requester: &Requester) -> v1::PortOutDocument {
    v1::PortOutDocument {
        document_id: document.id.to_string(),
        port_out_id: document.case.to_string(),
        file_name: document.file_name.clone(),
        size_bytes: document.size_bytes,
        sha256: hex::encode(document.sha256),
        uploaded_by: seen_name(&document.uploaded_by, document.side, requester),
        uploaded_at: Some(stamp::to_proto(document.uploaded_at)),
    }
}
