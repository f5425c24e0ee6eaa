//! Giving a letter to somebody to sign, and taking it back.

use intake_domain::letters::{Signing, SigningEnd, SigningState};
use intake_domain::port_in::IllegalTransition;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{LetterId, SigningId};

use super::make::is_outdated;
use super::{FindError, ShownSigning, find_order, find_signing, lock_order, store, with_letter};
use crate::announce;
use crate::app::Intake;
use crate::ops::links::{self, LinkKind, LinkToken, NewLink};
use crate::ops::port_in::{Occasion, Requester, settle};
use crate::store::{accounts, letter_brands, links as link_store, signings};

/// Which letter goes to whom, and until when.
#[derive(Debug, Clone)]
pub(crate) struct NewSigning {
    pub(crate) letter: LetterId,
    pub(crate) signer_name: String,
    pub(crate) signer_email: String,
    pub(crate) expires_at: Timestamp,
}

/// Why a letter was not sent, or not taken back.
#[derive(Debug, Error)]
pub(crate) enum SendError {
    /// There is no such thing.
    #[error(transparent)]
    Find(#[from] FindError),
    /// The order has ended.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// This service serves no pages.
    #[error("no pages are served here, so no links can be sent")]
    NoPages,
    /// The order says otherwise than the letter.
    #[error("the order was changed since the letter was made; make a new one")]
    Outdated,
    /// It cannot be taken back any more.
    #[error("the letter was signed")]
    Signed,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the mail to a signer needs.
#[derive(Debug)]
pub(crate) struct SigningLink {
    pub(crate) shown: ShownSigning,
    /// None: the letter cannot be signed any more.
    pub(crate) url: Option<String>,
    pub(crate) asked_by: String,
}

/// Makes a link that opens the letter to be signed, and announces that somebody is asked.
pub(crate) async fn send(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    new: NewSigning,
) -> Result<ShownSigning, SendError> {
    if intake.link_base.is_none() {
        return Err(SendError::NoPages);
    }
    let occasion = Occasion::of(intake, requester);
    let letter = store::find(conn, new.letter, requester.scope())
        .await?
        .ok_or(FindError::NoLetter)?;
    let order = lock_order(conn, letter.order).await?;
    order.check_takes_documents()?;
    if is_outdated(conn, &order, &letter).await? {
        return Err(SendError::Outdated);
    }
    let signing = Signing {
        id: SigningId::generate(),
        letter: letter.id,
        order: letter.order,
        account: order.record().account,
        signer_name: new.signer_name,
        signer_email: new.signer_email,
        requested_at: occasion.now,
        expires_at: new.expires_at,
        end: SigningEnd::Open,
    };
    let link = NewLink {
        kind: LinkKind::SignLetter,
        subject: signing.id.as_uuid(),
        account: signing.account,
        expires_at: signing.expires_at,
    };
    let (_, token) = links::make(conn, link, occasion.now).await?;
    signings::insert(conn, &intake.base.vault, &signing, token.secret()).await?;
    // Who is asked is personal and not told in the history.
    let transition = order
        .clone()
        .remark("signing_requested", format!("signing {}", signing.id));
    let order = settle(intake, conn, &order, transition, occasion).await?;
    announce::letters::requested(conn, &order, &signing, occasion.now).await?;
    Ok(ShownSigning::new(signing, letter))
}

/// The address of an open signing's page, which is as good as the signer's hand. None: it can be signed no more, or was
/// only tried.
pub(crate) async fn link_of(intake: &Intake, signing: SigningId) -> Result<Option<String>, StoreError> {
    let Some(base) = &intake.link_base else {
        return Ok(None);
    };
    let mut conn = intake.base.pool.acquire().await?;
    let Some(found) = signings::find(&mut conn, signing, None).await? else {
        return Ok(None);
    };
    if found.state(intake.base.clock.now()) != SigningState::Pending {
        return Ok(None);
    }
    let token = signings::token(&mut conn, &intake.base.vault, signing).await?;
    Ok(token.map(|token| base.url_of(&LinkToken::from_secret(token))))
}

/// What the mail to the signer needs. For the notification service.
pub(crate) async fn signing_link(intake: &Intake, signing: SigningId) -> Result<SigningLink, FindError> {
    let url = link_of(intake, signing).await?;
    let mut conn = intake.base.pool.acquire().await?;
    let found = signings::find(&mut conn, signing, None)
        .await?
        .ok_or(FindError::NoSigning)?;
    let asked_by = asked_by(&mut conn, &found).await?;
    let (signing, letter) = with_letter(&mut conn, found).await?;
    let order = find_order(&mut conn, signing.order).await?;
    let is_outdated = is_outdated(&mut conn, &order, &letter).await?;
    Ok(SigningLink {
        shown: ShownSigning {
            signing,
            letter,
            is_outdated,
        },
        url: url.filter(|_| !is_outdated),
        asked_by,
    })
}

/// Whose letter it is, as it says itself.
pub(super) async fn asked_by(conn: &mut PgConnection, signing: &Signing) -> Result<String, StoreError> {
    let brand = letter_brands::find(conn, signing.account).await?;
    if !brand.name.is_empty() {
        return Ok(brand.name);
    }
    let account = accounts::find(conn, signing.account).await?;
    Ok(account
        .map(|account| account.name.to_string())
        .unwrap_or_default())
}

/// Takes a link back. Once more is as good as once.
pub(crate) async fn revoke(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    signing: SigningId,
) -> Result<ShownSigning, SendError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_signing(conn, signing, requester).await?.order;
    // The order first, as where it is signed: one of the two comes first.
    let order = lock_order(conn, order).await?;
    let found = find_signing(conn, signing, requester).await?;
    match found.end {
        SigningEnd::Signed(_) => return Err(SendError::Signed),
        SigningEnd::Revoked => return Ok(shown(conn, found).await?),
        SigningEnd::Open => {}
    }
    signings::revoke(conn, signing, occasion.now).await?;
    link_store::revoke(conn, LinkKind::SignLetter, signing.as_uuid(), occasion.now).await?;
    let transition = order
        .clone()
        .remark("signing_revoked", format!("signing {signing}"));
    settle(intake, conn, &order, transition, occasion).await?;
    let revoked = Signing {
        end: SigningEnd::Revoked,
        ..found
    };
    Ok(shown(conn, revoked).await?)
}

async fn shown(conn: &mut PgConnection, signing: Signing) -> Result<ShownSigning, StoreError> {
    let (signing, letter) = with_letter(conn, signing).await?;
    Ok(ShownSigning::new(signing, letter))
}
