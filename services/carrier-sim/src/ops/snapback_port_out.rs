//! Takes the wish for numbers back in that left us, and schedules the winning carrier's answer.

use jiff::{SignedDuration, Timestamp};
use pg::StoreError;
use thiserror::Error;
use types::Tn;

use crate::app::Simulator;
use crate::call::{Call, Rpc};
use crate::port_out::{PortOutKey, SnapbackAnswer};
use crate::store;
use crate::store::change::Subject;

/// How long the winning carrier takes.
const ANSWERED_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Why a wish was not taken in.
#[derive(Debug, Error)]
pub(crate) enum SnapbackPortOutError {
    /// No such request was played.
    #[error("there is no such port-out request")]
    NotFound,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Numbers of a request that are wanted back.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) key: PortOutKey,
    /// None: all.
    pub(crate) tns: Vec<Tn>,
    /// Our id of it.
    pub(crate) request_id: String,
}

/// Takes a wish in, once for each request id.
pub(crate) async fn snapback_port_out(simulator: &Simulator, wish: Wish) -> Result<(), SnapbackPortOutError> {
    let now = simulator.base.clock.now();
    let PortOutKey {
        winning_spid,
        pon,
        ver,
    } = &wish.key;
    let mut tx = simulator.base.pool.begin().await.map_err(StoreError::from)?;
    let call = Call {
        ver: Some(*ver),
        ..Call::about_numbers(now, Rpc::SnapbackPortOut, pon, &wish.tns)
    };
    store::call::insert(&mut tx, &call).await?;
    let versions = store::port_out::lock_versions(&mut tx, winning_spid, pon).await?;
    let terms = versions.iter().find(|version| version.ver == *ver);
    let terms = terms.ok_or(SnapbackPortOutError::NotFound)?;
    let chosen = store::script::find_for(&mut tx, &wish.tns).await?;
    let answer = SnapbackAnswer {
        request_id: wish.request_id,
        tns: wish.tns,
        refusal: chosen.script.port_out_snapback_refusal,
        answered_at: now.checked_add(ANSWERED_AFTER).unwrap_or(Timestamp::MAX),
    };
    if store::port_out_snapback::insert(&mut tx, terms.port_out_id, &answer).await? {
        let subject = Subject::Snapback(&answer.request_id);
        store::change::add(&mut tx, subject, answer.answered_at, 1).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    simulator.wake.wake();
    Ok(())
}
