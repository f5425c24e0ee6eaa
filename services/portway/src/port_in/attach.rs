//! What goes with an order: its numbers from a CSV file, and its documents. Every file is read before anything is
//! sent, so that a mistyped name leaves nothing half done.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use portway_proto::intake::v1::{
    AddNumbersRequest, DocumentHeader, DocumentKind, ImportHeader, LineFault, NumberDraft,
};

use crate::client::{ChangeKey, Clients, change};
use crate::exit::{Failure, Outcome};
use crate::output::note;
use crate::upload;

/// The most that is read of a file. Services take less (a document has at most 10 MiB) and say so themselves.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Numbers in one call.
pub(super) const NUMBERS_PER_CALL: usize = 1_000;

/// Files that go with an order.
#[derive(Debug, Args)]
#[command(next_help_heading = "Numbers and documents")]
pub(super) struct AttachArgs {
    /// CSV file of numbers: `Phone Number,PIN,Agent Name,Agent Email`.
    #[arg(long, value_name = "CSV")]
    numbers: Option<PathBuf>,
    /// Take the good lines of the CSV file when others are wrong; else a wrong line means that none is taken.
    #[arg(long, requires = "numbers")]
    take_good_lines: bool,
    /// Signed letter of authorization.
    #[arg(long, value_name = "PDF", requires = "loa_signed")]
    loa: Option<PathBuf>,
    /// Day on which it was signed.
    #[arg(long, value_name = "DATE", requires = "loa")]
    loa_signed: Option<Date>,
    /// Recent bill of the losing carrier.
    #[arg(long, value_name = "PDF", requires = "bill_issued")]
    bill: Option<PathBuf>,
    /// Day on which it was issued.
    #[arg(long, value_name = "DATE", requires = "bill")]
    bill_issued: Option<Date>,
    /// Customer service record of the losing carrier.
    #[arg(long, value_name = "PDF", requires = "csr_issued")]
    csr: Option<PathBuf>,
    /// Day on which it was issued.
    #[arg(long, value_name = "DATE", requires = "csr")]
    csr_issued: Option<Date>,
}

/// The files, read.
pub(super) struct Attachments {
    numbers: Option<Vec<u8>>,
    take_good_lines: bool,
    documents: Vec<Document>,
}

struct Document {
    /// Names the step of the change.
    step: &'static str,
    kind: DocumentKind,
    file_name: String,
    dated: Date,
    content: Vec<u8>,
}

impl AttachArgs {
    pub(super) fn read(self) -> Result<Attachments, Failure> {
        let named = [
            ("loa", DocumentKind::Loa, self.loa.zip(self.loa_signed)),
            ("bill", DocumentKind::Bill, self.bill.zip(self.bill_issued)),
            ("csr", DocumentKind::Csr, self.csr.zip(self.csr_issued)),
        ];
        let given = named
            .into_iter()
            .filter_map(|(step, kind, file)| file.map(|file| (step, kind, file)));
        let documents = given.map(|(step, kind, (path, dated))| {
            let file_name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            Ok(Document {
                step,
                kind,
                file_name,
                dated,
                content: read_file(&path)?,
            })
        });
        Ok(Attachments {
            numbers: self.numbers.as_deref().map(read_file).transpose()?,
            take_good_lines: self.take_good_lines,
            documents: documents.collect::<Result<_, Failure>>()?,
        })
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |source| Failure::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut content = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut content)
        .map_err(unreadable)?;
    if u64::try_from(content.len()).is_ok_and(|bytes| bytes > FILE_BYTES_MAX) {
        let too_large = format!("it has more than {FILE_BYTES_MAX} bytes");
        return Err(unreadable(io::Error::new(io::ErrorKind::FileTooLarge, too_large)));
    }
    Ok(content)
}

impl Attachments {
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_none() && self.documents.is_empty()
    }

    /// Sends everything, the numbers first. The answer is no when lines of the CSV file were refused and so none was
    /// taken; the documents are sent all the same. In a dry run each file is tried by itself.
    pub(super) async fn send(
        self,
        order: &str,
        clients: &Clients,
        key: &ChangeKey,
    ) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::Yes;
        if let Some(content) = self.numbers {
            let header = ImportHeader {
                order_id: order.to_owned(),
                take_good_lines: self.take_good_lines,
                ..ImportHeader::default()
            };
            outcome = import(header, content, clients, &key.step("numbers")?).await?;
        }
        for document in self.documents {
            document.send(order, clients, key).await?;
        }
        Ok(outcome)
    }
}

impl Document {
    async fn send(self, order: &str, clients: &Clients, key: &ChangeKey) -> Result<(), Failure> {
        let header = DocumentHeader {
            order_id: order.to_owned(),
            kind: self.kind.into(),
            file_name: self.file_name,
            dated: Some(service::stamp::date_to_proto(self.dated)),
        };
        let bar = progress(self.step, self.content.len(), "{bytes}/{total_bytes}");
        let messages = upload::document_messages(header, self.content, step_of(&bar));
        let reply = clients
            .documents()?
            .upload_document(change(messages, &key.step(self.step)?))
            .await;
        bar.finish_and_clear();
        reply?;
        Ok(())
    }
}

async fn import(
    header: ImportHeader,
    content: Vec<u8>,
    clients: &Clients,
    key: &ChangeKey,
) -> Result<Outcome, Failure> {
    let takes_good_lines = header.take_good_lines;
    let bar = progress("numbers", content.len(), "{bytes}/{total_bytes}");
    let messages = upload::import_messages(header, content, step_of(&bar));
    let reply = clients.port_in()?.import_numbers(change(messages, key)).await;
    bar.finish_and_clear();
    let reply = reply?.into_inner();
    for LineFault {
        line,
        column,
        code,
        message,
    } in &reply.faults
    {
        note(&format!("line {line}, {column}: {message} ({code})"));
    }
    note(&format!(
        "{} numbers added, {} faults",
        reply.added,
        reply.faults.len()
    ));
    Ok(Outcome::yes_if(takes_good_lines || reply.faults.is_empty()))
}

/// Adds numbers that stand in the order file, as many at a time as a call takes.
pub(super) async fn add_numbers(
    numbers: &[NumberDraft],
    order: &str,
    clients: &Clients,
    key: &ChangeKey,
) -> Result<(), Failure> {
    let bar = progress("numbers", numbers.len(), "{pos}/{len}");
    for (index, some) in numbers.chunks(NUMBERS_PER_CALL).enumerate() {
        let request = AddNumbersRequest {
            order_id: order.to_owned(),
            numbers: some.to_vec(),
        };
        let key = key.step(&format!("numbers-{index}"))?;
        clients.port_in()?.add_numbers(change(request, &key)).await?;
        step_of(&bar)(some.len());
    }
    bar.finish_and_clear();
    Ok(())
}

/// A bar on the standard error output; nothing where that is not a terminal.
fn progress(what: &'static str, total: usize, counts: &str) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX)).with_message(what);
    match ProgressStyle::with_template(&format!("{{msg:8}} {{wide_bar}} {counts}")) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn step_of(bar: &ProgressBar) -> impl FnMut(usize) + Send + 'static {
    let bar = bar.clone();
    move |done| bar.inc(u64::try_from(done).unwrap_or_default())
}
