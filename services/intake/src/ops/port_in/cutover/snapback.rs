//! Undoing ports.

use std::collections::BTreeMap;

use intake_domain::port_in::cutover::{
    Asked, SettledSnapback, SnapbackAnswers, SnapbackRefusal, SnapbackState,
};
use intake_domain::port_in::{CommandState, Order};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, SnapbackId, Tn};

use super::super::hear::{HearError, HeardFrom, find, note_answer};
use super::super::settle::settle;
use super::super::{Occasion, OrderName, ReadError, Requester, find_to_change};
use super::proof;
use crate::app::Intake;
use crate::ops::dispute;
use crate::store::inventory::{self, InventoryState};
use crate::store::port_in as store;
use crate::store::port_in::cutover::snapbacks::{self, Snapback};
use crate::store::port_in::order::Access;

/// Why a snapback was not asked for.
#[derive(Debug, Error)]
pub(crate) enum SnapbackError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] SnapbackRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a carrier says to a snapback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SnapbackAnswer {
    /// The numbers it names; empty: all that were asked for.
    pub(crate) tns: Vec<Tn>,
    /// Why it refuses; none: the numbers are back.
    pub(crate) refusal: Option<String>,
}

/// Asks for numbers to be given back.
pub(crate) async fn request_snapback(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tns: &[Tn],
    asked: Asked,
) -> Result<Snapback, SnapbackError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(SnapbackError::NotFound)?;
    let id = order.record().id;
    if snapbacks::find_open(conn, id).await?.is_some() {
        return Err(SnapbackRefusal::UnderWay.into());
    }
    let since = in_service_since(conn, &order).await?;
    let (tns, transition) = order.clone().ask_back(tns, &asked, &since, occasion.now)?;
    let snapback = Snapback {
        id: SnapbackId::generate(),
        order: id,
        answers: SnapbackAnswers::new(tns, BTreeMap::new()),
        asked,
        state: SnapbackState::Requested,
        requested_by: requester.name.clone(),
        requested_at: occasion.now,
        since: occasion.now,
        refusal: String::new(),
    };
    snapbacks::insert(conn, &snapback).await?;
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(snapback)
}

/// Since when numbers that the order brought are in service here.
async fn in_service_since(
    conn: &mut PgConnection,
    order: &Order,
) -> Result<BTreeMap<Tn, Timestamp>, StoreError> {
    let record = order.record();
    let tns: Vec<Tn> = record.numbers.iter().map(|number| number.tn).collect();
    let found = inventory::find_for_update(conn, &tns).await?;
    let ours = found
        .into_iter()
        .filter(|number| number.origin == record.id && number.state == InventoryState::InService);
    Ok(ours.map(|number| (number.tn, number.since)).collect())
}

/// The snapbacks of an order, newest first.
pub(crate) async fn list_snapbacks(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<Snapback>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let found = store::order::find(&mut conn, name, requester.scope(), Access::Read).await?;
    let order = found.ok_or(ReadError::NotFound)?;
    Ok(snapbacks::list(&mut conn, order.record().id).await?)
}

/// Hears what the carrier says to the snapback that is under way, once.
pub(crate) async fn record_snapback(
    intake: &Intake,
    conn: &mut PgConnection,
    from: HeardFrom,
    answer: SnapbackAnswer,
) -> Result<(), HearError> {
    let now = intake.base.clock.now();
    let order = find(conn, from.order).await?;
    let says = if answer.refusal.is_none() {
        "snapback_confirmed"
    } else {
        "snapback_refused"
    };
    if !note_answer(conn, &from, says, now).await? {
        return Ok(());
    }
    let actor = format!("carrier:{}", from.carrier);
    let occasion = Occasion { actor: &actor, now };
    let is_news = match snapbacks::find_open(conn, from.order).await? {
        Some(open) => take_in(intake, conn, &order, open, answer, occasion).await?,
        None => false,
    };
    if !is_news {
        let mut unasked = order
            .clone()
            .remark("answer_recorded", format!("{says}: nobody waits for it"));
        unasked.entry.is_alarming = true;
        settle(intake, conn, &order, unasked, occasion).await?;
    }
    Ok(())
}

/// Hears how far the command has come. A refused one ends the snapback: what was not
/// answered stays.
pub(crate) async fn follow_snapback(
    intake: &Intake,
    conn: &mut PgConnection,
    id: OrderId,
    state: CommandState,
    refusal: &str,
) -> Result<(), HearError> {
    let now = intake.base.clock.now();
    let order = find(conn, id).await?;
    let Some(open) = snapbacks::find_open(conn, id).await? else {
        return Ok(());
    };
    let next = match state {
        CommandState::Requested => return Ok(()),
        CommandState::Sent => SnapbackState::Sent,
        CommandState::Acknowledged => SnapbackState::Acknowledged,
        CommandState::Refused => {
            let answer = SnapbackAnswer {
                tns: Vec::new(),
                refusal: Some(refusal.to_owned()),
            };
            let occasion = Occasion {
                actor: "service:carrier-gateway",
                now,
            };
            take_in(intake, conn, &order, open, answer, occasion).await?;
            return Ok(());
        }
    };
    let is_later = open.state == SnapbackState::Requested || next == SnapbackState::Acknowledged;
    if is_later {
        snapbacks::advance(conn, open.id, next, "", now).await?;
    }
    Ok(())
}

/// Takes in what the carrier says of some of the numbers, or of all that it has not spoken of. The snapback ends when it has
/// spoken of all. False: it names none that is waited for, and nothing was changed.
async fn take_in(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    mut open: Snapback,
    answer: SnapbackAnswer,
    occasion: Occasion<'_>,
) -> Result<bool, HearError> {
    let refusal = answer.refusal.as_deref();
    let tns = open.answers.hear(&answer.tns, refusal);
    if tns.is_empty() {
        return Ok(false);
    }
    snapbacks::answer(conn, open.id, &tns, refusal).await?;
    if let Some(outcome) = open.answers.outcome() {
        let refusal = open.answers.refusal();
        snapbacks::advance(conn, open.id, outcome, &refusal, occasion.now).await?;
    }
    // A dispute hears how all of it ended.
    let told = open.answers.outcome().map(|_| {
        let returned = open.answers.returned();
        dispute::Answered {
            snapback: open.id,
            refusal: returned.is_empty().then(|| open.answers.refusal()),
            tns: returned,
        }
    });
    let proof = if refusal.is_none() {
        proof::forget(conn, open.order, &tns).await?
    } else {
        order.record().cutover.proof
    };
    let settled = SettledSnapback {
        id: open.id,
        tns,
        asked: open.asked,
        refusal: answer.refusal,
    };
    let transition = order.clone().hear_snapback(settled, proof);
    settle(intake, conn, order, transition, occasion).await?;
    if let Some(told) = told {
        dispute::hear_snapback(conn, told, occasion.now).await?;
    }
    Ok(true)
}
