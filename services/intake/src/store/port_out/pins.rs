//! PINs that a winning carrier has to give, as hashes.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Pon, Spid, Subject, Tn};
use uuid::Uuid;

use super::subscribers::{texts, tn};

/// What a PIN is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PinPlace {
    /// Every number of the account that has none of its own.
    Account(AccountId),
    /// One number of the account.
    Number(AccountId, Tn),
}

impl PinPlace {
    pub(crate) const fn account(self) -> AccountId {
        match self {
            Self::Account(account) | Self::Number(account, _) => account,
        }
    }

    /// As the tables spell it; empty for the account's own.
    pub(crate) fn column(self) -> String {
        match self {
            Self::Account(_) => String::new(),
            Self::Number(_, tn) => tn.to_string(),
        }
    }
}

/// A PIN that is good now.
#[derive(Debug, Clone)]
pub(crate) struct StoredPin {
    pub(crate) place: PinPlace,
    pub(crate) hash: Vec<u8>,
    /// Whether it is good for one port-out alone.
    pub(crate) is_transfer: bool,
}

/// Which order brings a PIN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BroughtBy<'a> {
    pub(crate) winning_spid: &'a Spid,
    pub(crate) pon: &'a Pon,
}

/// Sets or replaces PINs.
pub(crate) async fn put_pins(
    conn: &mut PgConnection,
    pins: &[(PinPlace, [u8; 32])],
    by: &Subject,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (accounts, tns, hashes) = columns(pins);
    sqlx::query(
        "INSERT INTO port_out_pin (account_id, tn, hash, set_by, set_at)
         SELECT given.account_id, given.tn, given.hash, $4, $5
           FROM UNNEST($1::uuid[], $2::text[], $3::bytea[]) AS given (account_id, tn, hash)
         ON CONFLICT (account_id, tn) DO UPDATE
            SET hash = excluded.hash, set_by = excluded.set_by, set_at = excluded.set_at",
    )
    .bind(accounts)
    .bind(tns)
    .bind(hashes)
    .bind(by.as_str())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets or replaces transfer PINs; one that was used before is as good as new.
pub(crate) async fn put_transfer_pins(
    conn: &mut PgConnection,
    pins: &[(PinPlace, [u8; 32])],
    by: &Subject,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let (accounts, tns, hashes) = columns(pins);
    sqlx::query(
        "INSERT INTO transfer_pin (account_id, tn, hash, issued_by, issued_at, expires_at)
         SELECT given.account_id, given.tn, given.hash, $4, $5, $6
           FROM UNNEST($1::uuid[], $2::text[], $3::bytea[]) AS given (account_id, tn, hash)
         ON CONFLICT (account_id, tn) DO UPDATE
            SET hash = excluded.hash, issued_by = excluded.issued_by, issued_at = excluded.issued_at,
                expires_at = excluded.expires_at, used_spid = NULL, used_pon = NULL",
    )
    .bind(accounts)
    .bind(tns)
    .bind(hashes)
    .bind(by.as_str())
    .bind(now.to_sqlx())
    .bind(expires_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

fn columns(pins: &[(PinPlace, [u8; 32])]) -> (Vec<Uuid>, Vec<String>, Vec<&[u8]>) {
    (
        pins.iter().map(|(place, _)| place.account().as_uuid()).collect(),
        pins.iter().map(|(place, _)| place.column()).collect(),
        pins.iter().map(|(_, hash)| hash.as_slice()).collect(),
    )
}

/// Takes PINs and transfer PINs away. `columns`: the places of one account, as the tables spell them.
pub(crate) async fn clear_pins(
    conn: &mut PgConnection,
    account: AccountId,
    columns: &[String],
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH standing AS (DELETE FROM port_out_pin WHERE account_id = $1 AND tn = ANY($2))
         DELETE FROM transfer_pin WHERE account_id = $1 AND tn = ANY($2)",
    )
    .bind(account.as_uuid())
    .bind(columns)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) const FORGET: &str = "WITH standing AS (DELETE FROM port_out_pin WHERE tn = ANY($1)),
          separations AS (DELETE FROM line_separation WHERE tn = ANY($1))
     DELETE FROM transfer_pin WHERE tn = ANY($1)";

/// Forgets what protected numbers that have left us.
pub(crate) async fn forget_protection(conn: &mut PgConnection, tns: &[Tn]) -> Result<(), StoreError> {
    sqlx::query(FORGET).bind(texts(tns)).execute(conn).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct PinRow {
    account_id: Uuid,
    tn: String,
    hash: Vec<u8>,
}

impl PinRow {
    fn into_pin(self, is_transfer: bool) -> Result<StoredPin, StoreError> {
        let account = AccountId::from_uuid(self.account_id);
        let place = match self.tn.as_str() {
            "" => PinPlace::Account(account),
            text => PinPlace::Number(account, tn(text)?),
        };
        Ok(StoredPin {
            place,
            hash: self.hash,
            is_transfer,
        })
    }
}

/// The PINs of these accounts that are good now for one of these numbers, brought by this order. Transfer PINs are locked
/// until the transaction ends, so that two orders do not use one up.
pub(crate) async fn find_pins(
    conn: &mut PgConnection,
    accounts: &[AccountId],
    tns: &[Tn],
    by: BroughtBy<'_>,
    now: Timestamp,
) -> Result<Vec<StoredPin>, StoreError> {
    let accounts: Vec<Uuid> = accounts.iter().map(|account| account.as_uuid()).collect();
    let standing: Vec<PinRow> = sqlx::query_as(
        "SELECT account_id, tn, hash FROM port_out_pin
          WHERE account_id = ANY($1) AND (tn = '' OR tn = ANY($2))",
    )
    .bind(&accounts)
    .bind(texts(tns))
    .fetch_all(&mut *conn)
    .await?;
    let transfer: Vec<PinRow> = sqlx::query_as(
        "SELECT account_id, tn, hash FROM transfer_pin
          WHERE account_id = ANY($1) AND (tn = '' OR tn = ANY($2)) AND expires_at > $3
            AND (used_spid IS NULL OR (used_spid, used_pon) = ($4, $5))
          ORDER BY account_id, tn FOR UPDATE",
    )
    .bind(&accounts)
    .bind(texts(tns))
    .bind(now.to_sqlx())
    .bind(by.winning_spid.as_str())
    .bind(by.pon.as_str())
    .fetch_all(conn)
    .await?;
    let standing = standing.into_iter().map(|row| row.into_pin(false));
    let transfer = transfer.into_iter().map(|row| row.into_pin(true));
    standing.chain(transfer).collect()
}

/// Puts on record which order used transfer PINs.
pub(crate) async fn use_transfer_pins(
    conn: &mut PgConnection,
    places: &[PinPlace],
    by: BroughtBy<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE transfer_pin SET used_spid = $3, used_pon = $4
           FROM UNNEST($1::uuid[], $2::text[]) AS given (account_id, tn)
          WHERE transfer_pin.account_id = given.account_id AND transfer_pin.tn = given.tn AND used_spid IS NULL",
    )
    .bind(places.iter().map(|place| place.account().as_uuid()).collect::<Vec<_>>())
    .bind(places.iter().map(|place| place.column()).collect::<Vec<_>>())
    .bind(by.winning_spid.as_str())
    .bind(by.pon.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// The accounts that have one of these numbers and a PIN of any kind.
pub(crate) async fn accounts_with_pin(
    conn: &mut PgConnection,
    tns: &[Tn],
) -> Result<Vec<AccountId>, StoreError> {
    let accounts: Vec<Uuid> = sqlx::query_scalar(
        "SELECT DISTINCT account_id FROM inventory_number AS held
          WHERE tn = ANY($1)
            AND (EXISTS (SELECT FROM port_out_pin WHERE port_out_pin.account_id = held.account_id)
                 OR EXISTS (SELECT FROM transfer_pin WHERE transfer_pin.account_id = held.account_id))",
    )
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    Ok(accounts.into_iter().map(AccountId::from_uuid).collect())
}
