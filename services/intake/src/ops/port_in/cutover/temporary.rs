//! Numbers that stand in for others until these are active.

use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::Tn;

use super::super::settle::settle;
use super::super::{Occasion, OrderName, Requester, find_to_change};
use crate::app::Intake;
use crate::store::inventory::{self, InventoryState};
use crate::store::port_in::cutover::temporary;

/// Why a number was not put in another's place, or not taken out of it.
#[derive(Debug, Error)]
pub(crate) enum TemporaryError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The order does not have the number.
    #[error("the order has no such number that is still to come")]
    NotToCome,
    /// The temporary number is not the account's, or not in service.
    #[error("the temporary number is not in service in the account")]
    NotInService,
    /// It stands in for another number already, or another stands in for this one.
    #[error("the temporary number stands in for another already, or another stands in for the ported number")]
    Taken,
    /// There is none to take away.
    #[error("no number stands in for it")]
    NoneAttached,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a number in service in the place of one that is still to come. A number that the platform names and that nobody
/// has is lent by it.
pub(crate) async fn attach(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tn: Tn,
    stand_in: Tn,
) -> Result<(), TemporaryError> {
    let occasion = Occasion::of(intake, requester);
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(TemporaryError::NotFound)?;
    let record = order.record();
    if !order.open_tns().contains(&tn) {
        return Err(TemporaryError::NotToCome);
    }
    let found = inventory::find_for_update(conn, &[stand_in]).await?;
    match found.first() {
        Some(number) if number.account == record.account && number.state == InventoryState::InService => {}
        None if requester.is_platform => {
            inventory::lend(conn, record.account, record.id, stand_in, occasion.now).await?;
        }
        Some(_) | None => return Err(TemporaryError::NotInService),
    }
    match temporary::attach(conn, record.id, tn, stand_in, occasion.now).await {
        Ok(true) => {}
        Ok(false) => return Err(TemporaryError::Taken),
        Err(error) if error.constraint() == Some("temporary_number_pkey") => {
            return Err(TemporaryError::Taken);
        }
        Err(error) => return Err(error.into()),
    }
    let transition = order.clone().remark(
        "temporary_number_attached",
        format!("{stand_in} stands in for {tn}"),
    );
    settle(intake, conn, &order, transition, occasion).await?;
    Ok(())
}

/// Takes it out of that place.
pub(crate) async fn detach(
    intake: &Intake,
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
    tn: Tn,
) -> Result<(), TemporaryError> {
    let order = find_to_change(conn, name, requester)
        .await?
        .ok_or(TemporaryError::NotFound)?;
    let record = order.record();
    let attached = temporary::list(conn, record.id, &[tn]).await?;
    if !temporary::detach(conn, record.id, tn).await? {
        return Err(TemporaryError::NoneAttached);
    }
    for stand_in in attached.into_values() {
        inventory::take_back(conn, record.account, stand_in).await?;
    }
    let transition = order.clone().remark("temporary_number_detached", tn.to_string());
    settle(intake, conn, &order, transition, Occasion::of(intake, requester)).await?;
    Ok(())
}
