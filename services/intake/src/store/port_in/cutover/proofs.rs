//! Tests of capabilities, and the latest of each.

use intake_domain::port_in::cutover::{Capability, Proof, Tested};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{OrderId, Tn};

use super::texts;

/// How the latest test of one capability of one number went.
#[derive(Debug, Clone)]
pub(crate) struct CapabilityProof {
    pub(crate) tn: Tn,
    pub(crate) capability: Capability,
    pub(crate) state: Proof,
    pub(crate) test_id: String,
    pub(crate) detail: String,
    pub(crate) tested_at: Option<Timestamp>,
}

/// Expects tests of what these ported numbers are to do.
pub(crate) async fn expect(conn: &mut PgConnection, order: OrderId, tns: &[Tn]) -> Result<(), StoreError> {
    for capability in Capability::ALL {
        sqlx::query(
            "INSERT INTO capability_proof (order_id, tn, capability, state)
             SELECT order_id, tn, $3, 'WAITING' FROM port_number
              WHERE order_id = $1 AND tn = ANY($2)
                AND CASE WHEN caller_name IS NOT NULL
                         THEN CASE WHEN capabilities = 'VOICE_AND_SMS' THEN $4 ELSE $5 END
                         ELSE CASE WHEN capabilities = 'VOICE_AND_SMS' THEN $6 ELSE $7 END END
             ON CONFLICT (order_id, tn, capability) DO NOTHING",
        )
        .bind(order.as_uuid())
        .bind(texts(tns))
        .bind(capability.code())
        .bind(capability.is_wanted(true, true))
        .bind(capability.is_wanted(true, false))
        .bind(capability.is_wanted(false, true))
        .bind(capability.is_wanted(false, false))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Keeps a result. False: it is known already.
pub(crate) async fn insert_test(
    conn: &mut PgConnection,
    order: OrderId,
    tested: &Tested,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO capability_test (order_id, test_id, tn, capability, passed, detail, tested_at, heard_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (order_id, test_id) DO NOTHING",
    )
    .bind(order.as_uuid())
    .bind(&tested.test_id)
    .bind(tested.tn.to_string())
    .bind(tested.capability.code())
    .bind(tested.passed)
    .bind(&tested.detail)
    .bind(tested.tested_at.to_sqlx())
    .bind(now.to_sqlx())
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Makes a result the latest of its kind, unless there is a later one or the number is not ours by the order: it is still to
/// come, went back, or never came. Then false.
pub(crate) async fn take_latest(
    conn: &mut PgConnection,
    order: OrderId,
    tested: &Tested,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO capability_proof AS known (order_id, tn, capability, state, test_id, detail, tested_at)
         SELECT order_id, tn, $3, $4, $5, $6, $7 FROM port_number
          WHERE order_id = $1 AND tn = $2 AND state = 'PORTED'
         ON CONFLICT (order_id, tn, capability) DO UPDATE
            SET state = excluded.state, test_id = excluded.test_id, detail = excluded.detail,
                tested_at = excluded.tested_at
          WHERE known.tested_at IS NULL OR known.tested_at <= excluded.tested_at",
    )
    .bind(order.as_uuid())
    .bind(tested.tn.to_string())
    .bind(tested.capability.code())
    .bind(
        if tested.passed {
            Proof::Passed
        } else {
            Proof::Failed
        }
        .code(),
    )
    .bind(&tested.test_id)
    .bind(&tested.detail)
    .bind(tested.tested_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The results that were heard before these numbers were ours, the latest of each kind.
pub(crate) async fn list_early(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<Vec<Tested>, StoreError> {
    type Row = (String, String, String, bool, String, jiff_sqlx::Timestamp);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT DISTINCT ON (tn, capability) test_id, tn, capability, passed, detail, tested_at
           FROM capability_test WHERE order_id = $1 AND tn = ANY($2)
          ORDER BY tn, capability, tested_at DESC, heard_at DESC",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("capability_test", &order, why);
    rows.into_iter()
        .map(|(test_id, tn, capability, passed, detail, tested_at)| {
            let known = Capability::ALL
                .into_iter()
                .find(|known| known.code() == capability);
            Ok(Tested {
                test_id,
                tn: tn.parse().map_err(|error| corrupt(&error))?,
                capability: known.ok_or_else(|| corrupt(&"unknown capability"))?,
                passed,
                detail,
                tested_at: tested_at.to_jiff(),
            })
        })
        .collect()
}

/// How all tests of the order stand together; none: nothing is to be tested. Numbers that were given back are not counted.
pub(crate) async fn sum_up(conn: &mut PgConnection, order: OrderId) -> Result<Option<Proof>, StoreError> {
    let (has_failed, has_waiting, has_any): (bool, bool, bool) = sqlx::query_as(
        "SELECT EXISTS (SELECT FROM capability_proof WHERE order_id = $1 AND state = 'FAILED'),
                EXISTS (SELECT FROM capability_proof WHERE order_id = $1 AND state = 'WAITING'),
                EXISTS (SELECT FROM capability_proof WHERE order_id = $1)",
    )
    .bind(order.as_uuid())
    .fetch_one(conn)
    .await?;
    Ok(match (has_failed, has_waiting) {
        (true, _) => Some(Proof::Failed),
        (false, true) => Some(Proof::Waiting),
        (false, false) => has_any.then_some(Proof::Passed),
    })
}

/// Forgets what was expected of numbers that were given back; the tests themselves stay on record.
pub(crate) async fn forget(conn: &mut PgConnection, order: OrderId, tns: &[Tn]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM capability_proof WHERE order_id = $1 AND tn = ANY($2)")
        .bind(order.as_uuid())
        .bind(texts(tns))
        .execute(conn)
        .await?;
    Ok(())
}

/// The proofs of some numbers of an order.
pub(crate) async fn list(
    conn: &mut PgConnection,
    order: OrderId,
    tns: &[Tn],
) -> Result<Vec<CapabilityProof>, StoreError> {
    type Row = (
        String,
        String,
        String,
        Option<String>,
        String,
        Option<jiff_sqlx::Timestamp>,
    );
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tn, capability, state, test_id, detail, tested_at FROM capability_proof
          WHERE order_id = $1 AND tn = ANY($2) ORDER BY tn",
    )
    .bind(order.as_uuid())
    .bind(texts(tns))
    .fetch_all(conn)
    .await?;
    let corrupt = |why: &dyn std::fmt::Display| StoreError::corrupt("capability_proof", &order, why);
    rows.into_iter()
        .map(|(tn, capability, state, test_id, detail, tested_at)| {
            let known = Capability::ALL
                .into_iter()
                .find(|known| known.code() == capability);
            let state = Proof::ALL.into_iter().find(|known| known.code() == state);
            Ok(CapabilityProof {
                tn: tn.parse().map_err(|error| corrupt(&error))?,
                capability: known.ok_or_else(|| corrupt(&"unknown capability"))?,
                state: state.ok_or_else(|| corrupt(&"unknown state"))?,
                test_id: test_id.unwrap_or_default(),
                detail,
                tested_at: tested_at.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .collect()
}
