//! Comments as events: that there is one, never what it says.

use intake_domain::port_in::{Comment, Order, Side};
use intake_domain::port_out::PortOut;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use portway_proto::types::v1::Court;
use prost_types::Timestamp as ProtoTimestamp;
use service::stamp;
use sqlx::PgConnection;
use types::PortOutId;

use super::about::About;
use super::port_in::court;
use super::port_out;

/// Announces a comment that the order's account can see.
pub(crate) async fn commented(
    conn: &mut PgConnection,
    order: &Order,
    comment: &Comment,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = About::of(conn, order, &[]).await?;
    let (action_by, done_by) = asked(comment);
    let message = v1::OrderCommented {
        order: Some(about.reference(&[])),
        comment_id: comment.id.to_string(),
        by_platform: comment.side == Side::Platform,
        action_by: action_by.into(),
        done_by,
    };
    events::append(conn, &about.event(now, &message)).await?;
    Ok(())
}

/// Announces a comment that the port-out's account can see.
pub(crate) async fn port_out_commented(
    conn: &mut PgConnection,
    case: &PortOut,
    comment: &Comment<PortOutId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (action_by, done_by) = asked(comment);
    let message = v1::PortOutCommented {
        port_out: Some(port_out::reference(case)),
        comment_id: comment.id.to_string(),
        by_platform: comment.side == Side::Platform,
        action_by: action_by.into(),
        done_by,
    };
    port_out::append(conn, case, now, &message).await
}

/// Who is asked to act, and by when.
pub(crate) fn asked<On>(comment: &Comment<On>) -> (Court, Option<ProtoTimestamp>) {
    let task = comment.task.as_ref();
    let action_by = task.map_or(Court::Unspecified, |task| court(task.action_by));
    (action_by, task.and_then(|task| task.done_by).map(stamp::to_proto))
}
