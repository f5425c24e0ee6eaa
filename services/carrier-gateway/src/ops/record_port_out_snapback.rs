//! Records what a winning carrier says to our wish to have numbers back and announces it, once, however often it comes.

use carrier_gateway_domain::PortOutSnapbackAnswer;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::{announce, store};

/// Records an answer, and announces it unless it was delivered before. One to a wish that is not ours is kept for a person
/// to look at.
pub(super) async fn record_port_out_snapback(
    conn: &mut PgConnection,
    connection: &str,
    answer: &PortOutSnapbackAnswer,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !store::port_out_snapbacks::insert(conn, connection, answer, now).await? {
        return Ok(());
    }
    let Some(command) = store::commands::find_port_out_snapback(conn, answer.request_id).await? else {
        tracing::error!(
            answer.id = answer.answer_id,
            "an answer to a wish that is not ours"
        );
        return Ok(());
    };
    let span = tracing::info_span!("gateway.record_port_out_snapback", subject.id = %command.about.subject());
    if let Some(traceparent) = &command.traceparent {
        telemetry::trace_context::set_parent(&span, traceparent);
    }
    announce::port_out_snapback_answered(conn, &command, answer, now)
        .instrument(span)
        .await
}
