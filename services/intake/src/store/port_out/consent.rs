//! Questions to end users, and what they answered.

use intake_domain::port_out::{Consent, ConsentAnswer, ConsentReply};
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConsentId, PortOutId};
use uuid::Uuid;

use super::subscribers::{texts, tn};

type Time = jiff_sqlx::Timestamp;

/// Questions, as [`Row`] wants them; what follows says which.
macro_rules! select_consents {
    ($which:literal) => {
        concat!(
            "SELECT consent_id, port_out_id, tns, email, asked_at, expires_at, answers, answered_at, remote_address,
                    user_agent
               FROM port_out_consent ",
            $which
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    consent_id: Uuid,
    port_out_id: Uuid,
    tns: Vec<String>,
    email: String,
    asked_at: Time,
    expires_at: Time,
    answers: Option<Vec<String>>,
    answered_at: Option<Time>,
    remote_address: Option<String>,
    user_agent: Option<String>,
}

impl Row {
    /// What was answered; `None`: nothing yet.
    fn reply(&self) -> Result<Option<ConsentReply>, StoreError> {
        let why = &"the answer's columns do not fit";
        let corrupt = || StoreError::corrupt("port_out_consent", &self.consent_id, why);
        let parts = (
            &self.answers,
            self.answered_at,
            &self.remote_address,
            &self.user_agent,
        );
        match parts {
            (None, None, None, None) => Ok(None),
            (Some(answers), Some(at), Some(address), Some(user_agent)) if answers.len() == self.tns.len() => {
                let answers = answers.iter().map(|code| ConsentAnswer::from_code(code));
                Ok(Some(ConsentReply {
                    answers: answers.collect::<Option<_>>().ok_or_else(corrupt)?,
                    at: at.to_jiff(),
                    remote_address: address.parse().map_err(|_| corrupt())?,
                    user_agent: user_agent.clone(),
                }))
            }
            (Some(_) | None, Some(_) | None, Some(_) | None, Some(_) | None) => Err(corrupt()),
        }
    }
}

impl TryFrom<Row> for Consent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ConsentId::from_uuid(row.consent_id),
            port_out: PortOutId::from_uuid(row.port_out_id),
            reply: row.reply()?,
            tns: row.tns.iter().map(|text| tn(text)).collect::<Result<_, _>>()?,
            email: row.email,
            asked_at: row.asked_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
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
    let rows: Vec<Row> = sqlx::query_as(select_consents!(
        "WHERE port_out_id = ANY($1) ORDER BY consent_id"
    ))
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
    let row: Option<Row> = sqlx::query_as(select_consents!("WHERE consent_id = $1"))
        .bind(id.as_uuid())
        .fetch_optional(conn)
        .await?;
    row.map(Consent::try_from).transpose()
}

/// Records what an end user said. False: something was said before.
pub(crate) async fn answer_consent(
    conn: &mut PgConnection,
    id: ConsentId,
    reply: &ConsentReply,
) -> Result<bool, StoreError> {
    let answers: Vec<&str> = reply.answers.iter().map(|answer| answer.code()).collect();
    let updated = sqlx::query(
        "UPDATE port_out_consent SET answers = $2, answered_at = $3, remote_address = $4, user_agent = $5
          WHERE consent_id = $1 AND answers IS NULL",
    )
    .bind(id.as_uuid())
    .bind(answers)
    .bind(reply.at.to_sqlx())
    .bind(reply.remote_address.to_string())
    .bind(&reply.user_agent)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(updated == 1)
}
