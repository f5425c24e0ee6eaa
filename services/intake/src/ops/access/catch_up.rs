//! What a new release adds to the ready-made sets reaches those who hold them.

use clock::Clock;
use pg::StoreError;
use sqlx::PgPool;

use super::flatten;
use auth::ReadyMade;

use crate::store;
use crate::store::access::grants;

/// Accounts read at a time.
const BATCH: i64 = 100;

/// Makes the grants of all who hold a ready-made set anew, account by account, when the contents of these sets are not
/// those that the grants were made from. Several replicas may do so at once, and one that is stopped on the way leaves
/// the rest to the next start.
pub(crate) async fn catch_up(pool: &PgPool, clock: &Clock) -> Result<(), StoreError> {
    let contents = ReadyMade::contents();
    let mut conn = pool.acquire().await?;
    if grants::ready_made_digest(&mut conn).await?.as_deref() == Some(contents.as_str()) {
        return Ok(());
    }
    let mut after = None;
    // Ends, because the accounts come in order and each batch begins after the one before.
    loop {
        let accounts = grants::accounts_with_ready_made(&mut conn, after, BATCH).await?;
        let Some(last) = accounts.last().copied() else {
            break;
        };
        after = Some(last);
        for account in accounts {
            let mut tx = pool.begin().await?;
            // Gone meanwhile: there is nothing to make anew.
            if store::accounts::lock(&mut tx, account).await? {
                let subjects = grants::holders_of_ready_made(&mut tx, account).await?;
                flatten(&mut tx, account, &subjects, clock.now()).await?;
            }
            tx.commit().await?;
        }
    }
    grants::put_ready_made_digest(&mut conn, &contents).await
}
