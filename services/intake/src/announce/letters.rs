//! Letters of authorization, as others hear of them. The link is in no event.

use events::NewEvent;
use intake_domain::letters::Signing;
use intake_domain::port_in::Order;
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use service::stamp;
use sqlx::PgConnection;
use types::DocumentId;

use super::about::About;

/// Somebody is asked to sign.
pub(crate) async fn requested(
    conn: &mut PgConnection,
    order: &Order,
    signing: &Signing,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = About::of(conn, order, &[]).await?;
    let event = v1::LetterSigningRequested {
        order: Some(about.reference(&order.open_tns())),
        signing_id: signing.id.to_string(),
        letter_id: signing.letter.to_string(),
        expires_at: Some(stamp::to_proto(signing.expires_at)),
    };
    append(conn, &about.event(now, &event)).await
}

/// The letter was signed, and is a document of the order.
pub(crate) async fn signed(
    conn: &mut PgConnection,
    order: &Order,
    signing: &Signing,
    document: DocumentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = About::of(conn, order, &[]).await?;
    let event = v1::LetterSigned {
        order: Some(about.reference(&order.open_tns())),
        signing_id: signing.id.to_string(),
        document_id: document.to_string(),
        signed_at: Some(stamp::to_proto(now)),
    };
    append(conn, &about.event(now, &event)).await
}

async fn append(conn: &mut PgConnection, event: &NewEvent) -> Result<(), StoreError> {
    events::append(conn, event).await.map(drop)
}
