//! How far our answer has come to the winning carrier.

use intake_domain::port_out::{Answer, AnswerState};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::PortOutId;

use crate::announce;
use crate::store;
use crate::store::port_out::Entry;

/// News of our answer to a case.
#[derive(Debug, Clone)]
pub(crate) struct AnswerNews {
    pub(crate) port_out: PortOutId,
    pub(crate) state: AnswerState,
    pub(crate) at: Timestamp,
    /// Why the winning carrier refused it, in its words.
    pub(crate) refusal: String,
}

/// Records how far the answer to a case has come, and announces it. News that was overtaken, or about a case that is not
/// there, changes nothing.
pub(crate) async fn record_answer_progress(
    conn: &mut PgConnection,
    news: &AnswerNews,
) -> Result<(), StoreError> {
    let Some(mut case) = store::port_out::find_by_id_for_update(conn, news.port_out).await? else {
        tracing::warn!(port_out.id = %news.port_out, "an answer to no port-out came further");
        return Ok(());
    };
    let advanced = Answer::advance(case.answer.as_ref(), news.state, news.at, &news.refusal);
    let Some(answer) = advanced else {
        return Ok(());
    };
    let entry = Entry {
        at: news.at,
        actor: case.request.key.winning_spid.to_string(),
        what: match answer.state {
            AnswerState::Requested => "ANSWER_REQUESTED",
            AnswerState::Sent => "ANSWER_SENT",
            AnswerState::Acknowledged => "ANSWER_ACKNOWLEDGED",
            AnswerState::Refused => "ANSWER_REFUSED",
        },
        detail: answer.refusal.clone(),
        is_warning: answer.state == AnswerState::Refused,
    };
    case.answer = Some(answer);
    store::port_out::save(conn, &mut case).await?;
    store::port_out::add_entry(conn, case.id, &entry).await?;
    announce::port_out::answered(conn, &case, news.at).await
}
