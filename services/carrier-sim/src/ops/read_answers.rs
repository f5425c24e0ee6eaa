//! Every answer to one request so far.

use pg::StoreError;
use thiserror::Error;
use types::Pon;

use super::publish::publish_all;
use crate::app::Simulator;
use crate::script::Answer;
use crate::store;

/// Why there are no answers to show.
#[derive(Debug, Error)]
pub(crate) enum ReadAnswersError {
    /// No version of the request was taken in.
    #[error("there is no such port request")]
    NotFound,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// The answers that were given by now, oldest first, each once.
pub(crate) async fn read_answers(simulator: &Simulator, pon: &Pon) -> Result<Vec<Answer>, ReadAnswersError> {
    let pool = &simulator.base.pool;
    publish_all(pool, simulator.base.clock.now()).await?;
    let mut conn = pool.acquire().await.map_err(StoreError::from)?;
    if !store::port_request::is_known(&mut conn, pon).await? {
        return Err(ReadAnswersError::NotFound);
    }
    Ok(store::answer::list_given(&mut conn, pon).await?)
}
