//! The subscriber records that requests are judged by, as the inventory has them.

use std::collections::HashMap;

use intake_domain::port_in::Capabilities;
use intake_domain::port_out::Standing;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Tn};
use uuid::Uuid;

const TABLE: &str = "inventory_number";

/// A number of ours, as far as a port-out hangs on it.
#[derive(Debug, Clone)]
pub(crate) struct Subscriber {
    pub(crate) tn: Tn,
    pub(crate) account: AccountId,
    pub(crate) in_service: bool,
    pub(crate) locked: bool,
    pub(crate) separated: bool,
    pub(crate) account_number: String,
    pub(crate) postal_code: String,
    pub(crate) end_user_name: String,
    /// Where the person is written to who uses the number; may be empty.
    pub(crate) email: String,
    pub(crate) capabilities: Capabilities,
}

#[derive(sqlx::FromRow)]
struct Row {
    tn: String,
    account_id: Uuid,
    in_service: bool,
    locked: bool,
    separated: bool,
    account_number: String,
    postal_code: String,
    end_user_name: String,
    agent_email: String,
    capabilities: String,
}

impl TryFrom<Row> for Subscriber {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let mut known = Capabilities::ALL.into_iter();
        let capabilities = known.find(|known| known.code() == row.capabilities);
        Ok(Self {
            tn: tn(&row.tn)?,
            account: AccountId::from_uuid(row.account_id),
            in_service: row.in_service,
            locked: row.locked,
            separated: row.separated,
            account_number: row.account_number,
            postal_code: row.postal_code,
            end_user_name: row.end_user_name,
            email: row.agent_email,
            capabilities: capabilities
                .ok_or_else(|| StoreError::corrupt(TABLE, &row.tn, &"unknown capabilities"))?,
        })
    }
}

/// Those of `tns` that are in the inventory, by number; locked until the transaction ends.
pub(crate) async fn find_for_update(
    conn: &mut PgConnection,
    tns: &[Tn],
) -> Result<Vec<Subscriber>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tn, account_id, state = 'IN_SERVICE' AS in_service, locked, account_number, postal_code,
                end_user_name, coalesce(agent_email, '') AS agent_email,
                capabilities,
                EXISTS (SELECT FROM line_separation
                         WHERE line_separation.account_id = inventory_number.account_id
                           AND line_separation.tn = inventory_number.tn) AS separated
           FROM inventory_number WHERE tn = ANY($1) ORDER BY tn FOR UPDATE OF inventory_number",
    )
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Subscriber::try_from).collect()
}

/// Those of `tns` that are the account's, by number.
pub(crate) async fn list_held(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<Vec<Tn>, StoreError> {
    let held: Vec<String> = sqlx::query_scalar(
        "SELECT tn FROM inventory_number WHERE account_id = $1 AND tn = ANY($2) ORDER BY tn",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    held.iter().map(|text| tn(text)).collect()
}

/// Those of `tns` that are the account's, by number; locked until the transaction ends.
pub(crate) async fn lock_held(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<Vec<Tn>, StoreError> {
    let held: Vec<String> = sqlx::query_scalar(
        "SELECT tn FROM inventory_number WHERE account_id = $1 AND tn = ANY($2) ORDER BY tn FOR UPDATE",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    held.iter().map(|text| tn(text)).collect()
}

/// Where those of `tns` stand that are the account's.
pub(crate) async fn standings(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
) -> Result<HashMap<Tn, Standing>, StoreError> {
    let held: Vec<(String, bool)> = sqlx::query_as(
        "SELECT tn, state = 'IN_SERVICE' FROM inventory_number WHERE account_id = $1 AND tn = ANY($2)",
    )
    .bind(account.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    let standing = |(text, in_service): &(String, bool)| {
        let standing = if *in_service {
            Standing::InService
        } else {
            Standing::Incoming
        };
        Ok((tn(text)?, standing))
    };
    held.iter().map(standing).collect()
}

/// Takes lines that had been separated from whatever account out of the inventory. Returns those that were there.
pub(crate) async fn remove_separated(conn: &mut PgConnection, tns: &[Tn]) -> Result<Vec<Tn>, StoreError> {
    let removed: Vec<String> = sqlx::query_scalar(
        "DELETE FROM inventory_number USING line_separation
          WHERE line_separation.account_id = inventory_number.account_id
            AND line_separation.tn = inventory_number.tn
            AND inventory_number.tn = ANY($1) AND state = 'IN_SERVICE'
         RETURNING inventory_number.tn",
    )
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    removed.iter().map(|text| tn(text)).collect()
}

pub(super) fn texts(tns: &[Tn]) -> Vec<String> {
    tns.iter().map(Tn::to_string).collect()
}

pub(super) fn tn(text: &str) -> Result<Tn, StoreError> {
    text.parse()
        .map_err(|error| StoreError::corrupt(TABLE, &text, &error))
}
