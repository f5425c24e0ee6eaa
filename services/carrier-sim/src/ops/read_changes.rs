//! What happened since a position: answers, winning carriers' requests, news of them.

use std::collections::HashMap;

use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use vault::Vault;

use super::publish::publish_all;
use crate::app::Simulator;
use crate::port_out::{PortOut, Progress, SnapbackAnswer};
use crate::script::{Answer, Test};
use crate::store;
use crate::store::change::{OwnedSubject, Published};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SimChange {
    /// An answer to one of our requests.
    Answer(Answer),
    /// A winning carrier asks.
    PortOut(Box<PortOut>),
    /// News of a port-out.
    Progress(Progress),
    /// A number was tested.
    Test(Test),
    /// A winning carrier answers a wish for numbers back.
    Snapback(SnapbackAnswer),
}

/// What happened, and where to go on.
#[derive(Debug)]
pub(crate) struct ChangePage {
    /// Oldest first.
    pub(crate) changes: Vec<SimChange>,
    /// The position of the last of them; `None`: there was nothing.
    pub(crate) last_position: Option<i64>,
}

/// Why there is nothing to read.
#[derive(Debug, Error)]
pub(crate) enum ReadChangesError {
    /// The position lies beyond everything that ever happened here: it is another simulator's, or of a database that
    /// was lost. Going on from it would skip what is to come.
    #[error("the cursor is beyond the last change")]
    BeyondTheEnd,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// At most `limit` changes after the position `after`.
pub(crate) async fn read_changes(
    simulator: &Simulator,
    after: i64,
    limit: i64,
) -> Result<ChangePage, ReadChangesError> {
    let pool = &simulator.base.pool;
    publish_all(pool, simulator.base.clock.now()).await?;
    let mut conn = pool.acquire().await.map_err(StoreError::from)?;
    let published = store::change::list_after(&mut conn, after, limit).await?;
    if published.is_empty() && after > store::change::last_position(&mut conn).await? {
        return Err(ReadChangesError::BeyondTheEnd);
    }
    let last_position = published.last().map(|last| last.position);
    let changes = load(&mut conn, &simulator.base.vault, published).await?;
    Ok(ChangePage {
        changes,
        last_position,
    })
}

/// Reads what the changes are about, one statement a kind. What is visible never changes, so the statements agree.
async fn load(
    conn: &mut PgConnection,
    vault: &Vault,
    published: Vec<Published>,
) -> Result<Vec<SimChange>, StoreError> {
    let (mut answer_ids, mut port_out_ids) = (Vec::new(), Vec::new());
    let (mut progress_ids, mut test_ids) = (Vec::new(), Vec::new());
    let mut snapback_ids = Vec::new();
    for change in &published {
        match &change.subject {
            OwnedSubject::Answer(id) => answer_ids.push(id.clone()),
            OwnedSubject::PortOut(id) => port_out_ids.push(*id),
            OwnedSubject::Progress(id) => progress_ids.push(id.clone()),
            OwnedSubject::Test(id) => test_ids.push(id.clone()),
            OwnedSubject::Snapback(id) => snapback_ids.push(id.clone()),
        }
    }
    let answers = store::answer::list_by_id(conn, &answer_ids).await?;
    let answers: HashMap<_, _> = answers
        .into_iter()
        .map(|answer| (answer.id.clone(), answer))
        .collect();
    let port_outs = store::port_out::list_by_id(conn, vault, &port_out_ids).await?;
    let port_outs: HashMap<_, _> = port_outs.into_iter().collect();
    let progress = store::progress::list_by_id(conn, &progress_ids).await?;
    let progress: HashMap<_, _> = progress.into_iter().map(|news| (news.id.clone(), news)).collect();
    let tests = store::test::list_by_id(conn, &test_ids).await?;
    let tests: HashMap<_, _> = tests.into_iter().map(|test| (test.id.clone(), test)).collect();
    let snapbacks = store::port_out_snapback::list_by_id(conn, &snapback_ids).await?;
    let snapbacks: HashMap<_, _> = snapbacks
        .into_iter()
        .map(|answer| (answer.request_id.clone(), answer))
        .collect();
    let found = published.into_iter().map(|change| {
        let found = match &change.subject {
            OwnedSubject::Answer(id) => answers.get(id).cloned().map(SimChange::Answer),
            OwnedSubject::PortOut(id) => {
                let port_out = port_outs.get(id).cloned();
                port_out.map(|port_out| SimChange::PortOut(Box::new(port_out)))
            }
            OwnedSubject::Progress(id) => progress.get(id).cloned().map(SimChange::Progress),
            OwnedSubject::Test(id) => tests.get(id).cloned().map(SimChange::Test),
            OwnedSubject::Snapback(id) => snapbacks.get(id).cloned().map(SimChange::Snapback),
        };
        found.ok_or_else(|| StoreError::corrupt("change", &change.position, &"what it is about is gone"))
    });
    found.collect()
}
