//! Numbers in bulk: what arrives is kept line by line, and added to the draft when all of it is there.
//!
//! A batch of lines is a transaction of its own, so a broken upload, or a crash of ours, loses no line that was kept, and
//! the same upload goes on from there. The numbers come into the order in one transaction at the end.

mod columns;
mod csv_feed;

use std::collections::{HashMap, HashSet};

use calendar::civil_date;
use intake_domain::port_in::{AddRefusal, IllegalTransition, Order, OrderNumber, OrderState};
use jiff::civil::Date;
use numbering::NpacRegion;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{Secret, Tn};
use uuid::Uuid;

use super::settle::settle;
use super::{Occasion, OrderName, Requester, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;

pub(crate) use crate::store::port_in::import_lines::{KeptFault, KeptLine, LineOutcome};
pub(crate) use crate::store::port_in::imports::{Import, ImportState};
pub(crate) use columns::{Cells, Column, PIN_CHARS_MAX, capabilities_text};
pub(crate) use csv_feed::{CsvFeed, RawLine, UnreadableFile};

/// Lines of an import at most.
const LINES_MAX: usize = 20_000;
/// Faults in the reply itself; the others are in the list of lines.
const FAULTS_SHOWN: i64 = 1_000;

/// Why an import did not go on.
#[derive(Debug, Error)]
pub(crate) enum ImportError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    OrderNotFound,
    /// There is no such import, or it is somebody else's.
    #[error("there is no such import")]
    NotFound,
    /// The id is that of an import into another order, or of another kind.
    #[error("the import of this id is another one: of another order, or with another choice of lines")]
    Another,
    /// The order is no draft.
    #[error(transparent)]
    Add(#[from] AddRefusal),
    /// The file cannot be read at all.
    #[error(transparent)]
    File(#[from] UnreadableFile),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<IllegalTransition> for ImportError {
    fn from(_: IllegalTransition) -> Self {
        Self::Add(AddRefusal::NewOrderRequired)
    }
}

/// What an import is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewImport {
    pub(crate) id: Uuid,
    pub(crate) order: OrderName,
    pub(crate) take_good_lines: bool,
}

/// An import, and how many of its lines came to what.
#[derive(Debug, Clone)]
pub(crate) struct ImportView {
    pub(crate) import: Import,
    pub(crate) counts: Vec<(LineOutcome, i64)>,
}

impl ImportView {
    async fn of(conn: &mut PgConnection, import: Import) -> Result<Self, StoreError> {
        let counts = store::import_lines::count(conn, import.id).await?;
        Ok(Self { import, counts })
    }

    /// How many lines came to this.
    pub(crate) fn count(&self, wanted: LineOutcome) -> i64 {
        let found = self.counts.iter().find(|(outcome, _)| *outcome == wanted);
        found.map_or(0, |(_, count)| *count)
    }
}

/// Begins an import, or goes on with the one of this id.
pub(crate) async fn begin(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    new: NewImport,
) -> Result<Import, ImportError> {
    let scope = requester.scope();
    let order = store::order::find(conn, new.order, scope, store::order::Access::Read).await?;
    let order = order.ok_or(ImportError::OrderNotFound)?;
    let import = Import {
        id: new.id,
        account: order.record().account,
        order: order.record().id,
        state: ImportState::Receiving,
        take_good_lines: new.take_good_lines,
        next_line: 1,
        lines: 0,
        added: 0,
        created_at: intake.base.clock.now(),
        finished_at: None,
    };
    store::imports::insert(conn, &import).await?;
    let known = store::imports::find(conn, new.id, scope)
        .await?
        .ok_or(ImportError::Another)?;
    if known.order != import.order || known.take_good_lines != import.take_good_lines {
        return Err(ImportError::Another);
    }
    let is_draft = matches!(order.record().state, OrderState::Draft(_));
    if known.state == ImportState::Receiving && !is_draft {
        return Err(AddRefusal::NewOrderRequired.into());
    }
    Ok(known)
}

/// Keeps lines of an import. Those that were kept before are passed over.
pub(crate) async fn keep(
    intake: &Intake,
    conn: &mut PgConnection,
    id: Uuid,
    lines: &[RawLine],
) -> Result<(), ImportError> {
    let import = store::imports::lock(conn, id, None)
        .await?
        .ok_or(ImportError::NotFound)?;
    let mut next_line = import.next_line;
    let mut fresh = Vec::with_capacity(lines.len());
    for line in lines {
        if line.line >= next_line {
            next_line = line.line.saturating_add(1);
            fresh.push(line);
        }
    }
    if import.state != ImportState::Receiving || fresh.is_empty() {
        return Ok(());
    }
    if usize::try_from(import.lines).unwrap_or(usize::MAX) + fresh.len() > LINES_MAX {
        return Err(UnreadableFile::TooManyLines.into());
    }
    let today = today(intake);
    let read: Vec<(i32, columns::ReadLine, Option<Secret>)> =
        fresh.into_iter().map(|raw| read_line(raw, today)).collect();
    let tns: Vec<Tn> = read.iter().filter_map(|(_, line, _)| line.tn).collect();
    let mut seen: HashMap<Tn, i32> = store::import_lines::lines_of(conn, id, &tns)
        .await?
        .into_iter()
        .collect();
    let in_order = store::numbers::which_are_in(conn, import.order, &tns).await?;
    let kept: Vec<(KeptLine, Option<Secret>)> = read
        .into_iter()
        .map(|(line, read, said)| judge(line, read, said, &in_order, &mut seen))
        .collect();
    store::import_lines::keep(conn, &intake.base.vault, id, &kept, next_line).await?;
    Ok(())
}

fn today(intake: &Intake) -> Date {
    // Whether an area code is in use yet is a matter of days; the NPAC's own are Eastern.
    civil_date(NpacRegion::Northeast, intake.base.clock.now())
}

/// Reads a line. What a good one says is written down whole, to be read again when it is added.
fn read_line(raw: &RawLine, today: Date) -> (i32, columns::ReadLine, Option<Secret>) {
    match &raw.cells {
        Ok(cells) => {
            let read = columns::read(cells, today);
            let said = read.number.is_some().then(|| written(cells));
            (raw.line, read, said.flatten())
        }
        Err(unreadable) => {
            let fault = |column: &Column| columns::CellFault {
                column: *column,
                code: "NOT_UTF8",
                message: "is no text in UTF-8".to_owned(),
            };
            let read = columns::ReadLine {
                tn: None,
                number: None,
                faults: unreadable.iter().map(fault).collect(),
            };
            (raw.line, read, None)
        }
    }
}

/// What came of a line: a number that is there already is named with both places.
fn judge(
    line: i32,
    read: columns::ReadLine,
    said: Option<Secret>,
    in_order: &HashSet<Tn>,
    seen: &mut HashMap<Tn, i32>,
) -> (KeptLine, Option<Secret>) {
    let mut faults: Vec<KeptFault> = read
        .faults
        .into_iter()
        .map(|fault| KeptFault {
            column: fault.column.name().to_owned(),
            code: fault.code.to_owned(),
            message: fault.message,
        })
        .collect();
    let is_wrong = !faults.is_empty();
    let there_already = read.tn.and_then(|tn| {
        if in_order.contains(&tn) {
            return Some(format!("{tn} is in the order already"));
        }
        if let Some(first) = seen.get(&tn) {
            return Some(format!("lines {first} and {line} both have {tn}"));
        }
        seen.insert(tn, line);
        None
    });
    faults.extend(there_already.map(duplicate));
    let outcome = match (is_wrong, faults.is_empty()) {
        (true, _) => LineOutcome::Faulty,
        (false, true) => LineOutcome::Good,
        (false, false) => LineOutcome::Duplicate,
    };
    let kept = KeptLine {
        line,
        tn: read.tn,
        outcome,
        faults,
    };
    (kept, said.filter(|_| outcome == LineOutcome::Good))
}

fn duplicate(message: String) -> KeptFault {
    KeptFault {
        column: Column::PhoneNumber.name().to_owned(),
        code: "DUPLICATE_TN".to_owned(),
        message,
    }
}

fn written(cells: &Cells) -> Option<Secret> {
    let named: Vec<(&str, &str)> = cells
        .iter()
        .map(|(column, text)| (column.name(), text.as_str()))
        .collect();
    serde_json::to_string(&named).ok().map(Secret::new)
}

/// All lines came: adds the good ones, unless others are wrong and that was not wanted. Done once, however often asked.
pub(crate) async fn finish(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    id: Uuid,
) -> Result<(ImportView, Vec<KeptLine>), ImportError> {
    let scope = requester.scope();
    let import = store::imports::find(conn, id, scope)
        .await?
        .ok_or(ImportError::NotFound)?;
    // The order before the import, as submissions have it.
    let draft = find_to_change(conn, OrderName::Id(import.order), requester).await?;
    let draft = draft.ok_or(ImportError::OrderNotFound)?;
    let import = store::imports::lock(conn, id, scope)
        .await?
        .ok_or(ImportError::NotFound)?;
    if import.state == ImportState::Receiving {
        add(intake, conn, &draft, &import, Occasion::of(intake, requester)).await?;
    }
    let import = store::imports::find(conn, id, scope)
        .await?
        .ok_or(ImportError::NotFound)?;
    let wrong = [LineOutcome::Faulty, LineOutcome::Duplicate];
    let faulty = store::import_lines::list(conn, id, &wrong, 0, FAULTS_SHOWN).await?;
    Ok((ImportView::of(conn, import).await?, faulty))
}

async fn add(
    intake: &Intake,
    conn: &mut PgConnection,
    draft: &Order,
    import: &Import,
    occasion: Occasion<'_>,
) -> Result<(), ImportError> {
    let today = today(intake);
    let known: HashSet<Tn> = draft.record().numbers.iter().map(|number| number.tn).collect();
    let (mut numbers, mut late) = (Vec::new(), Vec::new());
    for (line, said) in store::import_lines::open(conn, &intake.base.vault, import.id).await? {
        let number = read_again(import, &said, today)?;
        if known.contains(&number.tn) {
            late.push(line);
        } else {
            numbers.push(number);
        }
    }
    // They were added otherwise while the lines came.
    let fault = duplicate("the number came into the order otherwise in the meantime".to_owned());
    store::import_lines::make_duplicates(conn, import.id, &late, &fault).await?;
    let is_whole = usize::try_from(import.lines).is_ok_and(|lines| lines == numbers.len());
    let (state, added) = if is_whole || import.take_good_lines {
        let added = numbers.len();
        let transition = draft.clone().add_numbers(numbers)?;
        if added > 0 {
            settle(intake, conn, draft, transition, occasion).await?;
        }
        (ImportState::Added, added)
    } else {
        (ImportState::Refused, 0)
    };
    store::imports::finish(conn, import.id, state, added, occasion.now).await?;
    Ok(())
}

fn read_again(import: &Import, said: &Secret, today: Date) -> Result<OrderNumber, StoreError> {
    let broken = |why: &dyn std::fmt::Display| StoreError::corrupt("number_import_line", &import.id, why);
    let named: Vec<(String, String)> =
        serde_json::from_str(said.expose()).map_err(|_| broken(&"a kept line cannot be read"))?;
    let cells: Cells = named
        .into_iter()
        .filter_map(|(name, text)| Some((Column::named(&name)?, text)))
        .collect();
    let number = columns::read(&cells, today).number;
    number.ok_or_else(|| broken(&"a kept line is wrong after all"))
}

/// How far an import is.
pub(crate) async fn get(intake: &Intake, requester: &Requester, id: Uuid) -> Result<ImportView, ImportError> {
    let mut conn = intake.base.pool.acquire().await?;
    let import = store::imports::find(&mut conn, id, requester.scope()).await?;
    Ok(ImportView::of(&mut conn, import.ok_or(ImportError::NotFound)?).await?)
}

/// A page of an import's lines.
pub(crate) async fn lines(
    intake: &Intake,
    requester: &Requester,
    id: Uuid,
    outcomes: &[LineOutcome],
    after: i32,
    limit: i64,
) -> Result<Vec<KeptLine>, ImportError> {
    let mut conn = intake.base.pool.acquire().await?;
    let import = store::imports::find(&mut conn, id, requester.scope()).await?;
    let import = import.ok_or(ImportError::NotFound)?;
    Ok(store::import_lines::list(&mut conn, import.id, outcomes, after, limit).await?)
}
