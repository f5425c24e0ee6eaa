//! Letters of authorization: made from what an order says, given to somebody to sign, signed.
//!
//! A letter is no document of its order before it is signed. Start at `sign`: that is where one becomes the other.

mod brand;
mod make;
mod send;
mod sign;

use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{LetterId, OrderId, SigningId};

use intake_domain::letters::{Signing, SigningEnd};
use intake_domain::port_in::Order;

use crate::app::Intake;
use crate::contents::ContentError;
use crate::ops::port_in::{OrderName, Requester};
use crate::store::letters as store;
use crate::store::{port_in, signings};

pub(crate) use crate::store::letter_brands::KeptBrand;
pub(crate) use crate::store::letters::Letter;
pub(crate) use brand::{get_brand, set_brand};
pub(crate) use make::{Incomplete, MakeError, compose, record};
pub(crate) use send::{NewSigning, SendError, link_of, revoke, send, signing_link};
pub(crate) use sign::{Outcome, SignError, ToSign, Typed, sign, to_sign};

/// Why there is nothing to see.
#[derive(Debug, Error)]
pub(crate) enum FindError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NoOrder,
    /// There is no such letter, or it is somebody else's.
    #[error("there is no such letter")]
    NoLetter,
    /// There is no such signing, or it is somebody else's.
    #[error("there is no such signing")]
    NoSigning,
    /// The content is not to be had.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for FindError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A letter and its PDF.
pub(crate) async fn content(
    intake: &Intake,
    requester: &Requester,
    letter: LetterId,
) -> Result<(Letter, Vec<u8>), FindError> {
    let mut conn = intake.base.pool.acquire().await?;
    let letter = store::find(&mut conn, letter, requester.scope())
        .await?
        .ok_or(FindError::NoLetter)?;
    drop(conn);
    let content = intake.contents.read(&letter.sha256).await?;
    Ok((letter, content))
}

/// A signing as whoever asked for it sees it.
#[derive(Debug)]
pub(crate) struct ShownSigning {
    pub(crate) signing: Signing,
    pub(crate) letter: Letter,
    /// The order says otherwise than the letter.
    pub(crate) is_outdated: bool,
}

impl ShownSigning {
    fn new(signing: Signing, letter: Letter) -> Self {
        Self {
            signing,
            letter,
            is_outdated: false,
        }
    }
}

/// The signings of an order, newest first, each with its letter.
pub(crate) async fn list_signings(
    intake: &Intake,
    requester: &Requester,
    order: OrderName,
) -> Result<Vec<ShownSigning>, FindError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = port_in::order::find(&mut conn, order, requester.scope(), port_in::order::Access::Read)
        .await?
        .ok_or(FindError::NoOrder)?;
    let mut shown = Vec::new();
    for signing in signings::list(&mut conn, order.record().id).await? {
        let (signing, letter) = with_letter(&mut conn, signing).await?;
        let is_open = signing.end == SigningEnd::Open;
        shown.push(ShownSigning {
            is_outdated: is_open && make::is_outdated(&mut conn, &order, &letter).await?,
            signing,
            letter,
        });
    }
    Ok(shown)
}

/// A signing with its letter.
async fn with_letter(conn: &mut PgConnection, signing: Signing) -> Result<(Signing, Letter), StoreError> {
    let letter = store::find(conn, signing.letter, None).await?;
    let letter =
        letter.ok_or_else(|| StoreError::corrupt("signing", &signing.id, &"its letter is missing"))?;
    Ok((signing, letter))
}

async fn find_signing(
    conn: &mut PgConnection,
    signing: SigningId,
    requester: &Requester,
) -> Result<Signing, FindError> {
    let found = signings::find(conn, signing, requester.scope()).await?;
    found.ok_or(FindError::NoSigning)
}

/// The order, locked until the transaction ends.
async fn lock_order(conn: &mut PgConnection, order: OrderId) -> Result<Order, StoreError> {
    order_of(conn, order, port_in::order::Access::Change).await
}

async fn find_order(conn: &mut PgConnection, order: OrderId) -> Result<Order, StoreError> {
    order_of(conn, order, port_in::order::Access::Read).await
}

async fn order_of(
    conn: &mut PgConnection,
    order: OrderId,
    access: port_in::order::Access,
) -> Result<Order, StoreError> {
    let found = port_in::order::find(conn, OrderName::Id(order), None, access).await?;
    found.ok_or_else(|| StoreError::corrupt("port_order", &order, &"it is missing"))
}
