//! The evidence about a disputed port, as one file.

use std::io::{Cursor, Write};

use intake_domain::dispute::{Dispute, Outcome};
use pg::StoreError;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::read::{Seen, seen};
use crate::announce::dispute::subject;
use crate::app::Intake;
use crate::contents::ContentError;
use crate::ops::port_in::Requester;
use crate::store;
use crate::store::dispute::DisputeName;
use crate::store::dispute::evidence::{self, LINES_MAX, LetterFile};

/// Letters of more bytes in all are named with their hashes and left out, the oldest first.
const LETTERS_BYTES_MAX: i64 = 32 << 20;

/// The evidence.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) file_name: String,
    pub(crate) sha256: [u8; 32],
    pub(crate) zip: Vec<u8>,
}

/// Why there is no evidence.
#[derive(Debug, Error)]
pub(crate) enum EvidenceError {
    /// There is no such dispute, or it is somebody else's.
    #[error("there is no such dispute")]
    NotFound,
    /// A letter is not to be had.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The file could not be made.
    #[error("the file cannot be made")]
    Zip(#[from] zip::result::ZipError),
    /// Shutdown ended the making of the file.
    #[error("the making of the file was interrupted")]
    Interrupted,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for EvidenceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// One file of the evidence.
struct Entry {
    name: String,
    content: Vec<u8>,
}

/// Gathers what is on record, as it is at one moment.
pub(crate) async fn evidence(
    intake: &Intake,
    requester: &Requester,
    name: DisputeName,
) -> Result<Evidence, EvidenceError> {
    let mut tx = intake.base.pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .execute(&mut *tx)
        .await?;
    let found = store::dispute::find(&mut tx, requester.scope(), name).await?;
    let dispute = found.ok_or(EvidenceError::NotFound)?;
    let file_name = format!("{}.zip", dispute.number);
    let gathered_at = intake.base.clock.now().to_string();
    let (mut entries, letters) = gather(&mut tx, dispute).await?;
    // Nothing is asked of the document store while a transaction is open.
    tx.rollback().await?;
    let mut bytes = 0;
    for letter in letters {
        bytes += letter.size_bytes;
        if bytes > LETTERS_BYTES_MAX {
            break;
        }
        entries.push(read(intake, &letter).await?);
    }
    let packed = tokio::task::spawn_blocking(move || pack(entries, &gathered_at)).await;
    let zip = packed.map_err(|_| EvidenceError::Interrupted)??;
    Ok(Evidence {
        file_name,
        sha256: Sha256::digest(&zip).into(),
        zip,
    })
}

async fn read(intake: &Intake, letter: &LetterFile) -> Result<Entry, EvidenceError> {
    let sha256: [u8; 32] = letter
        .sha256
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::corrupt("document", &letter.document_id, &"not a SHA-256"))?;
    Ok(Entry {
        name: format!("letters/{}.pdf", letter.document_id),
        content: intake.contents.read(&sha256).await?,
    })
}

async fn gather(
    conn: &mut PgConnection,
    dispute: Dispute,
) -> Result<(Vec<Entry>, Vec<LetterFile>), EvidenceError> {
    let about = dispute.about;
    let subjects = [dispute.id.as_uuid(), subject(about)];
    let audit = events::audit::excerpt(conn, dispute.account, &subjects, LINES_MAX).await?;
    let (documents, files) = evidence::letters(conn, about).await?;
    let mut entries = vec![
        entry("request.json", &evidence::request(conn, about).await?),
        entry("documents.json", &documents),
        entry("consents.json", &evidence::consents(conn, about).await?),
        entry(
            "pin_attempts.json",
            &evidence::pin_attempts(conn, &dispute).await?,
        ),
        entry("locks.json", &evidence::locks(conn, &dispute).await?),
        entry("timeline.json", &evidence::timeline(conn, about).await?),
        entry("audit.json", &Value::Array(audit.iter().map(audited).collect())),
    ];
    entries.push(entry("dispute.json", &in_words(&seen(conn, dispute).await?)));
    Ok((entries, files))
}

fn entry(name: &str, value: &Value) -> Entry {
    Entry {
        name: name.to_owned(),
        content: format!("{value:#}\n").into_bytes(),
    }
}

fn audited(entry: &events::audit::Excerpt) -> Value {
    json!({
        "number": entry.number,
        "event_id": entry.event,
        "subject_id": entry.subject,
        "type": entry.type_name,
        "occurred_at": entry.occurred_at.to_string(),
        "recorded_at": entry.recorded_at.to_string(),
        "actor": entry.actor,
        "hash": hex::encode(&entry.hash),
    })
}

fn in_words(seen: &Seen) -> Value {
    let dispute = &seen.dispute;
    let numbers = dispute.numbers.iter().map(|number| {
        json!({
            "tn": number.tn,
            "returned_at": number.returned_at.map(|at| at.to_string()),
            "outcome": number.outcome.map(Outcome::code),
        })
    });
    let clocks = dispute.clocks().map(|clock| {
        json!({
            "clock": clock.kind.code(),
            "due_at": clock.due_at.to_string(),
            "missed_at": clock.missed_at.map(|at| at.to_string()),
        })
    });
    let statements = seen.statements.iter().map(|said| {
        json!({
            "author": if said.by_platform { "platform" } else { &said.author },
            "stated_at": said.stated_at.to_string(),
            "text": said.text,
            "is_answer": said.is_answer,
        })
    });
    let snapbacks = seen.snapbacks.iter().map(|asked| {
        json!({
            "snapback_id": asked.id,
            "tns": asked.tns,
            "reason": asked.reason,
            "state": asked.state.code(),
            "refusal": asked.refusal,
            "requested_by": asked.requested_by,
            "requested_at": asked.requested_at.to_string(),
            "since": asked.since.to_string(),
            "ended_by_record": asked.is_ended_by_record,
            "late_answer": asked.late_answer.map(|(answer, _)| answer.code()),
            "late_answer_at": asked.late_answer.map(|(_, at)| at.to_string()),
        })
    });
    let returns = seen.returns.iter().map(|recorded| {
        json!({
            "tns": recorded.tns,
            "explanation": recorded.explanation,
            "recorded_by": "platform",
            "recorded_at": recorded.recorded_at.to_string(),
        })
    });
    json!({
        "request_number": dispute.number,
        "dispute_id": dispute.id,
        "direction": dispute.about.direction().code(),
        "port": dispute.about.number(),
        "kind": dispute.kind.code(),
        "reporter": dispute.reporter.code(),
        "reporter_name": dispute.reporter_name,
        "carrier_name": dispute.carrier_name,
        "opened_by": dispute.opened_by,
        "opened_at": dispute.opened_at.to_string(),
        "state": dispute.state.name().code(),
        "settled_at": dispute.state.settled_at().map(|at| at.to_string()),
        "explanation": dispute.explanation,
        "charged_tns": dispute.charged,
        "numbers": numbers.collect::<Vec<_>>(),
        "clocks": clocks,
        "statements": statements.collect::<Vec<_>>(),
        "snapbacks": snapbacks.collect::<Vec<_>>(),
        "returns": returns.collect::<Vec<_>>(),
    })
}

/// Packs the files, and last the manifest that names each with its SHA-256.
fn pack(mut entries: Vec<Entry>, gathered_at: &str) -> Result<Vec<u8>, EvidenceError> {
    let files = entries.iter().map(|entry| {
        json!({
            "name": entry.name,
            "size_bytes": entry.content.len(),
            "sha256": hex::encode(Sha256::digest(&entry.content)),
        })
    });
    let manifest = json!({
        "gathered_at": gathered_at,
        "lines_max": LINES_MAX,
        "files": files.collect::<Vec<_>>(),
    });
    entries.push(entry("manifest.json", &manifest));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for entry in &entries {
        zip.start_file(entry.name.as_str(), options)?;
        zip.write_all(&entry.content)
            .map_err(zip::result::ZipError::from)?;
    }
    Ok(zip.finish()?.into_inner())
}
