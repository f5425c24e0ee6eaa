//! Table `answer`: what carriers said, each once.

use carrier_gateway_domain::CarrierAnswer;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use sqlx::types::Json;
use types::{OrderId, Tn};

use super::at;

/// Which way an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FoundBy {
    /// The change feed.
    Feed,
    /// Asking about its request.
    Reference,
}

impl FoundBy {
    const fn code(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Reference => "reference",
        }
    }
}

/// Records an answer. False: it was delivered before.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    connection: &str,
    answer: &CarrierAnswer,
    order: Option<OrderId>,
    found_by: FoundBy,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let tns: Vec<String> = answer.said.tns().iter().map(Tn::to_string).collect();
    let inserted = sqlx::query(
        "INSERT INTO answer (connection, answer_id, pon, ver, order_id, said, reasons, foc_at, tns, answered_at,
                found_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT ON CONSTRAINT answer_pkey DO NOTHING",
    )
    .bind(connection)
    .bind(&answer.answer_id)
    .bind(answer.pon.as_str())
    .bind(i32::from(answer.ver))
    .bind(order.map(OrderId::as_uuid))
    .bind(answer.said.code())
    .bind(Json(&answer.reasons))
    .bind(answer.said.foc_at().map(at))
    .bind(tns)
    .bind(at(answer.answered_at))
    .bind(found_by.code())
    .bind(at(now))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
