//! What the calls about a request have in common: noted, failed as often as the script says, and the request locked.

use calendar::OutOfRange;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{Postgres, Transaction};
use thiserror::Error;
use types::{Pon, Tn, Ver};

use super::publish::publish_all;
use crate::app::Simulator;
use crate::call::Call;
use crate::port_request::{PortRequest, PortVersion};
use crate::script::Script;
use crate::store;

/// Why a call about a request was not taken in.
#[derive(Debug, Error)]
pub(crate) enum CallRefused {
    /// The script says that this call fails.
    #[error("the script fails this call; try again")]
    Scripted,
    /// No version of the request was taken in.
    #[error("there is no such port request")]
    NotFound,
    /// A newer version is known.
    #[error("version {newest} is known already")]
    Superseded {
        /// The newest version.
        newest: Ver,
    },
    /// The losing carrier has not committed to a date, so nothing can be cut over.
    #[error("the losing carrier has not committed to a date")]
    NotCommitted,
    /// The request does not hold a number that is asked about.
    #[error("the request does not hold {0}")]
    NotInRequest(Tn),
    /// A number is not with us, so nothing can be done with it.
    #[error("{0} is not active")]
    NotActive(Tn),
    /// The script says that texting is not enabled.
    #[error("{0}")]
    Messaging(String),
    /// An answer would be due beyond the end of the calendar.
    #[error("an answer would be due beyond the end of the calendar")]
    Calendar(#[from] OutOfRange),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CallRefused {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A call that is being taken in: the request locked, the call noted.
pub(super) struct TakenIn {
    pub(super) tx: Transaction<'static, Postgres>,
    pub(super) now: Timestamp,
    pub(super) request: PortRequest,
    /// The newest version.
    pub(super) newest: PortVersion,
    pub(super) script: Script,
}

/// Begins to take in a call about a request that is known. What was due before it is visible before it.
pub(super) async fn take_in(simulator: &Simulator, call: &Call) -> Result<TakenIn, CallRefused> {
    let (pool, now) = (&simulator.base.pool, call.called_at);
    publish_all(pool, now).await?;
    let mut tx = pool.begin().await?;
    store::call::insert(&mut tx, call).await?;
    let request = store::port_request::find_for_update(&mut tx, &call.pon).await?;
    let request = request.ok_or(CallRefused::NotFound)?;
    let newest = request.versions.first().cloned().ok_or(CallRefused::NotFound)?;
    let chosen = store::script::find_for(&mut tx, &newest.tns).await?;
    if store::script::use_failure(&mut tx, &chosen).await? {
        tx.commit().await?;
        return Err(CallRefused::Scripted);
    }
    Ok(TakenIn {
        tx,
        now,
        request,
        newest,
        script: chosen.script,
    })
}

impl TakenIn {
    /// What took the call in holds from now on.
    pub(super) async fn finish(self, simulator: &Simulator) -> Result<(), CallRefused> {
        self.tx.commit().await?;
        simulator.wake.wake();
        Ok(())
    }

    /// The numbers that a call is about: those named, which the request must hold, or all of them.
    pub(super) fn numbers(&self, named: Vec<Tn>) -> Result<Vec<Tn>, CallRefused> {
        if named.is_empty() {
            return Ok(self.newest.tns.clone());
        }
        match named.iter().find(|tn| !self.newest.tns.contains(tn)) {
            Some(stranger) => Err(CallRefused::NotInRequest(*stranger)),
            None => Ok(named),
        }
    }

    /// The numbers that a call is about, all of which must be active: those named, or all that are.
    pub(super) async fn active_numbers(&mut self, pon: &Pon, named: Vec<Tn>) -> Result<Vec<Tn>, CallRefused> {
        let active = store::answer::list_active(&mut self.tx, pon, &self.newest.tns).await?;
        if named.is_empty() && !active.is_empty() {
            return Ok(active.into_iter().collect());
        }
        let asked = self.numbers(named)?;
        match asked.iter().find(|tn| !active.contains(tn)) {
            Some(absent) => Err(CallRefused::NotActive(*absent)),
            None => Ok(asked),
        }
    }

    /// How an answer names numbers: not at all when they are all.
    pub(super) fn as_named(&self, tns: &[Tn]) -> Vec<Tn> {
        if self.newest.tns.iter().all(|tn| tns.contains(tn)) {
            Vec::new()
        } else {
            tns.to_vec()
        }
    }
}
