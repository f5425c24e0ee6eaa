//! Comments as events: that there is one, never what it says.

use intake_domain::port_in::{Comment, Order, Side};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use portway_proto::types::v1::Court;
use service::stamp;
use sqlx::PgConnection;

use super::about::About;
use super::port_in::court;

/// Announces a comment that the order's account can see.
pub(crate) async fn commented(
    conn: &mut PgConnection,
    order: &Order,
    comment: &Comment,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = About::of(conn, order, &[]).await?;
    let message = v1::OrderCommented {
        order: Some(about.reference(&[])),
        comment_id: comment.id.to_string(),
        by_platform: comment.side == Side::Platform,
        action_by: comment
            .task
            .map_or(Court::Unspecified, |task| court(task.action_by))
            .into(),
        done_by: comment.task.and_then(|task| task.done_by).map(stamp::to_proto),
    };
    events::append(conn, &about.event(now, &message)).await?;
    Ok(())
}
