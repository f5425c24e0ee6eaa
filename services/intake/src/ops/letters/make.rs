//! Making the letter that an order needs.

use calendar::civil_date;
use intake_domain::port_in::{Details, IllegalTransition, Order, OrderNumber};
use letters::{LetterError, unprintable};
use pg::StoreError;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use thiserror::Error;
use types::LetterId;

use super::{KeptBrand, Letter, check_open, store};
use crate::app::Intake;
use crate::contents::ContentError;
use crate::ops::port_in::{Occasion, OrderName, Requester, find_to_change, settle};
use crate::store::{accounts, carriers, letter_brands, port_in};

/// Something that a letter must name and the order does not have, or that cannot be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incomplete {
    /// The field of the order's details, or of the brand.
    pub(crate) field: &'static str,
    /// `MISSING` or `UNPRINTABLE`.
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

/// A letter whose PDF is kept, not recorded yet.
#[derive(Debug)]
pub(crate) struct MadeLetter {
    letter: Letter,
    /// The order's version that it was made from.
    order_version: i64,
}

/// Makes the letter and keeps its PDF. Outside of any transaction: the store may be far away.
pub(crate) async fn compose(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<MadeLetter, MakeError> {
    let now = intake.base.clock.now();
    let mut conn = intake.base.pool.acquire().await?;
    let order = port_in::order::find(&mut conn, name, requester.scope(), port_in::order::Access::Read)
        .await?
        .ok_or(MakeError::NotFound)?;
    check_open(&order)?;
    let words = words(&mut conn, &order, civil_date(order.region(), now)).await?;
    drop(conn);
    let (btn, tns) = (words.btn, words.tns.clone());
    // 20,000 numbers take a while to draw.
    let drawn = tokio::task::spawn_blocking(move || words.to_pdf()).await;
    let pdf = drawn.map_err(|error| StoreError::corrupt("letter", &"new", &error))??;
    let sha256 = Sha256::digest(&pdf.bytes).into();
    intake.contents.keep(sha256, &pdf.bytes).await?;
    Ok(MadeLetter {
        letter: Letter {
            id: LetterId::generate(),
            order: order.record().id,
            btn,
            tns,
            page_count: i32::try_from(pdf.page_count).unwrap_or(i32::MAX),
            size_bytes: i64::try_from(pdf.bytes.len()).unwrap_or(i64::MAX),
            sha256,
            made_at: now,
        },
        order_version: order.record().version,
    })
}

/// Records a letter that was made, unless the order was changed meanwhile.
pub(crate) async fn record(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    made: MadeLetter,
) -> Result<Letter, MakeError> {
    let letter = made.letter;
    let order = find_to_change(conn, OrderName::Id(letter.order), requester)
        .await?
        .ok_or(MakeError::NotFound)?;
    check_open(&order)?;
    if order.record().version != made.order_version {
        return Err(StoreError::Stale("the order").into());
    }
    store::insert(conn, &letter).await?;
    let note = format!("letter {}, {} numbers", letter.id, letter.tns.len());
    let transition = order.clone().remark("letter_made", note);
    settle(intake, conn, &order, transition, Occasion::of(intake, requester)).await?;
    Ok(letter)
}

/// What the letter says, or all that is missing for it.
async fn words(
    conn: &mut PgConnection,
    order: &Order,
    made_on: jiff::civil::Date,
) -> Result<letters::Letter, MakeError> {
    let record = order.record();
    let kept = letter_brands::find(conn, record.account).await?;
    let account = accounts::find(conn, record.account).await?;
    let account_name = account
        .map(|account| account.name.to_string())
        .unwrap_or_default();
    let letter = letters::Letter {
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
    };
    let faults = faults(&letter, record.numbers.iter().all(OrderNumber::is_toll_free));
    if faults.is_empty() {
        Ok(letter)
    } else {
        Err(MakeError::Incomplete(faults))
    }
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

fn faults(letter: &letters::Letter, is_toll_free: bool) -> Vec<Incomplete> {
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
            faults.push(Incomplete {
                field,
                code: "UNPRINTABLE",
                message: format!("has the character {character:?}, which letters cannot show"),
            });
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
    Incomplete {
        field,
        code: "MISSING",
        message: "must be there, for a letter of authorization names it".to_owned(),
    }
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
