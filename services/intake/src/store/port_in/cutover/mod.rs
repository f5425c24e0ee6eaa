//! SQL of the cut-over. Whoever changes something locks in this order: policy, groups, orders, each by id.

pub(crate) mod groups;
pub(crate) mod holds;
pub(crate) mod looks;
pub(crate) mod messaging;
pub(crate) mod proofs;
pub(crate) mod readiness;
pub(crate) mod row;
pub(crate) mod snapbacks;
pub(crate) mod temporary;

use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};

/// What was said about the cut-over of numbers goes with them into an order that they are divided into.
pub(crate) async fn inherit(
    conn: &mut PgConnection,
    from: OrderId,
    to: OrderId,
    tns: &[Tn],
) -> Result<(), StoreError> {
    const MOVES: [&str; 4] = [
        "UPDATE number_preparation SET order_id = $2 WHERE order_id = $1 AND tn = ANY($3)",
        "UPDATE messaging_leg SET order_id = $2 WHERE order_id = $1 AND tn = ANY($3)",
        "UPDATE temporary_number SET order_id = $2 WHERE order_id = $1 AND tn = ANY($3)",
        "UPDATE cutover_group_member SET order_id = $2 WHERE order_id = $1 AND tn = ANY($3) AND is_open",
    ];
    for statement in MOVES {
        sqlx::query(statement)
            .bind(from.as_uuid())
            .bind(to.as_uuid())
            .bind(texts(tns))
            .execute(&mut *conn)
            .await?;
    }
    groups::join_like(conn, from, to).await
}

fn texts<'t>(tns: impl IntoIterator<Item = &'t Tn>) -> Vec<String> {
    tns.into_iter().map(Tn::to_string).collect()
}
