//! Port-outs by the many: pages, counts, and all of them for a file.

use std::collections::HashMap;

use intake_domain::port_out::{Conflict, Consent, PortOut};
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::PortOutId;

use super::read::Seen;
use crate::store;
use crate::store::comments::CommentCounts;
use crate::store::port_out::{Cursor, Filter, Page, PortOutCounts};

/// A page of port-outs, and where the next one starts.
pub(crate) async fn list(
    pool: &PgPool,
    filter: &Filter,
    page: Page,
) -> Result<(Vec<Seen>, Option<Cursor>), StoreError> {
    // One more than the page holds, to know whether there is another page.
    let and_one = Page {
        limit: page.limit + 1,
        ..page
    };
    let mut conn = pool.acquire().await?;
    let mut cases = store::port_out::list(&mut conn, filter, and_one).await?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_more = cases.len() > limit;
    cases.truncate(limit);
    let next = cases
        .last()
        .filter(|_| has_more)
        .map(|last| Cursor::after(last, page.sort));
    Ok((seen_all(&mut conn, cases).await?, next))
}

/// How many port-outs a filter finds, and how many of its accounts there are in each state.
pub(crate) async fn count(pool: &PgPool, filter: &Filter) -> Result<PortOutCounts, StoreError> {
    let mut conn = pool.acquire().await?;
    store::port_out::count(&mut conn, filter).await
}

/// Adds to cases the questions to end users about them, the conflicts over them, and how much was written on them.
async fn seen_all(conn: &mut PgConnection, cases: Vec<PortOut>) -> Result<Vec<Seen>, StoreError> {
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let mut consents: HashMap<PortOutId, Vec<Consent>> = HashMap::new();
    for consent in store::port_out::consents_of(conn, &ids).await? {
        consents.entry(consent.port_out).or_default().push(consent);
    }
    let mut conflicts: HashMap<PortOutId, Vec<Conflict>> = HashMap::new();
    for conflict in store::port_out::conflicts_of(conn, &ids).await? {
        conflicts.entry(conflict.port_out).or_default().push(conflict);
    }
    let mut written: HashMap<PortOutId, CommentCounts> =
        store::comments::count(conn, &ids).await?.into_iter().collect();
    let seen = |case: PortOut| Seen {
        written: written.remove(&case.id).unwrap_or_default(),
        consents: consents.remove(&case.id).unwrap_or_default(),
        conflicts: conflicts.remove(&case.id).unwrap_or_default(),
        case,
    };
    Ok(cases.into_iter().map(seen).collect())
}
