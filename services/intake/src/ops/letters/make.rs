//! Making the letter that an order needs.

use calendar::civil_date;
use intake_domain::port_in::{CHILDREN_MAX, Details, IllegalTransition, Order, OrderNumber};
use jiff::Timestamp;
use jiff::civil::Date;
use letters::{LetterError, unprintable};
use pg::StoreError;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use thiserror::Error;
use types::{LetterId, OrderId};

use super::{KeptBrand, Letter, store};
use crate::app::Intake;
use crate::contents::ContentError;
use crate::ops::port_in::{Occasion, OrderName, Requester, find_to_change, settle};
use crate::store::{accounts, carriers, letter_brands, port_in};

/// Something that a letter must name and the order does not have, or that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incomplete {
    /// The field of the order's details, or of the brand.
    pub(crate) field: &'static str,
    /// `MISSING`, `UNPRINTABLE` or `TOO_MANY`.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// Why no letter was made.
#[derive(Debug, Error)]
pub(crate) enum MakeError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The order has ended.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The order does not say what a letter must say.
    #[error("the order does not say what a letter must say")]
    Incomplete(Vec<Incomplete>),
    /// The PDF could not be made.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// The PDF could not be kept.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for MakeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Letters whose PDFs are kept, not recorded yet.
#[derive(Debug)]
pub(crate) struct MadeLetters {
    letters: Vec<Letter>,
    order: OrderId,
    /// The order's version that they were made from.
    order_version: i64,
}

/// Makes the letters of an order, one for each part of it that goes out by itself, and keeps their PDFs. Outside of any
/// transaction: the store may be far away, and takes nothing back, so what is only tried is not kept there.
pub(crate) async fn compose(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
    is_dry_run: bool,
) -> Result<MadeLetters, MakeError> {
    let now = intake.base.clock.now();
    let mut conn = intake.base.pool.acquire().await?;
    let order = port_in::order::find(&mut conn, name, requester.scope(), port_in::order::Access::Read)
        .await?
        .ok_or(MakeError::NotFound)?;
    order.check_takes_documents()?;
    let drafts = drafts(&mut conn, &order, now).await?;
    drop(conn);
    let mut letters = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let (letter, pdf) = draw(&order, draft, now).await?;
        if !is_dry_run {
            intake.contents.keep(letter.sha256, &pdf).await?;
        }
        letters.push(letter);
    }
    Ok(MadeLetters {
        letters,
        order: order.record().id,
        order_version: order.record().version,
    })
}

/// Draws a letter: what is known of it, and its PDF.
async fn draw(order: &Order, draft: letters::Letter, now: Timestamp) -> Result<(Letter, Vec<u8>), MakeError> {
    let (btn, tns) = (draft.btn, draft.tns.clone());
    let words_sha256 = Some(words_digest(&draft));
    // 20,000 numbers take a while.
    let drawn = tokio::task::spawn_blocking(move || draft.to_pdf()).await;
    let pdf = drawn.map_err(|error| StoreError::corrupt("letter", &"new", &error))??;
    let sha256 = Sha256::digest(&pdf.bytes).into();
    let letter = Letter {
        id: LetterId::generate(),
        order: order.record().id,
        btn,
        tns,
        page_count: i32::try_from(pdf.page_count).unwrap_or(i32::MAX),
        size_bytes: i64::try_from(pdf.bytes.len()).unwrap_or(i64::MAX),
        sha256,
        words_sha256,
        made_at: now,
    };
    Ok((letter, pdf.bytes))
}

/// Records letters that were made, unless the order was changed meanwhile.
pub(crate) async fn record(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    made: MadeLetters,
) -> Result<Vec<Letter>, MakeError> {
    let order = find_to_change(conn, OrderName::Id(made.order), requester)
        .await?
        .ok_or(MakeError::NotFound)?;
    order.check_takes_documents()?;
    if order.record().version != made.order_version {
        return Err(StoreError::Stale("the order").into());
    }
    for letter in &made.letters {
        store::insert(conn, letter).await?;
        let note = format!("letter {}, {} numbers", letter.id, letter.tns.len());
        let transition = order.clone().remark("letter_made", note);
        settle(intake, conn, &order, transition, Occasion::of(intake, requester)).await?;
    }
    Ok(made.letters)
}

/// Whether an order says otherwise than a letter that was made from it.
pub(super) async fn is_outdated(
    conn: &mut PgConnection,
    order: &Order,
    letter: &Letter,
) -> Result<bool, StoreError> {
    let Some(kept) = letter.words_sha256 else {
        return Ok(false);
    };
    for part in parts_of(order) {
        // The date is no part of the digest: a letter does not age by it.
        if words_digest(&words(conn, &part, Date::default()).await?) == kept {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What whoever signs vouches for: who the subscriber is, which numbers leave which carrier, and who says so.
fn words_digest(letter: &letters::Letter) -> [u8; 32] {
    let mut tns: Vec<String> = letter.tns.iter().map(ToString::to_string).collect();
    tns.sort_unstable();
    let btn = text(letter.btn.as_ref());
    let said = [
        &letter.subscriber,
        &letter.authorized_by,
        &letter.losing_carrier,
        &btn,
    ];
    let mut digest = Sha256::new();
    for text in said.into_iter().chain(&letter.address).chain(&tns) {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    digest.finalize().into()
}

/// The parts of an order that go out by themselves, at most one more than it may have.
fn parts_of(order: &Order) -> Vec<Order> {
    let division = order.division();
    let parts = division.parts.iter().take(CHILDREN_MAX + 1);
    let mut alone: Vec<Order> = parts.map(|part| division.order_of(part)).collect();
    if alone.is_empty() {
        alone.push(order.clone());
    }
    alone
}

/// What the letters of an order say, one for each of its parts, or all that is missing for them.
async fn drafts(
    conn: &mut PgConnection,
    order: &Order,
    now: Timestamp,
) -> Result<Vec<letters::Letter>, MakeError> {
    let alone = parts_of(order);
    let mut faults = Vec::new();
    if alone.len() > CHILDREN_MAX {
        let message = format!("are of more than {CHILDREN_MAX} accounts; make several orders");
        faults.push(Incomplete::new("numbers", "TOO_MANY", message));
    }
    let mut drafts = Vec::with_capacity(alone.len());
    for part in &alone {
        let draft = words(conn, part, civil_date(part.region(), now)).await?;
        let is_toll_free = part.record().numbers.iter().all(OrderNumber::is_toll_free);
        for fault in faults_of(&draft, is_toll_free) {
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        drafts.push(draft);
    }
    if faults.is_empty() {
        Ok(drafts)
    } else {
        Err(MakeError::Incomplete(faults))
    }
}

/// What the letter of one part says, as far as that is known.
async fn words(conn: &mut PgConnection, order: &Order, made_on: Date) -> Result<letters::Letter, StoreError> {
    let record = order.record();
    let kept = letter_brands::find(conn, record.account).await?;
    let account = accounts::find(conn, record.account).await?;
    let account_name = account
        .map(|account| account.name.to_string())
        .unwrap_or_default();
    Ok(letters::Letter {
        brand: kept.for_letters(record.account)?,
        made_on,
        reference: record.request_number.to_string(),
        subscriber: record.details.end_user_name(),
        address: address(&record.details),
        authorized_by: text(record.details.authorized_by.as_ref()),
        losing_carrier: losing_carrier(conn, &record.details).await?,
        new_carrier: new_carrier(&kept, account_name),
        btn: record.details.btn,
        tns: order.open_tns(),
    })
}

fn new_carrier(brand: &KeptBrand, account_name: String) -> String {
    if brand.name.is_empty() {
        account_name
    } else {
        brand.name.clone()
    }
}

async fn losing_carrier(conn: &mut PgConnection, details: &Details) -> Result<String, StoreError> {
    let Some(id) = &details.losing_carrier else {
        return Ok(String::new());
    };
    let profile = carriers::find(conn, id).await?;
    Ok(profile.map_or_else(|| id.to_string(), |profile| profile.name))
}

/// Street and unit, then city, state and postal code; empty unless all of it is known.
fn address(details: &Details) -> Vec<String> {
    let address = &details.service_address;
    let (Some(street), Some(city), Some(state), Some(postal_code)) = (
        &address.street,
        &address.city,
        &address.state,
        &address.postal_code,
    ) else {
        return Vec::new();
    };
    let street = match &address.unit {
        Some(unit) => format!("{street}, {unit}"),
        None => street.to_string(),
    };
    vec![street, format!("{city}, {state} {postal_code}")]
}

fn faults_of(letter: &letters::Letter, is_toll_free: bool) -> Vec<Incomplete> {
    let texts = [
        ("subscriber_name", letter.subscriber.clone()),
        ("service_address", letter.address.join(" ")),
        ("authorized_by", letter.authorized_by.clone()),
        ("losing_carrier", letter.losing_carrier.clone()),
        ("brand.name", letter.new_carrier.clone()),
    ];
    let mut faults = Vec::new();
    for (field, text) in texts {
        if text.is_empty() {
            faults.push(missing(field));
        } else if let Some(character) = unprintable(&text) {
            let message = format!("has the character {character:?}, which letters cannot show");
            faults.push(Incomplete::new(field, "UNPRINTABLE", message));
        }
    }
    if letter.tns.is_empty() {
        faults.push(missing("numbers"));
    } else if letter.btn.is_none() && !is_toll_free {
        faults.push(missing("btn"));
    }
    faults
}

fn missing(field: &'static str) -> Incomplete {
    let message = "must be there, for a letter of authorization names it";
    Incomplete::new(field, "MISSING", message.to_owned())
}

impl Incomplete {
    fn new(field: &'static str, code: &'static str, message: String) -> Self {
        Self { field, code, message }
    }
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
