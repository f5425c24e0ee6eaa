//! How far our answer has come to the winning carrier.

use intake_domain::port_out::AnswerState;
use pg::StoreError;
use sqlx::PgConnection;
use types::PortOutId;

use crate::store;

/// Records how far the answer to a case has come. News that was overtaken, or about a case that is not there,
/// changes nothing.
pub(crate) async fn record_answer_progress(
    conn: &mut PgConnection,
    case: PortOutId,
    news: AnswerState,
) -> Result<(), StoreError> {
    let Some(mut case) = store::port_out::find_by_id_for_update(conn, case).await? else {
        tracing::warn!(port_out.id = %case, "an answer to no port-out came further");
        return Ok(());
    };
    let advanced = match case.answer {
        Some(answer) => answer.advance(news),
        None => Some(news),
    };
    if let Some(answer) = advanced {
        case.answer = Some(answer);
        store::port_out::save(conn, &mut case).await?;
    }
    Ok(())
}
