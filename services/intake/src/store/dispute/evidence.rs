//! What is on record about a disputed port, as JSON. Every column is named: none holds a PIN, an account number or a tax
//! id, sealed or not.

use intake_domain::dispute::{About, Dispute};
use pg::StoreError;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::store::inventory::text_of;

/// Lines of one part of the evidence at most; the newest are left out, which a manifest says.
pub(crate) const LINES_MAX: i64 = 10_000;

/// A letter of authorization that was uploaded, or signed by a link.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LetterFile {
    pub(crate) document_id: Uuid,
    pub(crate) size_bytes: i64,
    pub(crate) sha256: Vec<u8>,
}

/// The request: what was ordered, or what the winning carrier asked for, number by number.
pub(crate) async fn request(conn: &mut PgConnection, about: About) -> Result<Value, StoreError> {
    let (sql, id) = match about {
        About::PortIn { order, .. } => (ORDER, order.as_uuid()),
        About::PortOut { port_out, .. } => (PORT_OUT, port_out.as_uuid()),
    };
    let Json(value): Json<Value> = sqlx::query_scalar(sql).bind(id).fetch_one(conn).await?;
    Ok(value)
}

const ORDER: &str = "SELECT jsonb_build_object(
        'request_number', 'PI_' || request_number, 'order_id', order_id, 'state', state, 'ver', ver,
        'created_at', created_at, 'submitted_at', submitted_at, 'losing_carrier', losing_carrier,
        'losing_carrier_name', losing_carrier_name, 'btn', btn, 'subscriber_kind', subscriber_kind,
        'first_name', first_name, 'last_name', last_name, 'company_name', company_name, 'authorized_by', authorized_by,
        'service_address', jsonb_build_object('street', street, 'unit', unit, 'city', city, 'state', state_code,
                                              'postal_code', postal_code),
        'wanted_date', wanted_date, 'partial', is_partial, 'customer_reference', customer_reference,
        'numbers', (SELECT jsonb_agg(jsonb_build_object('tn', tn, 'state', port_number.state) ORDER BY tn)
                      FROM port_number WHERE port_number.order_id = port_order.order_id))
   FROM port_order WHERE order_id = $1";

const PORT_OUT: &str = "SELECT jsonb_build_object(
        'request_number', 'PO_' || request_number, 'port_out_id', port_out_id, 'state', state,
        'winning_spid', winning_spid, 'winning_name', winning_name, 'pon', pon, 'ver', ver, 'wireless', wireless,
        'simple', simple, 'end_user_name', end_user_name, 'postal_code', postal_code,
        'requested_foc_at', requested_foc_at, 'foc_at', foc_at, 'received_at', port_out.received_at,
        'decided_by', coalesce(decision_subject, decision_kind), 'decided_at', decided_at, 'ended_at', ended_at,
        'policy_version', policy_version, 'policy_outcome', policy_outcome,
        'numbers', (SELECT jsonb_agg(jsonb_build_object(
                               'tn', tn, 'denial', denial, 'account_number', account_number_match,
                               'postal_code', postal_code_match, 'pin', pin_match, 'name', name_match) ORDER BY place)
                      FROM port_out_number
                     WHERE port_out_number.port_out_id = port_out.port_out_id AND NOT separated))
   FROM port_out JOIN carrier_request USING (winning_spid, pon, ver) WHERE port_out_id = $1";

/// Who allowed the port: the signatures under letters, or what end users answered.
pub(crate) async fn consents(conn: &mut PgConnection, about: About) -> Result<Value, StoreError> {
    let (sql, id) = match about {
        About::PortIn { order, .. } => (
            "SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'signing_id', signing_id, 'letter_id', letter_id, 'letter_sha256', encode(letter.sha256, 'hex'),
                        'signer_name', signer_name, 'requested_at', requested_at, 'signed_as', signed_as,
                        'signed_at', signed_at, 'remote_address', remote_address, 'user_agent', user_agent,
                        'revoked_at', revoked_at, 'document_id', document_id) ORDER BY requested_at, signing_id), '[]')
               FROM signing JOIN letter USING (letter_id)
              WHERE signing.order_id IN (SELECT unnest(ARRAY[order_id, parent_order_id]) FROM port_order
                                          WHERE order_id = $1)",
            order.as_uuid(),
        ),
        About::PortOut { port_out, .. } => (
            "SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'consent_id', consent_id, 'tns', tns,
                        'asked_by', CASE WHEN texted_tn IS NULL THEN 'EMAIL' ELSE 'SMS' END, 'asked_at', asked_at,
                        'expires_at', expires_at, 'answers', answers, 'answered_at', answered_at,
                        'remote_address', remote_address, 'user_agent', user_agent, 'text_id', text_id)
                        ORDER BY consent_id), '[]')
               FROM port_out_consent WHERE port_out_id = $1",
            port_out.as_uuid(),
        ),
    };
    let Json(value): Json<Value> = sqlx::query_scalar(sql).bind(id).fetch_one(conn).await?;
    Ok(value)
}

/// The letters of authorization of an order and of its parent, newest first, as JSON and as what is needed to read them.
/// A port-out has none with us.
pub(crate) async fn letters(
    conn: &mut PgConnection,
    about: About,
) -> Result<(Value, Vec<LetterFile>), StoreError> {
    let About::PortIn { order, .. } = about else {
        return Ok((Value::Array(Vec::new()), Vec::new()));
    };
    let Json(value): Json<Value> = sqlx::query_scalar(
        "SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'document_id', document_id, 'kind', kind, 'dated', dated, 'tns', tns, 'uploaded_at', uploaded_at,
                    'size_bytes', size_bytes, 'sha256', encode(sha256, 'hex')) ORDER BY uploaded_at, document_id), '[]')
           FROM document
          WHERE order_id IN (SELECT unnest(ARRAY[order_id, parent_order_id]) FROM port_order WHERE order_id = $1)",
    )
    .bind(order.as_uuid())
    .fetch_one(&mut *conn)
    .await?;
    let files = sqlx::query_as(
        "SELECT document_id, size_bytes, sha256 FROM document
          WHERE kind = 'LOA'
            AND order_id IN (SELECT unnest(ARRAY[order_id, parent_order_id]) FROM port_order WHERE order_id = $1)
          ORDER BY uploaded_at DESC, document_id DESC LIMIT 200",
    )
    .bind(order.as_uuid())
    .fetch_all(conn)
    .await?;
    Ok((value, files))
}

/// Which PINs were tried for the dispute's numbers, as right, wrong or missing.
pub(crate) async fn pin_attempts(conn: &mut PgConnection, dispute: &Dispute) -> Result<Value, StoreError> {
    let Json(value): Json<Value> = sqlx::query_scalar(
        "SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'tn', tn, 'result', result, 'at', at, 'winning_spid', winning_spid, 'pon', pon, 'ver', ver)
                    ORDER BY seq), '[]')
           FROM (SELECT * FROM pin_attempt WHERE account_id = $1 AND tn = ANY($2) ORDER BY seq LIMIT $3) AS tried",
    )
    .bind(dispute.account.as_uuid())
    .bind(text_of(&dispute.tns()))
    .bind(LINES_MAX)
    .fetch_one(conn)
    .await?;
    Ok(value)
}

/// Who locked the dispute's numbers and who lifted the locks.
pub(crate) async fn locks(conn: &mut PgConnection, dispute: &Dispute) -> Result<Value, StoreError> {
    let Json(value): Json<Value> = sqlx::query_scalar(
        "SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'tn', tn, 'locked', locked, 'by', changed_by, 'at', changed_at) ORDER BY seq), '[]')
           FROM (SELECT * FROM number_lock_change WHERE account_id = $1 AND tn = ANY($2) ORDER BY seq LIMIT $3) AS changed",
    )
    .bind(dispute.account.as_uuid())
    .bind(text_of(&dispute.tns()))
    .bind(LINES_MAX)
    .fetch_one(conn)
    .await?;
    Ok(value)
}

/// What happened to the port, oldest first.
pub(crate) async fn timeline(conn: &mut PgConnection, about: About) -> Result<Value, StoreError> {
    let (sql, id) = match about {
        About::PortIn { order, .. } => (
            "SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'at', at, 'actor', actor, 'action', action, 'from', from_state, 'to', to_state, 'ver', ver)
                        ORDER BY seq), '[]')
               FROM (SELECT * FROM order_timeline WHERE order_id = $1 ORDER BY seq LIMIT $2) AS happened",
            order.as_uuid(),
        ),
        About::PortOut { port_out, .. } => (
            "SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'at', at, 'actor', actor, 'what', what, 'detail', detail) ORDER BY seq), '[]')
               FROM (SELECT * FROM port_out_history WHERE port_out_id = $1 ORDER BY seq LIMIT $2) AS happened",
            port_out.as_uuid(),
        ),
    };
    let Json(value): Json<Value> = sqlx::query_scalar(sql)
        .bind(id)
        .bind(LINES_MAX)
        .fetch_one(conn)
        .await?;
    Ok(value)
}
