//! Shows what was sent.

use notification_domain::Delivery;
use pg::StoreError;
use sqlx::PgPool;
use types::AccountId;
use uuid::Uuid;

use crate::store;

/// Which page.
#[derive(Debug)]
pub(crate) struct DeliveryQuery {
    pub(crate) account: AccountId,
    /// Only those of this order or port-out.
    pub(crate) subject_id: Option<Uuid>,
    /// Where the page before ended; `None`: the first page.
    pub(crate) before: Option<i64>,
    pub(crate) size: i64,
}

/// A page, newest first.
#[derive(Debug)]
pub(crate) struct DeliveryPage {
    pub(crate) deliveries: Vec<Delivery>,
    /// Where the next page starts, if there is one.
    pub(crate) next: Option<i64>,
}

/// Reads the page.
pub(crate) async fn list_deliveries(db: &PgPool, query: &DeliveryQuery) -> Result<DeliveryPage, StoreError> {
    let mut conn = db.acquire().await?;
    let before = query.before.unwrap_or(i64::MAX);
    // One more than the page: it tells whether there is another.
    let mut found =
        store::delivery::list(&mut conn, query.account, query.subject_id, before, query.size + 1).await?;
    let size = usize::try_from(query.size).unwrap_or(usize::MAX);
    let has_more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| has_more).map(|(place, _)| *place);
    Ok(DeliveryPage {
        deliveries: found.into_iter().map(|(_, delivery)| delivery).collect(),
        next,
    })
}
