//! Serves numbers in bulk: takes an upload in piece by piece, and shows what came of it.

use auth::{Caller, DryRun};
use grpc::{Faults, Reply, page};
use idempotency::{Begun, RequestKey, Work};
use portway_proto::intake::v1;
use portway_proto::intake::v1::import_numbers_request::Part;
use portway_proto::intake::v1::import_service_server::ImportService;
use prost::{Message, Name};
use sha2::{Digest, Sha256};
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use super::import_lines::{import, line, line_faults, raw_line, read_outcomes};
use super::{cut, order_name, requester, status};
use crate::app::Intake;
use crate::ops::port_in::imports::{CsvFeed, ImportError, NewImport, RawLine};
use crate::ops::port_in::{Requester, imports};

/// 20,000 lines with every column filled.
const BYTES_MAX: usize = 24 << 20;
/// Lines kept in one transaction.
const BATCH: usize = 1_000;
const LINES_PAGE: i64 = 1_000;
const LINES_PAGE_MAX: i64 = 5_000;

/// The import service.
pub(super) struct Imports {
    intake: Intake,
}

impl Imports {
    pub(super) fn new(intake: Intake) -> Self {
        Self { intake }
    }
}

#[tonic::async_trait]
impl ImportService for Imports {
    async fn get_import(&self, request: Request<v1::GetImportRequest>) -> Reply<v1::GetImportResponse> {
        let requester = requester(&request)?;
        let mut faults = Faults::new();
        let id = faults.required("import_id", &request.get_ref().import_id);
        let id = faults.finish(id)?;
        let view = imports::get(&self.intake, &requester, id)
            .await
            .map_err(|error| status::import(&error))?;
        Ok(Response::new(v1::GetImportResponse {
            import: Some(import(&view)),
        }))
    }

    async fn list_import_lines(
        &self,
        request: Request<v1::ListImportLinesRequest>,
    ) -> Reply<v1::ListImportLinesResponse> {
        let requester = requester(&request)?;
        let body = request.get_ref();
        let filters = format!("{} {:?}", body.import_id, body.outcomes);
        let mut faults = Faults::new();
        let id = faults.required("import_id", &body.import_id);
        let outcomes = read_outcomes(&mut faults, &body.outcomes);
        let limit = page::size(&mut faults, body.page_size, LINES_PAGE, LINES_PAGE_MAX);
        let after = page::cursor::<i32>(&mut faults, &filters, &body.page_token).unwrap_or_default();
        let id: Uuid = faults.finish(id)?;
        let mut lines = imports::lines(&self.intake, &requester, id, &outcomes, after, limit + 1)
            .await
            .map_err(|error| status::import(&error))?;
        let next_page_token = cut(&mut lines, limit).map(|last| page::token(&filters, &last.line));
        Ok(Response::new(v1::ListImportLinesResponse {
            lines: lines.iter().map(line).collect(),
            next_page_token: next_page_token.unwrap_or_default(),
        }))
    }
}

/// Takes an upload in. What came of it when it breaks off is kept.
pub(super) async fn import_numbers(
    intake: &Intake,
    request: Request<Streaming<v1::ImportNumbersRequest>>,
) -> Reply<v1::ImportNumbersResponse> {
    let (metadata, extensions, mut messages) = request.into_parts();
    let request = Request::from_parts(metadata, extensions, ());
    let requester = requester(&request)?;
    let first = messages.message().await?.and_then(|message| message.part);
    let header = match first {
        Some(Part::Header(header)) => header,
        Some(Part::Chunk(_) | Part::Number(_)) | None => v1::ImportHeader::default(),
    };
    let asked = read_header(&request, &header)?;
    let mut upload = Upload::begin(intake, &request, &requester, &header, asked).await?;
    loop {
        match messages.message().await {
            Ok(Some(v1::ImportNumbersRequest { part })) => upload.take(part).await?,
            Ok(None) => break,
            Err(broken) => {
                upload.keep_whole_lines().await?;
                return Err(broken);
            }
        }
    }
    upload.finish(&request, &requester, &header).await
}

struct Asked {
    new: NewImport,
    first_line: i32,
}

fn read_header(request: &Request<()>, header: &v1::ImportHeader) -> Result<Asked, Status> {
    let mut faults = Faults::new();
    let order = order_name(&mut faults, &header.order_id);
    let id = if header.import_id.is_empty() {
        Some(id_of_key(request)?)
    } else {
        faults.required("import_id", &header.import_id)
    };
    let first_line = if header.first_line == 0 {
        2
    } else {
        header.first_line
    };
    if first_line < 2 {
        faults.add("first_line", "OUT_OF_RANGE", "must be 2 or more, or 0");
    }
    let new = order.zip(id).map(|(order, id)| NewImport {
        id,
        order,
        take_good_lines: header.take_good_lines,
    });
    faults.finish(new.map(|new| Asked { new, first_line }))
}

/// The same call has the same import.
fn id_of_key(request: &Request<()>) -> Result<Uuid, Status> {
    let caller = Caller::of(request)?;
    let key = request.metadata().get("idempotency-key");
    let mut hash = Sha256::new();
    hash.update(caller.account.as_uuid().as_bytes());
    hash.update(caller.subject.as_str());
    hash.update([0]);
    hash.update(key.map(MetadataValue::as_bytes).unwrap_or_default());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// An upload while it comes in.
struct Upload<'i> {
    intake: &'i Intake,
    import: Uuid,
    /// A dry run is one transaction, which is taken back; else each batch is one.
    dry_run: Option<Work>,
    hash: Sha256,
    bytes: usize,
    feed: CsvFeed,
    has_file: bool,
    /// Lines that came as messages and are not kept yet.
    waiting: Vec<RawLine>,
}

impl<'i> Upload<'i> {
    async fn begin(
        intake: &'i Intake,
        request: &Request<()>,
        requester: &Requester,
        header: &v1::ImportHeader,
        Asked { new, first_line }: Asked,
    ) -> Result<Self, Status> {
        let idempotency = &intake.base.idempotency;
        // Also refuses a call without a key before anything is kept.
        let key = request_key(intake, request, header, &[])?;
        let mut dry_run = None;
        if request.extensions().get::<DryRun>().is_some() {
            dry_run = match idempotency.begin_key::<v1::ImportNumbersResponse>(key).await? {
                Begun::Fresh(work) => Some(work),
                Begun::Repeated(_) => None,
            };
        }
        let begun = match &mut dry_run {
            Some(work) => imports::begin(intake, work.conn(), requester, new).await,
            None => begin(intake, requester, new).await,
        };
        let import = begun.map_err(|error| status::import(&error))?;
        Ok(Self {
            intake,
            import: import.id,
            dry_run,
            hash: Sha256::new(),
            bytes: 0,
            feed: CsvFeed::starting_at(first_line),
            has_file: false,
            waiting: Vec::new(),
        })
    }

    async fn take(&mut self, part: Option<Part>) -> Result<(), Status> {
        match part {
            Some(Part::Chunk(piece)) => {
                self.count(&piece)?;
                self.has_file = true;
                let lines = self.feed.push(&piece);
                let lines = lines.map_err(|error| status::import(&error.into()))?;
                self.keep(&lines).await
            }
            Some(Part::Number(numbered)) => {
                self.count(&numbered.encode_to_vec())?;
                self.waiting.push(raw_line(&numbered));
                if self.waiting.len() < BATCH {
                    return Ok(());
                }
                let lines = std::mem::take(&mut self.waiting);
                self.keep(&lines).await
            }
            // Another header and empty messages say nothing.
            Some(Part::Header(_)) | None => Ok(()),
        }
    }

    fn count(&mut self, content: &[u8]) -> Result<(), Status> {
        self.bytes = self.bytes.saturating_add(content.len());
        if self.bytes > BYTES_MAX {
            return Err(status::file_too_large("an import has at most 24 MiB"));
        }
        self.hash.update(content);
        Ok(())
    }

    async fn keep(&mut self, lines: &[RawLine]) -> Result<(), Status> {
        for batch in lines.chunks(BATCH) {
            let kept = match &mut self.dry_run {
                Some(work) => imports::keep(self.intake, work.conn(), self.import, batch).await,
                None => keep(self.intake, self.import, batch).await,
            };
            kept.map_err(|error| status::import(&error))?;
        }
        Ok(())
    }

    /// What is whole of an upload that broke off.
    async fn keep_whole_lines(&mut self) -> Result<(), Status> {
        let mut lines = self
            .feed
            .broken_off()
            .map_err(|error| status::import(&error.into()))?;
        lines.append(&mut self.waiting);
        self.keep(&lines).await
    }

    async fn finish(
        mut self,
        request: &Request<()>,
        requester: &Requester,
        header: &v1::ImportHeader,
    ) -> Reply<v1::ImportNumbersResponse> {
        let mut lines = std::mem::take(&mut self.waiting);
        if self.has_file || lines.is_empty() {
            let last = self
                .feed
                .finish()
                .map_err(|error| status::import(&error.into()))?;
            lines.extend(last);
        }
        self.keep(&lines).await?;
        let mut work = if let Some(work) = self.dry_run {
            work
        } else {
            let key = request_key(self.intake, request, header, &self.hash.finalize())?;
            match self.intake.base.idempotency.begin_key(key).await? {
                Begun::Repeated(reply) => return Ok(reply),
                Begun::Fresh(work) => work,
            }
        };
        let (view, faulty) = imports::finish(self.intake, work.conn(), requester, self.import)
            .await
            .map_err(|error| status::import(&error))?;
        work.finish(v1::ImportNumbersResponse {
            added: view.import.added,
            faults: faulty.iter().flat_map(line_faults).collect(),
            import: Some(import(&view)),
        })
        .await
    }
}

fn request_key(
    intake: &Intake,
    request: &Request<()>,
    header: &v1::ImportHeader,
    content: &[u8],
) -> Result<RequestKey, Status> {
    let method = v1::ImportNumbersRequest::full_name();
    let header = header.encode_to_vec();
    let parts = [method.as_bytes(), &header, content];
    RequestKey::of_parts(intake.base.idempotency.digest_key(), request, &parts)
}

async fn begin(
    intake: &Intake,
    requester: &Requester,
    new: NewImport,
) -> Result<imports::Import, ImportError> {
    let mut tx = intake.base.pool.begin().await?;
    let import = imports::begin(intake, &mut tx, requester, new).await?;
    tx.commit().await?;
    Ok(import)
}

async fn keep(intake: &Intake, import: Uuid, lines: &[RawLine]) -> Result<(), ImportError> {
    let mut tx = intake.base.pool.begin().await?;
    imports::keep(intake, &mut tx, import, lines).await?;
    tx.commit().await?;
    Ok(())
}
