//! What protects numbers, as it is announced: questions, conflicts, alarms, releases.

use intake_domain::port_out::{Consent, PortOut};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use service::stamp;
use sqlx::PgConnection;
use types::{AccountId, Tn};

use super::port_out::{append, reference, reference_to};

/// An alarm names this many numbers at most.
const TNS_MAX: usize = 100;

/// Somebody may be guessing PINs.
#[derive(Debug)]
pub(crate) struct PinAlarm {
    pub(crate) account: AccountId,
    pub(crate) tns: Vec<Tn>,
    pub(crate) wrong_pins: u32,
    pub(crate) across_numbers: bool,
    pub(crate) winning_name: String,
}

/// Raises an alarm.
pub(crate) async fn pin_alarm(
    conn: &mut PgConnection,
    alarm: &PinAlarm,
    now: Timestamp,
) -> Result<(), StoreError> {
    tracing::warn!(account.id = %alarm.account, numbers = alarm.tns.len(), wrong_pins = alarm.wrong_pins,
        "somebody may be guessing port-out PINs");
    let raised = v1::PinAlarmRaised {
        account_id: alarm.account.to_string(),
        tns: alarm.tns.iter().take(TNS_MAX).map(Tn::to_string).collect(),
        wrong_pins: i32::try_from(alarm.wrong_pins).unwrap_or(i32::MAX),
        across_numbers: alarm.across_numbers,
        winning_name: alarm.winning_name.clone(),
        raised_at: Some(stamp::to_proto(now)),
    };
    let event = events::NewEvent::new(alarm.account, alarm.account.as_uuid(), now, &raised);
    events::append(conn, &event).await?;
    Ok(())
}

/// Announces a question to an end user. The link is not in it.
pub(crate) async fn consent_asked(
    conn: &mut PgConnection,
    case: &PortOut,
    consent: &Consent,
    now: Timestamp,
) -> Result<(), StoreError> {
    let asked = v1::PortOutConsentAsked {
        port_out: Some(reference_to(case, &consent.tns)),
        consent_id: consent.id.to_string(),
        expires_at: Some(stamp::to_proto(consent.expires_at)),
    };
    append(conn, case, now, &asked).await
}

/// Announces that authorized numbers are locked now.
pub(crate) async fn conflicted(
    conn: &mut PgConnection,
    case: &PortOut,
    locked: &[Tn],
    now: Timestamp,
) -> Result<(), StoreError> {
    let conflicted = v1::PortOutConflicted {
        port_out: Some(reference_to(case, locked)),
    };
    append(conn, case, now, &conflicted).await
}

/// Announces that what we run for the numbers of a case is to be released.
pub(crate) async fn numbers_released(
    conn: &mut PgConnection,
    case: &PortOut,
    now: Timestamp,
) -> Result<(), StoreError> {
    let released = v1::NumbersReleased {
        port_out: Some(reference(case)),
        released_at: case.state.ended_at().map(stamp::to_proto),
    };
    append(conn, case, now, &released).await
}
