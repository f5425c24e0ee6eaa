//! What follows from a transition for whoever looks at the order, and what they see.

use intake_domain::carrier::CarrierProfile;
use intake_domain::port_in::{
    CarrierTime, CutOverEstimate, Leg, LegStep, NextEvent, Order, Pace, PacedKind, leg_days,
};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;

use crate::store::carriers;
use crate::store::port_in::pace;
use crate::store::port_in::seen::{self, Seen};

/// How an order looks at an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlook {
    pub(crate) seen: Seen,
    pub(crate) next_event: Option<NextEvent>,
    pub(crate) is_overdue: bool,
    /// Only where one order is looked at.
    pub(crate) estimate: Option<CutOverEstimate>,
}

impl Outlook {
    /// Without the estimate, which takes more than the order's row.
    pub(crate) fn of_row(state: &intake_domain::port_in::OrderState, seen: Seen, now: Timestamp) -> Self {
        Self {
            seen,
            next_event: state.next_event(seen.court_due_at, seen.timer_at, now),
            is_overdue: seen.court_due_at.is_some_and(|due| due <= now),
            estimate: None,
        }
    }

    /// All of it.
    pub(crate) async fn of(
        conn: &mut PgConnection,
        order: &Order,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let record = order.record();
        let seen = seen::find(conn, record.id).await?;
        let carrier = carrier_time(conn, order).await?;
        let pace = pace_of(conn, order).await?;
        Ok(Self {
            estimate: order.estimate(&carrier, &pace, now),
            ..Self::of_row(&record.state, seen, now)
        })
    }
}

/// Keeps what lists are sorted and filtered by, and times the carrier, after a transition that this transaction made.
pub(super) async fn follow(
    conn: &mut PgConnection,
    before: &Order,
    after: &Order,
    now: Timestamp,
) -> Result<(), StoreError> {
    let carrier = carrier_time(conn, after).await?;
    seen::save(conn, after, after.court_due(&carrier), now).await?;
    let id = after.record().id;
    match LegStep::between(before, after) {
        LegStep::GoOn => Ok(()),
        LegStep::Start(leg) => pace::start(conn, id, leg, now).await,
        LegStep::BreakOff => pace::break_off(conn, id).await,
        LegStep::Finish(leg, next) => {
            if let Some(started) = pace::finish(conn, id, leg).await?
                && let Some(carrier_id) = &after.record().details.losing_carrier
            {
                let days = leg_days(&carrier, started, now);
                pace::count(conn, carrier_id, PacedKind::of(after), leg, days).await?;
            }
            match next {
                Some(next) => pace::start(conn, id, next, now).await,
                None => Ok(()),
            }
        }
    }
}

async fn carrier_time(conn: &mut PgConnection, order: &Order) -> Result<CarrierTime, StoreError> {
    let profile: Option<CarrierProfile> = match &order.record().details.losing_carrier {
        Some(carrier) => carriers::find(conn, carrier).await?,
        None => None,
    };
    Ok(CarrierTime::of(order, profile.as_ref()))
}

async fn pace_of(conn: &mut PgConnection, order: &Order) -> Result<Pace, StoreError> {
    let record = order.record();
    let Some(carrier) = &record.details.losing_carrier else {
        return Ok(Pace::default());
    };
    let kind = PacedKind::of(order);
    Ok(Pace {
        sent_at: pace::started(conn, record.id, Leg::ToFoc).await?,
        to_foc: pace::histogram(conn, carrier, kind, Leg::ToFoc).await?,
        to_port: pace::histogram(conn, carrier, kind, Leg::ToPort).await?,
    })
}
