//! Correcting an order, and confirming what was settled with the carrier.

use intake_domain::port_in::requirements::DocumentKind;
use intake_domain::port_in::{Correction, Detail, FixRefusal, Order, Refusal, SentSecrets};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::Tn;

use super::divide::{DivideError, divide, open_all};
use super::read::{document_facts, requirements_of};
use super::settle::settle;
use super::{Occasion, OrderName, OrderView, Requester, find_to_change};
use crate::app::Intake;
use crate::store::port_in as store;

/// Why an order was not sent again.
#[derive(Debug, Error)]
pub(crate) enum FixError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] FixRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for FixError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<DivideError> for FixError {
    fn from(error: DivideError) -> Self {
        match error {
            // What the order had its children have.
            DivideError::InFlight(_) => Self::Store(StoreError::Stale("the numbers of the order")),
            DivideError::VersionsExhausted(_) => Self::Refused(Refusal::VersionsExhausted.into()),
            DivideError::Store(error) => Self::Store(error),
        }
    }
}

/// Corrects an order and sends it again; divides it where the carrier wants several requests.
pub(crate) async fn apply_fix(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    corrections: Vec<Correction>,
) -> Result<OrderView, FixError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(FixError::NotFound)?;
    let sent = open_sent(intake, conn, &order, &corrections).await?;
    let documents = document_facts(conn, &order).await?;
    let has_new_loa = documents
        .iter()
        .any(|document| document.kind == DocumentKind::Loa && document.uploaded_at >= order.record().since);
    if order.is_to_be_split() {
        let secrets = open_all(intake, conn, &order).await?;
        let at_hand = order.clone().with_secrets(&secrets);
        let corrected = at_hand.correct_for_split(corrections, &sent, has_new_loa)?;
        let at_carrier = store::commands::at_carrier(conn, order.record().id).await?;
        let divided = divide(intake, conn, &order, corrected, at_carrier, occasion).await?;
        return Ok(OrderView::of(intake, conn, divided).await?);
    }
    let lacks = requirements_of(intake, conn, &order.corrected(corrections.clone())).await?;
    let fixed = order
        .clone()
        .apply_fix(corrections, &sent, has_new_loa, occasion.now);
    let transition = FixRefusal::unless(fixed, lacks)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Sends an order again because the customer settled the matter with the carrier.
pub(crate) async fn confirm_remedy(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
) -> Result<OrderView, FixError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(FixError::NotFound)?;
    let lacks = requirements_of(intake, conn, &order).await?;
    let confirmed = order.clone().confirm_remedy(occasion.now);
    let transition = FixRefusal::unless(confirmed.map_err(FixRefusal::from), lacks)?;
    let order = settle(intake, conn, &order, transition, occasion).await?;
    Ok(OrderView::of(intake, conn, order).await?)
}

/// Opens the secrets that the corrections are to change, and no others.
async fn open_sent(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    corrections: &[Correction],
) -> Result<SentSecrets, StoreError> {
    let (vault, id) = (&intake.base.vault, order.record().id);
    let is_secret = |correction: &Correction| {
        matches!(
            correction,
            Correction::Detail(Detail::AccountNumber(_) | Detail::TaxId(_))
        )
    };
    let (account_number, tax_id) = if corrections.iter().any(is_secret) {
        store::order::open_secrets(conn, vault, id).await?
    } else {
        (None, None)
    };
    let pins: Vec<Tn> = corrections
        .iter()
        .filter_map(|correction| match correction {
            Correction::Pin { tn, .. } => Some(*tn),
            Correction::Override { .. } | Correction::Detail(_) => None,
        })
        .collect();
    Ok(SentSecrets {
        account_number,
        tax_id,
        pins: store::numbers::open_pins(conn, vault, id, &pins).await?,
    })
}
