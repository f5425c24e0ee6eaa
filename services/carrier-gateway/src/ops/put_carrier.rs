//! Adds a carrier or replaces what is known of it, and announces what changed.

use carrier_gateway_domain::Carrier;
use jiff::Timestamp;
use pg::StoreError;
use sqlx::{PgConnection, PgPool};
use thiserror::Error;
use types::Spid;

use crate::{announce, store};

/// Carriers announced in one transaction.
const BATCH: i64 = 500;

/// Why a carrier was not kept.
#[derive(Debug, Error)]
pub(crate) enum PutCarrierError {
    /// A SPID is one carrier's.
    #[error("another carrier has the SPID {0}")]
    SpidTaken(Spid),
    /// So is a `RespOrg` id.
    #[error("another carrier has the RespOrg id {0}")]
    RespOrgTaken(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a carrier or replaces what is known of it. Putting what is there already announces nothing.
pub(crate) async fn put_carrier(
    conn: &mut PgConnection,
    carrier: Carrier,
    now: Timestamp,
) -> Result<Carrier, PutCarrierError> {
    let taken = |error: StoreError| match error.constraint() {
        Some("carrier_spid_key") => PutCarrierError::SpidTaken(carrier.spid.clone()),
        Some("carrier_resp_org_key") => {
            PutCarrierError::RespOrgTaken(carrier.resp_org.clone().unwrap_or_default())
        }
        Some(_) | None => PutCarrierError::Store(error),
    };
    store::carriers::insert(conn, &carrier).await.map_err(taken)?;
    let known = store::carriers::lock(conn, &carrier.id)
        .await?
        .ok_or(StoreError::Stale("the carrier"))?;
    // A carrier that is known keeps its code list.
    let code_list = known.carrier.code_list.clone();
    let put = Carrier {
        code_list,
        ..carrier.clone()
    };
    if !known.is_announced || known.carrier != put {
        store::carriers::save(conn, &put).await.map_err(taken)?;
        announce::carrier_changed(conn, known.subject, &put, now).await?;
    }
    Ok(put)
}

/// Announces the carriers that never were: those there are from the start. Once, whoever starts and however often.
pub(crate) async fn announce_carriers(pool: &PgPool, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut tx = pool.begin().await?;
        let batch = store::carriers::lock_not_announced(&mut tx, BATCH).await?;
        if batch.is_empty() {
            return Ok(());
        }
        for known in batch {
            store::carriers::save(&mut tx, &known.carrier).await?;
            announce::carrier_changed(&mut tx, known.subject, &known.carrier, now).await?;
        }
        tx.commit().await?;
    }
}
