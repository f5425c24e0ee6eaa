//! Signing a letter by its link: what is shown, and what a signature makes of it.

use calendar::civil_date;
use clock::Clock;
use intake_domain::letters::{SignatureRecord, Signing, SigningEnd};
use intake_domain::port_in::Order;
use intake_domain::port_in::requirements::{DocumentFacts, DocumentKind};
use jiff::Timestamp;
use letters::{LetterError, Signature};
use pg::StoreError;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::net::IpAddr;
use thiserror::Error;
use types::{DocumentId, SigningId};

use super::make::is_outdated;
use super::send::asked_by;
use super::{Letter, find_order, lock_order, with_letter};
use crate::announce;
use crate::app::Intake;
use crate::contents::ContentError;
use crate::ops::links::{self, Link, LinkToken};
use crate::ops::port_in::{DOCUMENTS_MAX, Document, Occasion, settle};
use crate::store::port_in::order::Access;
use crate::store::{links as link_store, port_in, signings};

/// Who the history says did it. The signer has no account.
const ACTOR: &str = "signing link";

/// A letter as its link shows it.
#[derive(Debug)]
pub(crate) struct ToSign {
    pub(crate) signing: Signing,
    pub(crate) letter: Letter,
    pub(crate) reference: String,
    pub(crate) asked_by: String,
}

/// What the signer sent, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) remote_address: IpAddr,
    pub(crate) user_agent: String,
}

/// What a click did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The letter is signed, by this click or by one before it.
    Signed,
    /// The link opens nothing any more.
    Gone,
}

/// Why nothing was signed.
#[derive(Debug, Error)]
pub(crate) enum SignError {
    /// The signed letter could not be made.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// A content could not be read or kept.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SignError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a link shows; `None`: nothing more is signed for the order, or it says otherwise than the letter by now.
pub(crate) async fn to_sign(intake: &Intake, link: &Link) -> Result<Option<ToSign>, StoreError> {
    let mut conn = intake.base.pool.acquire().await?;
    let id = SigningId::from_uuid(link.subject);
    let signing = signings::find(&mut conn, id, None).await?;
    let signing = signing.ok_or_else(|| StoreError::corrupt("link", &link.id, &"its signing is missing"))?;
    let order = find_order(&mut conn, signing.order).await?;
    if order.check_takes_documents().is_err() && link.used_at.is_none() {
        return Ok(None);
    }
    let asked_by = asked_by(&mut conn, &signing).await?;
    let (signing, letter) = with_letter(&mut conn, signing).await?;
    if link.used_at.is_none() && is_outdated(&mut conn, &order, &letter).await? {
        return Ok(None);
    }
    Ok(Some(ToSign {
        signing,
        letter,
        reference: order.record().request_number.to_string(),
        asked_by,
    }))
}

/// Signs: the signed letter is kept first, then becomes the order's letter of authorization in the transaction that uses
/// the link up. A crash in between leaves a content that nothing names; a second click finds the link used.
pub(crate) async fn sign(
    intake: &Intake,
    token: &LinkToken,
    shown: ToSign,
    typed: Typed,
) -> Result<Outcome, SignError> {
    let now = intake.base.clock.now();
    let document = DocumentId::generate();
    let record = SignatureRecord {
        signed_as: typed.name,
        signed_at: now,
        machine_time: Clock::system().now(),
        remote_address: typed.remote_address,
        user_agent: typed.user_agent,
        document,
    };
    let pdf = signed_pdf(intake, &shown, &record).await?;
    let sha256: [u8; 32] = Sha256::digest(&pdf).into();
    intake.contents.keep(sha256, &pdf).await?;
    let mut tx = intake.base.pool.begin().await?;
    let order = lock_order(&mut tx, shown.signing.order).await?;
    let Some(link) = links::open(&mut tx, token, Access::Change, now).await? else {
        return Ok(Outcome::Gone);
    };
    if link.used_at.is_some() {
        return Ok(Outcome::Signed);
    }
    if order.check_takes_documents().is_err()
        || has_documents_enough(&mut tx, &order).await?
        || is_outdated(&mut tx, &order, &shown.letter).await?
    {
        return Ok(Outcome::Gone);
    }
    let document = Document {
        id: document,
        order: shown.signing.order,
        file_name: format!("letter-of-authorization-{}.pdf", shown.reference),
        size_bytes: i64::try_from(pdf.len()).unwrap_or(i64::MAX),
        sha256,
        facts: DocumentFacts {
            kind: DocumentKind::Loa,
            dated: Some(civil_date(order.region(), now)),
            // Those that were signed for, not what digits an address or a program's name may add to the text.
            tns: shown.letter.tns.clone(),
            is_readable: true,
            uploaded_at: now,
        },
    };
    link_store::use_up(&mut tx, link.id, now).await?;
    record_signature(intake, &mut tx, &order, &shown, record, &document, now).await?;
    tx.commit().await?;
    Ok(Outcome::Signed)
}

async fn record_signature(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    shown: &ToSign,
    record: SignatureRecord,
    document: &Document,
    now: Timestamp,
) -> Result<(), StoreError> {
    port_in::documents::insert(conn, document).await?;
    signings::sign(conn, shown.signing.id, &record).await?;
    let note = format!("signing {}, document {}", shown.signing.id, document.id);
    let transition = order.clone().remark("letter_signed", note);
    let occasion = Occasion { actor: ACTOR, now };
    let order = settle(intake, conn, order, transition, occasion).await?;
    let signed = Signing {
        end: SigningEnd::Signed(record),
        ..shown.signing.clone()
    };
    announce::letters::signed(conn, &order, &signed, document.id, now).await
}

async fn has_documents_enough(conn: &mut PgConnection, order: &Order) -> Result<bool, StoreError> {
    Ok(port_in::documents::count(conn, order.record().id).await? >= DOCUMENTS_MAX)
}

async fn signed_pdf(intake: &Intake, shown: &ToSign, record: &SignatureRecord) -> Result<Vec<u8>, SignError> {
    let letter = intake.contents.read(&shown.letter.sha256).await?;
    let page = Signature {
        reference: shown.reference.clone(),
        signed_as: record.signed_as.clone(),
        signer: shown.signing.signer_name.clone(),
        signer_email: shown.signing.signer_email.clone(),
        signed_at: record.signed_at,
        machine_time: record.machine_time,
        remote_address: record.remote_address,
        user_agent: record.user_agent.clone(),
        letter_sha256: hex::encode(shown.letter.sha256),
    };
    let signed = tokio::task::spawn_blocking(move || page.sign(&letter)).await;
    Ok(signed.map_err(|error| StoreError::corrupt("letter", &shown.letter.id, &error))??)
}
