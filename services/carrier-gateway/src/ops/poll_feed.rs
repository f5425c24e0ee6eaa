//! Reads the change feed of a connection: a page and the cursor behind it are recorded in one transaction. What is pushed
//! is recorded the same way, without a cursor.

use carrier_gateway_domain::schedule::{self, FeedPace};
use carrier_gateway_domain::{Change, Page, Said};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use types::InboundId;
use vault::Vault;

use super::ClaimedPoll;
use super::record_answer::record_answer;
use super::record_port_out_snapback::record_port_out_snapback;
use super::record_test::record_test;
use crate::store;
use crate::store::answers::FoundBy;

/// Claims the connection's feed if it is to be read by `now`.
pub(crate) async fn claim_feed(
    pool: &PgPool,
    connection: &str,
    now: Timestamp,
) -> Result<Option<ClaimedPoll>, StoreError> {
    let mut conn = pool.acquire().await?;
    store::polls::claim_due(&mut conn, connection, now).await
}

/// Records a page and moves on behind it. `None`: another worker reads the feed by now, and nothing was recorded.
pub(crate) async fn record_page(
    pool: &PgPool,
    vault: &Vault,
    claimed: ClaimedPoll,
    page: Page,
    now: Timestamp,
) -> Result<Option<ClaimedPoll>, StoreError> {
    let mut tx = pool.begin().await?;
    let origin = Origin {
        connection: &claimed.connection,
        cursor: &claimed.cursor,
    };
    record_changes(&mut tx, vault, origin, &page.changes, now).await?;
    if !store::polls::advance(&mut tx, &claimed, &page.next_cursor).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(ClaimedPoll {
        cursor: page.next_cursor,
        attempts: 0,
        ..claimed
    }))
}

/// Records changes that were pushed, all or none.
pub(crate) async fn record_pushed(
    pool: &PgPool,
    vault: &Vault,
    connection: &str,
    changes: &[Change],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = pool.begin().await?;
    let origin = Origin {
        connection,
        cursor: "pushed",
    };
    record_changes(&mut tx, vault, origin, changes, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Where changes come from.
#[derive(Clone, Copy)]
struct Origin<'a> {
    connection: &'a str,
    /// The feed's cursor before them.
    cursor: &'a str,
}

async fn record_changes(
    conn: &mut PgConnection,
    vault: &Vault,
    origin: Origin<'_>,
    changes: &[Change],
    now: Timestamp,
) -> Result<(), StoreError> {
    for change in changes {
        record_change(conn, vault, origin, change, now).await?;
    }
    // Last, because it is the lock that everybody wants; see `store`.
    if changes.iter().any(brings_tests) {
        store::polls::want_by(conn, origin.connection, schedule::soon(now)).await?;
    }
    Ok(())
}

/// Whether numbers became active: they are tested next, and what fails is to be known soon.
fn brings_tests(change: &Change) -> bool {
    matches!(change, Change::Answer(answer) if matches!(answer.said, Said::Activated { .. }))
}

async fn record_change(
    conn: &mut PgConnection,
    vault: &Vault,
    Origin { connection, cursor }: Origin<'_>,
    change: &Change,
    now: Timestamp,
) -> Result<(), StoreError> {
    match change {
        Change::Answer(answer) => record_answer(conn, connection, answer, FoundBy::Feed, now).await,
        Change::Test(test) => record_test(conn, connection, test, now).await,
        Change::PortOutSnapback(answer) => record_port_out_snapback(conn, connection, answer, now).await,
        Change::Request(request) => {
            let id = InboundId::generate();
            store::inbound::insert_request(conn, vault, id, connection, request, now).await?;
            Ok(())
        }
        Change::Progress(progress) => {
            let id = InboundId::generate();
            store::inbound::insert_progress(conn, id, connection, progress, now).await?;
            Ok(())
        }
        Change::Unreadable(unreadable) => {
            let (what, key, why) = (unreadable.what, &unreadable.key, &unreadable.why);
            tracing::error!(what, key, why, "the carrier partner sent what cannot be read");
            store::unreadable::insert(conn, connection, cursor, unreadable, now).await
        }
    }
}

/// The feed was read to its end; it is read again at the given pace.
pub(crate) async fn finish_feed(
    pool: &PgPool,
    claimed: &ClaimedPoll,
    now: Timestamp,
    pace: FeedPace,
) -> Result<bool, StoreError> {
    let mut conn = pool.acquire().await?;
    let next = schedule::next_feed_poll(now, pace);
    store::polls::finish(&mut conn, claimed, now, next).await
}

/// Reading failed; it is tried again after a pause.
pub(crate) async fn rest_feed(pool: &PgPool, claimed: &ClaimedPoll, error: &str) -> Result<bool, StoreError> {
    let mut conn = pool.acquire().await?;
    let pause = schedule::retry_pause(claimed.attempts);
    store::polls::rest(&mut conn, claimed, pause, Some(error)).await
}
