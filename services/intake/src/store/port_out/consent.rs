//! Questions to end users, and what they answered.

use intake_domain::port_out::{Asked, Consent, ConsentAnswer, ConsentReply, ReplyProof, RequestKey};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use pg::StoreError;
use sqlx::PgConnection;
use types::{ConsentId, PortOutId, Tn};
use uuid::Uuid;

use super::row::KeyRow;
use super::subscribers::{texts, tn};

type Time = jiff_sqlx::Timestamp;

/// Questions, as [`Row`] wants them; what follows says which.
macro_rules! select_consents {
    ($which:literal) => {
        concat!(
            "SELECT consent_id, port_out_id, tns, email, texted_tn, asked_at, expires_at, answers, answered_at,
                    remote_address, user_agent, text_id
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
    email: Option<String>,
    texted_tn: Option<String>,
    asked_at: Time,
    expires_at: Time,
    answers: Option<Vec<String>>,
    answered_at: Option<Time>,
    remote_address: Option<String>,
    user_agent: Option<String>,
    text_id: Option<String>,
}

impl Row {
    fn corrupt(&self, why: &'static str) -> StoreError {
        StoreError::corrupt("port_out_consent", &self.consent_id, &why)
    }

    /// Who is asked, and about which numbers.
    fn asked(&self) -> Result<Asked, StoreError> {
        match (&self.email, &self.texted_tn) {
            (Some(email), None) => Ok(Asked::ByEmail {
                email: email.clone(),
                tns: self.tns.iter().map(|text| tn(text)).collect::<Result<_, _>>()?,
            }),
            (None, Some(texted)) if self.tns == [texted.as_str()] => Ok(Asked::BySms { tn: tn(texted)? }),
            (Some(_) | None, Some(_) | None) => Err(self.corrupt("nobody, or two, are asked")),
        }
    }

    /// What was answered; `None`: nothing yet.
    fn reply(&self) -> Result<Option<ConsentReply>, StoreError> {
        let corrupt = || self.corrupt("the answer's columns do not fit");
        let Some(proof) = self.proof()? else {
            let is_open = self.answers.is_none() && self.answered_at.is_none();
            return is_open.then_some(None).ok_or_else(corrupt);
        };
        match (&self.answers, self.answered_at) {
            (Some(answers), Some(at)) if answers.len() == self.tns.len() => {
                let answers = answers.iter().map(|code| ConsentAnswer::from_code(code));
                Ok(Some(ConsentReply {
                    answers: answers.collect::<Option<_>>().ok_or_else(corrupt)?,
                    at: at.to_jiff(),
                    proof,
                }))
            }
            (Some(_) | None, Some(_) | None) => Err(corrupt()),
        }
    }

    /// By which way the answer came; `None`: there is none.
    fn proof(&self) -> Result<Option<ReplyProof>, StoreError> {
        let corrupt = || self.corrupt("the proof's columns do not fit");
        match (&self.remote_address, &self.user_agent, &self.text_id) {
            (None, None, None) => Ok(None),
            (Some(address), Some(user_agent), None) => Ok(Some(ReplyProof::Page {
                remote_address: address.parse().map_err(|_| corrupt())?,
                user_agent: user_agent.clone(),
            })),
            (None, None, Some(text)) => Ok(Some(ReplyProof::Text {
                message: text.parse().map_err(|_| corrupt())?,
            })),
            (Some(_) | None, Some(_) | None, Some(_) | None) => Err(corrupt()),
        }
    }
}

impl TryFrom<Row> for Consent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ConsentId::from_uuid(row.consent_id),
            port_out: PortOutId::from_uuid(row.port_out_id),
            asked: row.asked()?,
            reply: row.reply()?,
            asked_at: row.asked_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
        })
    }
}

/// Adds a question.
pub(crate) async fn insert_consent(conn: &mut PgConnection, consent: &Consent) -> Result<(), StoreError> {
    let (email, texted) = match &consent.asked {
        Asked::ByEmail { email, .. } => (Some(email), None),
        Asked::BySms { tn } => (None, Some(tn.to_string())),
    };
    sqlx::query(
        "INSERT INTO port_out_consent (consent_id, port_out_id, tns, email, texted_tn, asked_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(consent.id.as_uuid())
    .bind(consent.port_out.as_uuid())
    .bind(texts(consent.asked.tns()))
    .bind(email)
    .bind(texted)
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

/// The questions that are open about a number and were asked of it by text, the one that was asked last first.
pub(crate) async fn questions_asked_by_text(
    conn: &mut PgConnection,
    number: Tn,
    now: Timestamp,
) -> Result<Vec<Consent>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(select_consents!(
        "JOIN port_out USING (port_out_id)
          WHERE texted_tn = $1 AND answers IS NULL AND expires_at > $2 AND answer_due_at IS NOT NULL
          ORDER BY asked_at DESC, consent_id DESC"
    ))
    .bind(number.to_string())
    .bind(now.to_sqlx())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// The requests about which a number was asked by text and did not answer, in the order in which requests are locked.
pub(crate) async fn requests_asked_by_text(
    conn: &mut PgConnection,
    number: Tn,
    now: Timestamp,
) -> Result<Vec<RequestKey>, StoreError> {
    let keys: Vec<KeyRow> = sqlx::query_as(
        "SELECT DISTINCT winning_spid, pon, ver
           FROM port_out_consent JOIN port_out USING (port_out_id)
          WHERE texted_tn = $1 AND answers IS NULL AND expires_at > $2 AND answer_due_at IS NOT NULL
          ORDER BY winning_spid, pon, ver",
    )
    .bind(number.to_string())
    .bind(now.to_sqlx())
    .fetch_all(conn)
    .await?;
    keys.into_iter().map(RequestKey::try_from).collect()
}

/// Records what an end user said. False: something was said before.
pub(crate) async fn answer_consent(
    conn: &mut PgConnection,
    id: ConsentId,
    reply: &ConsentReply,
) -> Result<bool, StoreError> {
    let answers: Vec<&str> = reply.answers.iter().map(|answer| answer.code()).collect();
    let (address, user_agent, text) = match &reply.proof {
        ReplyProof::Page {
            remote_address,
            user_agent,
        } => (Some(remote_address.to_string()), Some(user_agent), None),
        ReplyProof::Text { message } => (None, None, Some(message.as_str())),
    };
    let updated = sqlx::query(
        "UPDATE port_out_consent
            SET answers = $2, answered_at = $3, remote_address = $4, user_agent = $5, text_id = $6
          WHERE consent_id = $1 AND answers IS NULL",
    )
    .bind(id.as_uuid())
    .bind(answers)
    .bind(reply.at.to_sqlx())
    .bind(address)
    .bind(user_agent)
    .bind(text)
    .execute(conn)
    .await?
    .rows_affected();
    Ok(updated == 1)
}
