//! Records what a carrier said and announces it, once, whichever way and however often it comes.

use carrier_gateway_domain::{About, CarrierAnswer, Submission};
use jiff::Timestamp;
use pg::StoreError;
use reasons::Vocabulary;
use sqlx::PgConnection;
use tracing::Instrument;

use super::send_command::acknowledge;
use crate::store::answers::FoundBy;
use crate::{SERVICE, announce, store};

/// Records an answer, and announces it unless it was delivered before. An answer to a PON that is not ours is kept
/// for a person to look at.
pub(super) async fn record_answer(
    conn: &mut PgConnection,
    connection: &str,
    answer: &CarrierAnswer,
    found_by: FoundBy,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The lock comes first: two pollers with the same answer take turns here.
    let submission = store::submissions::lock_by_pon(conn, &answer.pon).await?;
    let order = submission.as_ref().map(|submission| submission.order);
    if !store::answers::insert(conn, connection, answer, order, found_by, now).await? {
        return Ok(());
    }
    let Some(submission) = submission else {
        tracing::error!(answer.id = answer.answer_id, pon = %answer.pon, "an answer to a PON that is not ours");
        return Ok(());
    };
    let span = tracing::info_span!("gateway.record_answer", order.id = %submission.order);
    if let Some(traceparent) = &submission.traceparent {
        telemetry::trace_context::set_parent(&span, traceparent);
    }
    announce_answer(conn, submission, answer, now)
        .instrument(span)
        .await
}

async fn announce_answer(
    conn: &mut PgConnection,
    submission: Submission,
    answer: &CarrierAnswer,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The answer may overtake the acknowledgement, of which it is proof. Listeners hear them in their order.
    for command in store::commands::lock_sent(conn, submission.order, answer.ver).await? {
        let is_proven = match &command.about {
            About::Order { ask, .. } => answer.said.proves_receipt_of(ask),
            About::PortOut { .. } | About::PortOutSnapback { .. } => false,
        };
        if is_proven {
            acknowledge(conn, command, None, now).await?;
        }
    }
    let carrier = store::carriers::find(conn, &submission.carrier).await?;
    let vocabulary = carrier.map_or_else(Vocabulary::default, |carrier| carrier.vocabulary());
    let reasons = answer.compile(&vocabulary);
    for _unmapped in reasons.iter().filter(|reason| reason.is_unmapped()) {
        telemetry::metrics::count_unmapped_reject_code(SERVICE, submission.carrier.as_str());
    }
    announce::carrier_answered(conn, &submission, answer, &reasons, now).await?;
    let state = submission.state.clone().after(&answer.said);
    if state == submission.state {
        return Ok(());
    }
    store::submissions::save_state(conn, &Submission { state, ..submission }).await
}
