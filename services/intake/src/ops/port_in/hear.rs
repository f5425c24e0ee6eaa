//! What the carrier gateway announces: answers of carriers, and how far our commands have come.

use intake_domain::port_in::{CommandHeard, CommandKind, CommandState, InventoryChange, Order, Says};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{CarrierId, CommandId, OrderId, Tn, Ver};

use super::cutover::{count_early, follow_snapback, settle_messaging};
use super::settle::settle_about;
use super::{Occasion, OrderName};
use crate::app::Intake;
use crate::store::port_in as store;
use crate::store::port_in::answers::HeardAnswer;
use crate::store::port_in::commands::Progress;

/// An answer: whose, to what, and which.
#[derive(Debug)]
pub(crate) struct HeardFrom {
    pub(crate) order: OrderId,
    pub(crate) carrier: CarrierId,
    /// The carrier's own id of the answer.
    pub(crate) answer_id: String,
    pub(crate) ver: Ver,
    pub(crate) answered_at: Timestamp,
}

/// How far a command has come.
#[derive(Debug)]
pub(crate) struct CommandNews {
    /// The gateway's own id of it.
    pub(crate) command: CommandId,
    pub(crate) order: OrderId,
    pub(crate) kind: CommandKind,
    pub(crate) ver: Ver,
    pub(crate) state: CommandState,
    /// The numbers it is about; empty: it is not said.
    pub(crate) tns: Vec<Tn>,
    pub(crate) at: Timestamp,
    /// The carrier's words, when it refused.
    pub(crate) refusal: String,
}

/// Why something was not taken in.
#[derive(Debug, Error)]
pub(crate) enum HearError {
    /// There is no such order.
    #[error("there is no order {0}")]
    NotFound(OrderId),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Hears an answer, once.
pub(crate) async fn record_answer(
    intake: &Intake,
    conn: &mut PgConnection,
    from: HeardFrom,
    says: Says,
) -> Result<(), HearError> {
    let now = intake.base.clock.now();
    let order = find(conn, from.order).await?;
    if !note_answer(conn, &from, says.code(), now).await? {
        return Ok(());
    }
    let transition = order.clone().hear(&says, from.ver, now);
    let ported = if let Some(InventoryChange::PutInService(tns)) = &transition.inventory {
        tns.clone()
    } else {
        Vec::new()
    };
    let occasion = Occasion {
        actor: &format!("carrier:{}", from.carrier),
        now,
    };
    settle_about(intake, conn, &order, transition, from.ver, occasion).await?;
    count_early(intake, conn, from.order, &ported).await
}

/// Keeps that something was answered. False: it is known already.
pub(super) async fn note_answer(
    conn: &mut PgConnection,
    from: &HeardFrom,
    says: &'static str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let answer = HeardAnswer {
        order: from.order,
        answer_id: &from.answer_id,
        carrier: &from.carrier,
        ver: from.ver,
        says,
        answered_at: from.answered_at,
        heard_at: now,
    };
    store::answers::insert(conn, &answer).await
}

/// Hears how far a command has come.
pub(crate) async fn record_command(
    intake: &Intake,
    conn: &mut PgConnection,
    news: CommandNews,
) -> Result<(), HearError> {
    let now = intake.base.clock.now();
    let order = find(conn, news.order).await?;
    let progress = Progress {
        order: news.order,
        command: news.command,
        kind: news.kind,
        ver: news.ver,
        state: news.state,
        tns: &news.tns,
        at: news.at,
    };
    let Some(command) = store::commands::record(conn, &progress).await? else {
        return Ok(());
    };
    match news.kind {
        CommandKind::Snapback if command.is_latest => {
            follow_snapback(intake, conn, news.order, news.state, &news.refusal).await?;
        }
        CommandKind::EnableMessaging => {
            let tns = command.tns.as_deref().unwrap_or(&news.tns);
            settle_messaging(intake, conn, news.order, tns, news.state).await?;
        }
        CommandKind::Snapback
        | CommandKind::Submit
        | CommandKind::Supplement
        | CommandKind::Cancel
        | CommandKind::Activate => {}
    }
    let at_carrier = store::commands::at_carrier(conn, news.order).await?;
    let heard = CommandHeard {
        kind: news.kind,
        ver: news.ver,
        state: news.state,
        tns: command.tns.as_deref(),
        refusal: &news.refusal,
    };
    let followed = order.clone().follow_command(&heard, at_carrier, now);
    if let Some(transition) = followed {
        let occasion = Occasion {
            actor: "service:carrier-gateway",
            now,
        };
        settle_about(intake, conn, &order, transition, news.ver, occasion).await?;
    }
    Ok(())
}

pub(super) async fn find(conn: &mut PgConnection, id: OrderId) -> Result<Order, HearError> {
    let found = store::order::find(conn, OrderName::Id(id), None, store::order::Access::Change).await?;
    found.ok_or(HearError::NotFound(id))
}
