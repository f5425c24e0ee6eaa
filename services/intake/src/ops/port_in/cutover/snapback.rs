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
    let snapback = new(id, tns, asked, occasion);
    snapbacks::insert(conn, &snapback).await?;
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(snapback)
}

/// A wish that nobody has answered.
fn new(order: OrderId, tns: Vec<Tn>, asked: Asked, occasion: Occasion<'_>) -> Snapback {
    Snapback {
        id: SnapbackId::generate(),
        order,
        answers: SnapbackAnswers::new(tns, BTreeMap::new()),
        asked,
        state: SnapbackState::Requested,
        requested_by: occasion.actor.to_owned(),
        requested_at: occasion.now,
        since: occasion.now,
        refusal: String::new(),
    }
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

/// Takes in what the carrier says of some of the numbers, or of all that it has not spoken of, and tells a dispute that
/// waits for it. False: it names none that is waited for, and nothing was changed.
async fn take_in(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    mut open: Snapback,
    answer: SnapbackAnswer,
    occasion: Occasion<'_>,
) -> Result<bool, HearError> {
    let tns = open.answers.hear(&answer.tns, answer.refusal.as_deref());
    if tns.is_empty() {
        return Ok(false);
    }
    let (_, told) = answer_of(intake, conn, order, open, (tns, answer.refusal), occasion).await?;
    if let Some(told) = told {
        dispute::hear_snapback(conn, told, occasion.now).await?;
    }
    Ok(true)
}

/// Hears of numbers that are back with the losing carrier though it has not answered: those that a snapback waits for are
/// answered by that, the others get a snapback of their own that is over at once. Returns what a dispute may wait for.
pub(crate) async fn give_back(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    tns: &[Tn],
    why: String,
    occasion: Occasion<'_>,
) -> Result<Option<dispute::Answered>, HearError> {
    let id = order.record().id;
    let mut order = order.clone();
    let (mut told, mut unasked) = (None, tns.to_vec());
    if let Some(mut open) = snapbacks::find_open(conn, id).await? {
        // None named would be all that it waits for.
        let news = open.answers.hear(tns, None);
        unasked.retain(|tn| !news.contains(tn));
        if !news.is_empty() {
            (order, told) = answer_of(intake, conn, &order, open, (news, None), occasion).await?;
        }
    }
    if !unasked.is_empty() {
        let recorded = Snapback {
            state: SnapbackState::Confirmed,
            ..new(
                id,
                unasked.clone(),
                Asked {
                    reason: why.clone(),
                    inadvertent: Some(why),
                },
                occasion,
            )
        };
        snapbacks::insert(conn, &recorded).await?;
        snapbacks::answer(conn, recorded.id, &unasked, None).await?;
        let settled = SettledSnapback {
            id: recorded.id,
            tns: unasked,
            asked: recorded.asked,
            refusal: None,
        };
        conclude(intake, conn, &order, settled, occasion).await?;
    }
    Ok(told)
}

/// Takes in what is news of these numbers. The snapback ends when all of them were spoken of; a dispute hears how it ended.
async fn answer_of(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    open: Snapback,
    (tns, refusal): (Vec<Tn>, Option<String>),
    occasion: Occasion<'_>,
) -> Result<(Order, Option<dispute::Answered>), HearError> {
    snapbacks::answer(conn, open.id, &tns, refusal.as_deref()).await?;
    let outcome = open.answers.outcome();
    if let Some(outcome) = outcome {
        let refusal = open.answers.refusal();
        snapbacks::advance(conn, open.id, outcome, &refusal, occasion.now).await?;
    }
    // A dispute hears how all of it ended.
    let told = outcome.map(|_| {
        let returned = open.answers.returned();
        dispute::Answered {
            snapback: open.id,
            refusal: returned.is_empty().then(|| open.answers.refusal()),
            tns: returned,
        }
    });
    let settled = SettledSnapback {
        id: open.id,
        tns,
        asked: open.asked,
        refusal,
    };
    let order = conclude(intake, conn, order, settled, occasion).await?;
    Ok((order, told))
}

/// What it means for the order.
async fn conclude(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    settled: SettledSnapback,
    occasion: Occasion<'_>,
) -> Result<Order, HearError> {
    let proof = if settled.refusal.is_none() {
        proof::forget(conn, order.record().id, &settled.tns).await?
    } else {
        order.record().cutover.proof
    };
    let transition = order.clone().hear_snapback(settled, proof);
    Ok(settle(intake, conn, order, transition, occasion).await?)
}
