//! Texts that came in and said YES or NO, each of them once.

use intake_domain::port_out::{ConsentAnswer, TextId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConsentId, Tn};
use uuid::Uuid;

/// Keeps a text. False: it came before; whoever is about to keep it in another transaction is waited for.
pub(crate) async fn insert_text_reply(
    conn: &mut PgConnection,
    from: Tn,
    message: &TextId,
    answer: ConsentAnswer,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO text_reply (tn, text_id, answer, came_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tn, text_id) DO NOTHING",
    )
    .bind(from.to_string())
    .bind(message.as_str())
    .bind(answer.code())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The question that a text which was kept has answered; `None`: nothing was open.
pub(crate) async fn answered_by_text(
    conn: &mut PgConnection,
    from: Tn,
    message: &TextId,
) -> Result<Option<ConsentId>, StoreError> {
    let id: Option<Uuid> =
        sqlx::query_scalar("SELECT consent_id FROM text_reply WHERE tn = $1 AND text_id = $2")
            .bind(from.to_string())
            .bind(message.as_str())
            .fetch_one(conn)
            .await?;
    Ok(id.map(ConsentId::from_uuid))
}

/// Notes which question a text has answered.
pub(crate) async fn set_answered_by_text(
    conn: &mut PgConnection,
    from: Tn,
    message: &TextId,
    consent: ConsentId,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "UPDATE text_reply SET consent_id = $3 WHERE tn = $1 AND text_id = $2 AND consent_id IS NULL",
    )
    .bind(from.to_string())
    .bind(message.as_str())
    .bind(consent.as_uuid())
    .execute(conn)
    .await?
    .rows_affected();
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the text"))
    }
}
