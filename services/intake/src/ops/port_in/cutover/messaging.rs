//! Messaging of numbers: it begins when they are ours and their registration is verified.

use intake_domain::port_in::cutover::{CutoverFact, MessagingState};
use intake_domain::port_in::{CommandState, OrderFact};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, Tn};

use super::super::settle::settle;
use super::super::{Occasion, OrderName, Requester, find_to_change};
use crate::app::Intake;
use crate::store::port_in::cutover::messaging;

/// Why a registration was not kept.
#[derive(Debug, Error)]
pub(crate) enum MessagingError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// These numbers are not to text.
    #[error("numbers that are not to text, or not in the order")]
    NotWanted(Vec<Tn>),
    /// None of the order's is.
    #[error("no number of the order is to text; choose voice and SMS for those that are")]
    NoneWanted,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps under which registration numbers text, and asks for it where nothing else is waited for. Returns on how many.
pub(crate) async fn set_registration(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tns: &[Tn],
    campaign_id: &str,
    is_verified: bool,
) -> Result<usize, MessagingError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(MessagingError::NotFound)?;
    let id = order.record().id;
    let wanted = messaging::wanted(conn, id, (!tns.is_empty()).then_some(tns)).await?;
    let unwanted: Vec<Tn> = tns.iter().copied().filter(|tn| !wanted.contains(tn)).collect();
    if !unwanted.is_empty() {
        return Err(MessagingError::NotWanted(unwanted));
    }
    if wanted.is_empty() {
        return Err(MessagingError::NoneWanted);
    }
    messaging::register(conn, id, &wanted, campaign_id, is_verified, occasion.now).await?;
    let started = messaging::start(conn, id, occasion.now).await?;
    let requested = started.values().map(Vec::len).sum();
    let facts = started
        .into_iter()
        .map(|(campaign_id, tns)| OrderFact::CutOver(CutoverFact::MessagingRequested { tns, campaign_id }))
        .collect();
    let verified = if is_verified {
        "verified"
    } else {
        "not verified yet"
    };
    let note = format!("{campaign_id}, {verified}; {} numbers", wanted.len());
    let mut transition = order.clone().remark("messaging_registered", note);
    transition.facts = facts;
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(requested)
}

/// A command to let numbers text that the carrier refuses ends their leg; they can be registered again.
pub(crate) async fn settle_messaging(
    intake: &Intake,
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
    state: CommandState,
) -> Result<(), StoreError> {
    match state {
        CommandState::Refused => {
            let now = intake.base.clock.now();
            messaging::settle(conn, order, tns, MessagingState::Failed, now).await
        }
        CommandState::Requested | CommandState::Sent | CommandState::Acknowledged => Ok(()),
    }
}
