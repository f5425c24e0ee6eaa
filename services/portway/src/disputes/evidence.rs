//! `portway dispute evidence`: the evidence as a file, whole or not at all.

use std::path::{Path, PathBuf};

use clap::Args;
use portway_proto::intake::v1::download_evidence_response::Part;
use portway_proto::intake::v1::{DownloadEvidenceRequest, EvidenceFile};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::DisputeName;
use crate::client::{Clients, ask_stream};
use crate::exit::{Failure, Outcome};
use crate::output::note;

/// Arguments of `portway dispute evidence`.
#[derive(Debug, Args)]
pub(super) struct EvidenceArgs {
    #[command(flatten)]
    name: DisputeName,
    /// The ZIP file to write; one that is there is replaced. Default: DI_<number>.zip here.
    #[arg(long, short)]
    file: Option<PathBuf>,
}

pub(super) async fn download(args: EvidenceArgs, clients: &Clients) -> Result<Outcome, Failure> {
    let request = DownloadEvidenceRequest {
        dispute_id: args.name.dispute,
    };
    let mut parts = clients
        .disputes()?
        .download_evidence(ask_stream(request))
        .await?
        .into_inner();
    let Some(Part::File(told)) = parts.message().await?.and_then(|message| message.part) else {
        return Err(Failure::Incomplete("evidence"));
    };
    let path = args.file.unwrap_or_else(|| named(&told));
    // Beside its place until it is whole: half a file must not pass for evidence.
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(".part");
    let mut file = tokio::fs::File::create(&unfinished).await?;
    let mut hash = Sha256::new();
    while let Some(message) = parts.message().await? {
        if let Some(Part::Chunk(piece)) = message.part {
            hash.update(&piece);
            file.write_all(&piece).await?;
        }
    }
    file.sync_all().await?;
    if hex::encode(hash.finalize()) != told.sha256 {
        tokio::fs::remove_file(&unfinished).await?;
        return Err(Failure::Incomplete(
            "content that has the SHA-256 it was sent with",
        ));
    }
    tokio::fs::rename(&unfinished, &path).await?;
    note(&format!(
        "written to {}: {} bytes, SHA-256 {}",
        path.display(),
        told.size_bytes,
        told.sha256
    ));
    Ok(Outcome::Yes)
}

/// The name that the service gives, without any folder that it may name.
fn named(told: &EvidenceFile) -> PathBuf {
    let name = Path::new(&told.file_name).file_name();
    name.map_or_else(|| PathBuf::from("evidence.zip"), PathBuf::from)
}
