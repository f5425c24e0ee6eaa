//! Texts that come in from numbers that were asked by text.

use intake_domain::port_out::{Consent, ConsentAnswer, ConsentReply, ReplyProof, TextId};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::Tn;

use super::consent::{ConsentError, follow, record};
use crate::app::Intake;
use crate::ops::links::LinkKind;
use crate::store;

/// A text that says YES or NO.
#[derive(Debug, Clone)]
pub(crate) struct TextReply {
    pub(crate) from: Tn,
    pub(crate) message: TextId,
    pub(crate) answer: ConsentAnswer,
}

/// Records what a number answers by text, and does what that comes to; the links of the question are used up. A text that
/// came before changes nothing and is answered as it was then, however that was.
pub(crate) async fn record_text_reply(intake: &Intake, reply: TextReply) -> Result<Consent, ConsentError> {
    let now = intake.base.clock.now();
    let TextReply {
        from,
        message,
        answer,
    } = reply;
    let mut tx = intake.base.pool.begin().await?;
    if !store::port_out::insert_text_reply(&mut tx, from, &message, answer, now).await? {
        let answered = store::port_out::answered_by_text(&mut tx, from, &message).await?;
        let answered = answered.ok_or(ConsentError::Closed)?;
        let consent = store::port_out::find_consent(&mut tx, answered).await?;
        return consent.ok_or(ConsentError::NotFound);
    }
    let Some(consent) = lock_asked(&mut tx, from, now).await? else {
        // Kept all the same: a repeat of it must not answer what is asked later.
        tx.commit().await?;
        return Err(ConsentError::Closed);
    };
    store::port_out::set_answered_by_text(&mut tx, from, &message, consent.id).await?;
    let answered = Consent {
        reply: Some(ConsentReply {
            answers: vec![answer],
            at: now,
            proof: ReplyProof::Text { message },
        }),
        ..consent
    };
    apply(&mut tx, &answered, now).await?;
    tx.commit().await?;
    Ok(answered)
}

/// The question that a number answers now: of those that are open, the one that was asked last. The requests of all of them
/// are locked, so that it stays open; one that is asked meanwhile is not what the text is about.
async fn lock_asked(
    conn: &mut PgConnection,
    from: Tn,
    now: Timestamp,
) -> Result<Option<Consent>, StoreError> {
    let requests = store::port_out::requests_asked_by_text(conn, from, now).await?;
    for key in &requests {
        store::port_out::lock_request(conn, key).await?;
    }
    for consent in store::port_out::questions_asked_by_text(conn, from, now).await? {
        let key = store::port_out::request_of(conn, consent.port_out).await?;
        if requests.contains(&key) {
            return Ok(Some(consent));
        }
    }
    Ok(None)
}

/// Keeps the answer to a question whose request is locked, and follows it.
async fn apply(conn: &mut PgConnection, answered: &Consent, now: Timestamp) -> Result<(), ConsentError> {
    let key = store::port_out::request_of(conn, answered.port_out).await?;
    let mut cases = store::port_out::cases_of_request(conn, &key).await?;
    let index = cases
        .iter()
        .position(|case| case.id == answered.port_out)
        .ok_or(ConsentError::NotFound)?;
    record(conn, &cases[index], answered, now).await?;
    store::links::use_up_all(conn, LinkKind::Consent, answered.id.as_uuid(), now).await?;
    follow(conn, &mut cases, index, now).await?;
    Ok(())
}
