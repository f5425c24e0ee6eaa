//! Questions to end users, and what they answered.

use std::net::IpAddr;

use intake_domain::port_out::{Consent, ConsentAnswer};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConsentId, PortOutId};
use uuid::Uuid;

use super::subscribers::{texts, tn};

type Time = jiff_sqlx::Timestamp;

/// An answer, and who gives it as far as the connection tells.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) answer: ConsentAnswer,
    pub(crate) remote_address: IpAddr,
    pub(crate) user_agent: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    consent_id: Uuid,
    port_out_id: Uuid,
    tns: Vec<String>,
    email: String,
    asked_at: Time,
    expires_at: Time,
    answer: Option<String>,
    answered_at: Option<Time>,
}

impl TryFrom<Row> for Consent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let answer = row.answer.as_deref().map(ConsentAnswer::from_code);
        let answer = match (answer, row.answered_at) {
            (None, None) => None,
            (Some(Some(answer)), Some(at)) => Some((answer, at.to_jiff())),
            (Some(_), _) | (None, Some(_)) => {
                let why = &"the answer's columns do not fit";
                return Err(StoreError::corrupt("port_out_consent", &row.consent_id, why));
            }
        };
        Ok(Self {
            id: ConsentId::from_uuid(row.consent_id),
            port_out: PortOutId::from_uuid(row.port_out_id),
            tns: row.tns.iter().map(|text| tn(text)).collect::<Result<_, _>>()?,
            email: row.email,
            asked_at: row.asked_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            answer,
        })
    }
}

/// Adds a question.
pub(crate) async fn insert_consent(conn: &mut PgConnection, consent: &Consent) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO port_out_consent (consent_id, port_out_id, tns, email, asked_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(consent.id.as_uuid())
    .bind(consent.port_out.as_uuid())
    .bind(texts(&consent.tns))
    .bind(&consent.email)
    .bind(consent.asked_at.to_sqlx())
    .bind(consent.expires_at.to_sqlx())
    .execute(conn)
    .await?;
    Ok(())
}

/// The questions about these cases, oldest first.
pub(crate) async fn consents_of(
    conn: &mut PgConnection,
    cases: &[PortOutId],
) -> Result<Vec<Consent>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT consent_id, port_out_id, tns, email, asked_at, expires_at, answer, answered_at
           FROM port_out_consent WHERE port_out_id = ANY($1) ORDER BY consent_id",
    )
    .bind(cases.iter().map(|case| case.as_uuid()).collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// One question.
pub(crate) async fn find_consent(
    conn: &mut PgConnection,
    id: ConsentId,
) -> Result<Option<Consent>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT consent_id, port_out_id, tns, email, asked_at, expires_at, answer, answered_at
           FROM port_out_consent WHERE consent_id = $1",
    )
    .bind(id.as_uuid())
    .fetch_optional(conn)
    .await?;
    row.map(Consent::try_from).transpose()
}

/// Records an answer. False: there is one.
pub(crate) async fn answer_consent(
    conn: &mut PgConnection,
    id: ConsentId,
    answered: &Answered,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE port_out_consent SET answer = $2, answered_at = $3, remote_address = $4, user_agent = $5
          WHERE consent_id = $1 AND answer IS NULL",
    )
    .bind(id.as_uuid())
    .bind(answered.answer.code())
    .bind(now.to_sqlx())
    .bind(answered.remote_address.to_string())
    .bind(&answered.user_agent)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(updated == 1)
}
