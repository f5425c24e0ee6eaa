//! Everything that goes to the carrier for one version of an order, secrets in clear: for the gateway alone.

use intake_domain::port_in::{Details, Order, OrderState};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{OrderId, Secret, Tn, Ver};

use super::settle::settle_about;
use super::{Occasion, OrderName, Requester};
use crate::app::Intake;
use crate::store::port_in as store;

/// The package for the carrier.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) details: Details,
    pub(crate) account_number: Option<Secret>,
    pub(crate) tax_id: Option<Secret>,
    /// The open numbers, each with its PIN.
    pub(crate) numbers: Vec<(Tn, Option<Secret>)>,
}

/// Why there is no package.
#[derive(Debug, Error)]
pub(crate) enum SubmissionError {
    /// There is no such order.
    #[error("there is no such order")]
    NotFound,
    /// The order has moved on, or ended.
    #[error("version {asked} is superseded: the order is {state} at version {ver}")]
    Superseded {
        /// What was asked for.
        asked: Ver,
        /// What the order is at.
        ver: Ver,
        /// Where it stands.
        state: &'static str,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SubmissionError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Opens the package of one version. Each look is written into the order's history.
pub(crate) async fn get_submission(
    intake: &Intake,
    requester: &Requester,
    id: OrderId,
    ver: Ver,
) -> Result<Submission, SubmissionError> {
    let mut tx = intake.base.pool.begin().await?;
    // Locked: whoever changes the order knows whether the package has left.
    let found = store::order::find(&mut tx, OrderName::Id(id), None, store::order::Access::Change).await?;
    let order = found.ok_or(SubmissionError::NotFound)?;
    let (record, state) = (order.record(), order.record().state.name());
    // A cancel raises the version, and what it cancels may be still on its way: that goes out first, or there would be
    // nothing at the carrier to cancel. The data is the same for all versions from the one in force up.
    // What a parent had is with its children.
    let is_out = !matches!(
        record.state,
        OrderState::Draft(_) | OrderState::InReview(_) | OrderState::Parent(_)
    );
    let is_current = (record.ver_in_force..=record.ver).contains(&ver);
    if !is_current || !is_out || state.is_final() {
        return Err(SubmissionError::Superseded {
            asked: ver,
            ver: record.ver,
            state: state.code(),
        });
    }
    let submission = open(intake, &mut tx, &order).await?;
    let transition = order
        .clone()
        .remark(store::timeline::PACKAGE_FETCHED, String::new());
    settle_about(
        intake,
        &mut tx,
        &order,
        transition,
        ver,
        Occasion::of(intake, requester),
    )
    .await?;
    tx.commit().await?;
    Ok(submission)
}

async fn open(intake: &Intake, conn: &mut PgConnection, order: &Order) -> Result<Submission, StoreError> {
    let (vault, record) = (&intake.base.vault, order.record());
    let (account_number, tax_id) = store::order::open_secrets(conn, vault, record.id).await?;
    let tns = order.open_tns();
    let mut pins = store::numbers::open_pins(conn, vault, record.id, &tns).await?;
    let numbers = tns.into_iter().map(|tn| (tn, pins.remove(&tn))).collect();
    Ok(Submission {
        details: record.details.clone(),
        account_number,
        tax_id,
        numbers,
    })
}
