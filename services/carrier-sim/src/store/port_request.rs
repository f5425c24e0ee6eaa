//! Port requests and their versions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Pon, Tn, Ver};

use super::{parsed_tns, tn_texts};
use crate::port_request::{CarrierReference, PortRequest, PortVersion, VersionKind};

#[derive(sqlx::FromRow)]
struct RequestRow {
    reference_number: i64,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    ver: i32,
    kind: String,
    tns: Vec<String>,
}

/// Makes the request unless it is known, and locks it: calls about one PON are taken one after the other.
pub(crate) async fn open(conn: &mut PgConnection, pon: &Pon) -> Result<PortRequest, StoreError> {
    sqlx::query("INSERT INTO port_request (pon) VALUES ($1) ON CONFLICT (pon) DO NOTHING")
        .bind(pon.as_str())
        .execute(&mut *conn)
        .await?;
    find_for_update(conn, pon)
        .await?
        .ok_or_else(|| StoreError::corrupt("port_request", pon, &"it was made and is not there"))
}

/// The request, locked.
pub(crate) async fn find_for_update(
    conn: &mut PgConnection,
    pon: &Pon,
) -> Result<Option<PortRequest>, StoreError> {
    let row: Option<RequestRow> =
        sqlx::query_as("SELECT reference_number FROM port_request WHERE pon = $1 FOR UPDATE")
            .bind(pon.as_str())
            .fetch_optional(&mut *conn)
            .await?;
    let Some(row) = row else { return Ok(None) };
    // A version has two digits, so there are at most 99.
    let versions: Vec<VersionRow> =
        sqlx::query_as("SELECT ver, kind, tns FROM port_version WHERE pon = $1 ORDER BY ver DESC")
            .bind(pon.as_str())
            .fetch_all(conn)
            .await?;
    let versions = versions.into_iter().map(|version| version.read(pon));
    Ok(Some(PortRequest {
        reference: CarrierReference(row.reference_number),
        versions: versions.collect::<Result<_, _>>()?,
    }))
}

/// Whether a version of the request was ever taken in.
pub(crate) async fn is_known(conn: &mut PgConnection, pon: &Pon) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM port_version WHERE pon = $1)")
            .bind(pon.as_str())
            .fetch_one(conn)
            .await?,
    )
}

/// Writes a version of a request that the caller has locked.
pub(crate) async fn add_version(
    conn: &mut PgConnection,
    pon: &Pon,
    version: &PortVersion,
    received_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO port_version (pon, ver, kind, tns, received_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(pon.as_str())
        .bind(i32::from(version.ver))
        .bind(kind_text(version.kind))
        .bind(tn_texts(&version.tns))
        .bind(received_at.to_sqlx())
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that the cut-over of these numbers of a version was asked for. Returns those of which it was not before.
pub(crate) async fn add_activations(
    conn: &mut PgConnection,
    pon: &Pon,
    ver: Ver,
    tns: &[Tn],
) -> Result<BTreeSet<Tn>, StoreError> {
    let added: Vec<String> = sqlx::query_scalar(
        "INSERT INTO activation (pon, ver, tn) SELECT $1, $2, tn FROM unnest($3::text[]) AS tn
         ON CONFLICT DO NOTHING RETURNING tn",
    )
    .bind(pon.as_str())
    .bind(i32::from(ver))
    .bind(tn_texts(tns))
    .fetch_all(conn)
    .await?;
    Ok(parsed_tns("activation", pon, &added)?.into_iter().collect())
}

/// Notes something that was asked about a request under an id of its own. False: it was asked before.
pub(crate) async fn add_ask(
    conn: &mut PgConnection,
    pon: &Pon,
    request_id: &str,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query("INSERT INTO ask (request_id, pon) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(request_id)
        .bind(pon.as_str())
        .execute(conn)
        .await?;
    Ok(inserted.rows_affected() == 1)
}

impl VersionRow {
    fn read(self, pon: &Pon) -> Result<PortVersion, StoreError> {
        let kind = match self.kind.as_str() {
            "SUBMIT" => VersionKind::Submit,
            "CANCEL" => VersionKind::Cancel,
            other => return Err(StoreError::corrupt("port_version", pon, &other)),
        };
        Ok(PortVersion {
            ver: read_ver("port_version", pon, self.ver)?,
            kind,
            tns: parsed_tns("port_version", pon, &self.tns)?,
        })
    }
}

const fn kind_text(kind: VersionKind) -> &'static str {
    match kind {
        VersionKind::Submit => "SUBMIT",
        VersionKind::Cancel => "CANCEL",
    }
}

/// Reads a version number.
pub(super) fn read_ver(
    table: &'static str,
    id: &dyn std::fmt::Display,
    number: i32,
) -> Result<Ver, StoreError> {
    Ver::try_from(number).map_err(|error| StoreError::corrupt(table, id, &error))
}
