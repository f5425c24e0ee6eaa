//! Winning carriers' requests, their secrets sealed.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Pon, Secret, Spid, Ver};
use vault::{Context, Sealed, Vault, VaultError};

use super::port_request::read_ver;
use super::{parsed, parsed_tns, tn_texts};
use crate::port_out::{PortOut, PortOutKey, WinnerPlays};

/// What is needed of a request to act on it.
#[derive(Debug, Clone)]
pub(crate) struct PortOutTerms {
    /// Its row.
    pub(crate) port_out_id: i64,
    /// Its version.
    pub(crate) ver: Ver,
    /// The cut-over instant asked for.
    pub(crate) requested_foc_at: Option<Timestamp>,
    /// Whether it is to be reported ported once it is authorized and its instant has come.
    pub(crate) complete_at_foc: bool,
    /// Whether every conflict over it is refused.
    pub(crate) refuse_conflicts: bool,
}

#[derive(sqlx::FromRow)]
struct TermsRow {
    port_out_id: i64,
    ver: i32,
    requested_foc_at: Option<jiff_sqlx::Timestamp>,
    complete_at_foc: bool,
    refuse_conflicts: bool,
}

#[derive(sqlx::FromRow)]
struct PortOutRow {
    port_out_id: i64,
    winning_spid: String,
    pon: String,
    ver: i32,
    winning_name: String,
    tns: Vec<String>,
    account_number: Option<Vec<u8>>,
    postal_code: String,
    pin: Option<Vec<u8>>,
    end_user_name: String,
    requested_foc_at: Option<jiff_sqlx::Timestamp>,
    wireless: bool,
    simple: bool,
    received_at: jiff_sqlx::Timestamp,
}

/// Where each secret belongs. The key never changes and is known before the row has a number.
fn account_number_place(key: &PortOutKey) -> Context {
    Context::new("sim.port_out.account_number", row_of(key))
}

fn pin_place(key: &PortOutKey) -> Context {
    Context::new("sim.port_out.pin", row_of(key))
}

fn row_of(key: &PortOutKey) -> String {
    format!("{}/{}/{}", key.winning_spid, key.pon, key.ver)
}

/// Writes a request; `None` when it is known already.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    vault: &Vault,
    port_out: &PortOut,
    plays: WinnerPlays,
) -> Result<Option<i64>, StoreError> {
    let key = &port_out.key;
    let seal = |secret: Option<&Secret>, place: Context| {
        let sealed = secret.map(|secret| vault.seal(secret, &place)).transpose();
        sealed
            .map(|sealed| sealed.map(Vec::from))
            .map_err(|error: VaultError| StoreError::corrupt("port_out", &row_of(key), &error))
    };
    let port_out_id = sqlx::query_scalar(
        "INSERT INTO port_out (winning_spid, pon, ver, winning_name, tns, account_number, postal_code, pin,
             end_user_name, requested_foc_at, wireless, simple, received_at, complete_at_foc,
             refuse_conflicts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT ON CONSTRAINT port_out_natural_key DO NOTHING RETURNING port_out_id",
    )
    .bind(key.winning_spid.as_str())
    .bind(key.pon.as_str())
    .bind(i32::from(key.ver))
    .bind(&port_out.winning_name)
    .bind(tn_texts(&port_out.tns))
    .bind(seal(port_out.account_number.as_ref(), account_number_place(key))?)
    .bind(&port_out.postal_code)
    .bind(seal(port_out.pin.as_ref(), pin_place(key))?)
    .bind(&port_out.end_user_name)
    .bind(port_out.requested_foc_at.map(ToSqlx::to_sqlx))
    .bind(port_out.wireless)
    .bind(port_out.simple)
    .bind(port_out.received_at.to_sqlx())
    .bind(plays.completes_at_foc)
    .bind(plays.refuses_conflicts)
    .fetch_optional(conn)
    .await?;
    Ok(port_out_id)
}

/// All versions of a request, locked: what is done about one request is done one after the other.
pub(crate) async fn lock_versions(
    conn: &mut PgConnection,
    winning_spid: &Spid,
    pon: &Pon,
) -> Result<Vec<PortOutTerms>, StoreError> {
    let rows: Vec<TermsRow> = sqlx::query_as(
        "SELECT port_out_id, ver, requested_foc_at, complete_at_foc, refuse_conflicts FROM port_out
          WHERE winning_spid = $1 AND pon = $2 ORDER BY ver FOR UPDATE",
    )
    .bind(winning_spid.as_str())
    .bind(pon.as_str())
    .fetch_all(conn)
    .await?;
    let terms = rows.into_iter().map(|row| {
        Ok(PortOutTerms {
            ver: read_ver("port_out", &row.port_out_id, row.ver)?,
            port_out_id: row.port_out_id,
            requested_foc_at: row.requested_foc_at.map(jiff_sqlx::Timestamp::to_jiff),
            complete_at_foc: row.complete_at_foc,
            refuse_conflicts: row.refuse_conflicts,
        })
    });
    terms.collect()
}

/// These requests with their rows, secrets opened, in no order.
pub(crate) async fn list_by_id(
    conn: &mut PgConnection,
    vault: &Vault,
    ids: &[i64],
) -> Result<Vec<(i64, PortOut)>, StoreError> {
    let rows: Vec<PortOutRow> = sqlx::query_as(
        "SELECT port_out_id, winning_spid, pon, ver, winning_name, tns, account_number, postal_code, pin,
                end_user_name, requested_foc_at, wireless, simple, received_at
           FROM port_out WHERE port_out_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.read(vault)).collect()
}

impl PortOutRow {
    fn read(self, vault: &Vault) -> Result<(i64, PortOut), StoreError> {
        const TABLE: &str = "port_out";
        let id = self.port_out_id;
        let key = PortOutKey {
            winning_spid: parsed(TABLE, &id, &self.winning_spid)?,
            pon: parsed(TABLE, &id, &self.pon)?,
            ver: read_ver(TABLE, &id, self.ver)?,
        };
        let open = |sealed: Option<Vec<u8>>, place: Context| {
            let Some(bytes) = sealed else { return Ok(None) };
            let sealed = Sealed::try_from(bytes).map_err(|error| StoreError::corrupt(TABLE, &id, &error))?;
            let secret = vault.open(&sealed, &place);
            secret
                .map(Some)
                .map_err(|error| StoreError::corrupt(TABLE, &id, &error))
        };
        let port_out = PortOut {
            winning_name: self.winning_name,
            tns: parsed_tns(TABLE, &id, &self.tns)?,
            account_number: open(self.account_number, account_number_place(&key))?,
            postal_code: self.postal_code,
            pin: open(self.pin, pin_place(&key))?,
            end_user_name: self.end_user_name,
            requested_foc_at: self.requested_foc_at.map(jiff_sqlx::Timestamp::to_jiff),
            wireless: self.wireless,
            simple: self.simple,
            received_at: self.received_at.to_jiff(),
            key,
        };
        Ok((id, port_out))
    }
}
