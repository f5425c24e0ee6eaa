//! Records how a test of a number ended and announces it, once, however often it comes.

use carrier_gateway_domain::CapabilityTest;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::{announce, store};

/// Records a test, and announces it unless it was delivered before. One of a PON that is not ours is kept for a person
/// to look at.
pub(super) async fn record_test(
    conn: &mut PgConnection,
    connection: &str,
    test: &CapabilityTest,
    now: Timestamp,
) -> Result<(), StoreError> {
    let submission = store::submissions::lock_by_pon(conn, &test.pon).await?;
    let order = submission.as_ref().map(|submission| submission.order);
    if !store::capability_tests::insert(conn, connection, test, order, now).await? {
        return Ok(());
    }
    let Some(submission) = submission else {
        tracing::error!(test.id = test.test_id, pon = %test.pon, "a test of a PON that is not ours");
        return Ok(());
    };
    let span = tracing::info_span!("gateway.record_test", order.id = %submission.order);
    if let Some(traceparent) = &submission.traceparent {
        telemetry::trace_context::set_parent(&span, traceparent);
    }
    announce::capability_tested(conn, &submission, test, now)
        .instrument(span)
        .await
}
