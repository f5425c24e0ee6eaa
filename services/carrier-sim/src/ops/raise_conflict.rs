//! Takes a conflict over a winning carrier's request in: accepted as long as the numbers have not gone.

use pg::StoreError;
use thiserror::Error;

use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_out::{PortOutConflict, PortOutKey};
use crate::store;

/// Why a conflict was not accepted.
#[derive(Debug, Error)]
pub(crate) enum RaiseConflictError {
    /// No such request was played.
    #[error("there is no such port-out request")]
    NotFound,
    /// The request was not authorized, so no number of it is to go.
    #[error("the request was not authorized")]
    NotAuthorized,
    /// The numbers are with the winning carrier already.
    #[error("it is too late: the numbers have ported")]
    Ported,
    /// The scenario says so.
    #[error("the winning carrier refuses the conflict")]
    Scripted,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Takes a conflict in, once. A completion that waits for its instant is taken back when no number is left to go. What was
/// refused is among the calls too.
pub(crate) async fn raise_conflict(
    simulator: &Simulator,
    conflict: &PortOutConflict,
) -> Result<(), RaiseConflictError> {
    let now = simulator.base.clock.now();
    let PortOutKey {
        winning_spid,
        pon,
        ver,
    } = &conflict.key;
    let mut tx = simulator.base.pool.begin().await.map_err(StoreError::from)?;
    let versions = store::port_out::lock_versions(&mut tx, winning_spid, pon).await?;
    let terms = versions.iter().find(|version| version.ver == *ver);
    let terms = terms.ok_or(RaiseConflictError::NotFound)?;
    let accepted = if store::port_out_conflict::is_accepted(&mut tx, conflict.id).await? {
        Ok(())
    } else if terms.refuse_conflicts {
        Err(RaiseConflictError::Scripted)
    } else if store::progress::has_ported(&mut tx, winning_spid, pon, now).await? {
        Err(RaiseConflictError::Ported)
    } else {
        match store::port_out_conflict::numbers_to_go(&mut tx, terms.port_out_id).await? {
            None => Err(RaiseConflictError::NotAuthorized),
            Some(to_go) => {
                let stay = if conflict.tns.is_empty() {
                    &to_go
                } else {
                    &conflict.tns
                };
                store::port_out_conflict::insert(&mut tx, terms.port_out_id, conflict.id, stay, now).await?;
                if to_go.iter().all(|tn| stay.contains(tn)) {
                    store::progress::drop_waiting_completions(&mut tx, winning_spid, pon).await?;
                }
                Ok(())
            }
        }
    };
    let call = Call {
        called_at: now,
        rpc: Rpc::RaisePortOutConflict,
        pon: pon.clone(),
        ver: Some(*ver),
        detail: conflict.in_words(accepted.is_ok()),
    };
    store::call::insert(&mut tx, &call).await?;
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    accepted
}
