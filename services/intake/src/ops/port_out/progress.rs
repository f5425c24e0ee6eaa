//! What became of a port-out, as the winning carrier's side reports it.

use intake_domain::port_out::{AnswerMode, PortOut, PortOutState, Progress, RequestKey};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{Pon, Spid};

use super::settle::settle;
use crate::announce;
use crate::app::Intake;
use crate::store;
use crate::store::port_out::{Entry, Report};

/// A report of what became of a port-out.
#[derive(Debug)]
pub(crate) struct ReportedProgress {
    /// The carrier partner's own id of it.
    pub(crate) progress_id: String,
    pub(crate) winning_spid: Spid,
    pub(crate) pon: Pon,
    pub(crate) news: News,
    pub(crate) occurred_at: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// The numbers are active there.
    Ported,
    /// The request was withdrawn.
    Cancelled,
    /// The cut-over is then.
    FocChanged(Timestamp),
}

impl News {
    const fn code(self) -> &'static str {
        match self {
            Self::Ported => "PORTED",
            Self::Cancelled => "CANCELLED",
            Self::FocChanged(_) => "FOC_CHANGED",
        }
    }
}

/// Why a report was not taken in.
#[derive(Debug, Error)]
pub(crate) enum ProgressError {
    /// No request of that name has come yet.
    #[error("there is no port-out request of that carrier with that PON")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ProgressError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Acts on a report, once. It is about the latest version of the request, which is the one that counts.
pub(crate) async fn report_progress(
    intake: &Intake,
    progress: ReportedProgress,
) -> Result<(), ProgressError> {
    let now = intake.base.clock.now();
    let mut tx = intake.base.pool.begin().await?;
    let report = Report {
        progress_id: &progress.progress_id,
        winning_spid: &progress.winning_spid,
        pon: &progress.pon,
        news: progress.news.code(),
        occurred_at: progress.occurred_at,
    };
    if !store::port_out::insert_report(&mut tx, report).await? {
        return Ok(());
    }
    store::port_out::lock_pon(&mut tx, &progress.winning_spid, &progress.pon).await?;
    let versions = store::port_out::find_versions(&mut tx, &progress.winning_spid, &progress.pon).await?;
    let ver = *versions.last().ok_or(ProgressError::NotFound)?;
    let key = RequestKey {
        winning_spid: progress.winning_spid,
        pon: progress.pon,
        ver,
    };
    store::port_out::lock_request(&mut tx, &key).await?;
    let mut cases = store::port_out::cases_of_request(&mut tx, &key).await?;
    let at = progress.occurred_at;
    match progress.news {
        News::Ported => end(&mut tx, &mut cases, Progress::PortedOut, at, now).await?,
        News::Cancelled => end(&mut tx, &mut cases, Progress::Withdrawn, at, now).await?,
        News::FocChanged(foc_at) => move_foc(&mut tx, &mut cases, foc_at, now).await?,
    }
    tx.commit().await?;
    Ok(())
}

async fn end(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    progress: Progress,
    occurred_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let goes = |case: &PortOut| !matches!(case.state, PortOutState::Rejected { .. });
    let is_any_going = cases.iter().any(goes);
    for index in 0..cases.len() {
        // What ported is the rest of the request: the numbers of this case were refused, each by itself.
        let stays =
            |case: &PortOut| case.request.answers == AnswerMode::PerNumber && is_any_going && !goes(case);
        let ended = cases
            .get(index)
            .filter(|case| !stays(case))
            .and_then(|case| case.state.clone().report(progress, occurred_at));
        if let Some(transition) = ended {
            settle(conn, cases, index, transition, now).await?;
        }
    }
    Ok(())
}

async fn move_foc(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    foc_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let open = cases
        .iter_mut()
        .filter(|case| case.state.ended_at().is_none() && case.foc_at != Some(foc_at));
    for case in open {
        case.foc_at = Some(foc_at);
        store::port_out::save(conn, case).await?;
        let entry = Entry {
            at: now,
            actor: case.request.key.winning_spid.to_string(),
            what: "FOC_CHANGED",
            detail: foc_at.to_string(),
            is_warning: false,
        };
        store::port_out::add_entry(conn, case.id, &entry).await?;
        announce::port_out::foc_changed(conn, case, now).await?;
    }
    Ok(())
}
