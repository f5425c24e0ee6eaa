//! Shows what is to be expected of an order.

use intake_domain::port_in::{CutOverEstimate, EstimateBasis, NextEvent, NextEventKind};
use portway_proto::intake::v1;
use service::stamp;

use crate::ops::port_in::Outlook;

/// An order of which nothing is set but its outlook.
pub(super) fn order(outlook: &Outlook) -> v1::Order {
    let seen = &outlook.seen;
    v1::Order {
        updated_at: Some(stamp::to_proto(seen.updated_at)),
        due_at: seen.court_due_at.map(stamp::to_proto),
        overdue: outlook.is_overdue,
        next_event: outlook.next_event.map(next_event),
        estimate: outlook.estimate.map(estimate),
        comment_count: i32::try_from(seen.comments).unwrap_or(i32::MAX),
        open_action_count: i32::try_from(seen.open_actions).unwrap_or(i32::MAX),
        ..v1::Order::default()
    }
}

fn next_event(event: NextEvent) -> v1::NextEvent {
    let kind = match event.kind {
        NextEventKind::Submission => v1::NextEventKind::Submission,
        NextEventKind::HandOver => v1::NextEventKind::HandOver,
        NextEventKind::Answer => v1::NextEventKind::Answer,
        NextEventKind::Review => v1::NextEventKind::Review,
        NextEventKind::Correction => v1::NextEventKind::Correction,
        NextEventKind::NumbersIncoming => v1::NextEventKind::NumbersIncoming,
        NextEventKind::CutOver => v1::NextEventKind::CutOver,
        NextEventKind::Activation => v1::NextEventKind::Activation,
        NextEventKind::CancelAnswer => v1::NextEventKind::CancelAnswer,
    };
    v1::NextEvent {
        kind: kind.into(),
        at: event.at.map(stamp::to_proto),
        scheduled: event.is_scheduled,
    }
}

fn estimate(estimate: CutOverEstimate) -> v1::CutOverEstimate {
    let (basis, observations) = match estimate.basis {
        EstimateBasis::Committed => (v1::EstimateBasis::Committed, 0),
        EstimateBasis::History(observations) => (v1::EstimateBasis::History, observations),
        EstimateBasis::Profile => (v1::EstimateBasis::Profile, 0),
        EstimateBasis::Rule => (v1::EstimateBasis::Rule, 0),
    };
    v1::CutOverEstimate {
        earliest: Some(stamp::date_to_proto(estimate.earliest)),
        latest: Some(stamp::date_to_proto(estimate.latest)),
        basis: basis.into(),
        observations: i32::try_from(observations).unwrap_or(i32::MAX),
        waits_for_wanted_date: estimate.waits_for_wanted_date,
    }
}
