//! What protects numbers, as it is announced: questions, conflicts, alarms, releases.

use events::NewEvent;
use intake_domain::port_out::{AskBy, Consent, ConsentAnswer, PortOut};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use service::stamp;
use sqlx::PgConnection;
use types::{AccountId, Tn};

use super::port_out::{append, reference, reference_to};
use crate::store::port_out::By;

/// What was done with PINs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PinChange {
    Set,
    Cleared,
    TransferPinIssued,
}

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
    let event = NewEvent::new(alarm.account, alarm.account.as_uuid(), now, &raised);
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
        port_out: Some(reference_to(case, consent.asked.tns())),
        consent_id: consent.id.to_string(),
        expires_at: Some(stamp::to_proto(consent.expires_at)),
        channel: channel(consent.asked.by()).into(),
    };
    append(conn, case, now, &asked).await
}

/// Announces what an end user answered.
pub(crate) async fn consent_answered(
    conn: &mut PgConnection,
    case: &PortOut,
    consent: &Consent,
    now: Timestamp,
) -> Result<(), StoreError> {
    let numbers = consent.answers().map(|(tn, answer)| v1::NumberConsent {
        tn: tn.to_string(),
        state: consent_state(answer).into(),
    });
    let answered = v1::PortOutConsentAnswered {
        port_out: Some(reference_to(case, consent.asked.tns())),
        consent_id: consent.id.to_string(),
        numbers: numbers.collect(),
    };
    append(conn, case, now, &answered).await
}

/// By which way end users are asked.
pub(crate) const fn channel(by: AskBy) -> v1::ConsentChannel {
    match by {
        AskBy::Email => v1::ConsentChannel::Email,
        AskBy::Sms => v1::ConsentChannel::Sms,
    }
}

/// What was answered of a number; `None`: nothing yet.
pub(crate) const fn consent_state(answer: Option<ConsentAnswer>) -> v1::ConsentState {
    match answer {
        None => v1::ConsentState::Asked,
        Some(ConsentAnswer::Yes) => v1::ConsentState::Yes,
        Some(ConsentAnswer::No) => v1::ConsentState::No,
    }
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

/// Announces that PINs of these numbers, or (none) of the account, were set or taken away. No PIN is in it.
pub(crate) async fn pin_changed(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    change: PinChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    let change = match change {
        PinChange::Set => v1::PinChange::Set,
        PinChange::Cleared => v1::PinChange::Cleared,
        PinChange::TransferPinIssued => v1::PinChange::TransferPinIssued,
    };
    let changed = v1::PortOutPinChanged {
        account_id: account.to_string(),
        tns: tns.iter().map(Tn::to_string).collect(),
        change: change.into(),
    };
    let event = NewEvent::new(account, account.as_uuid(), now, &changed);
    events::append(conn, &event).await.map(drop)
}

/// Announces the numbers whose locks were set or lifted, if there are any.
pub(crate) async fn locks_changed(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    locked: bool,
    by: By<'_>,
) -> Result<(), StoreError> {
    if tns.is_empty() {
        return Ok(());
    }
    let changed = v1::LocksChanged {
        account_id: account.to_string(),
        tns: tns.iter().map(Tn::to_string).collect(),
        locked,
        note: by.note.to_owned(),
    };
    let event = NewEvent::new(account, account.as_uuid(), by.at, &changed);
    events::append(conn, &event).await.map(drop)
}

/// Announces to the platform, and to nobody else, that lines were separated from their account.
pub(crate) async fn lines_separated(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    by: By<'_>,
) -> Result<(), StoreError> {
    let separated = v1::LinesSeparated {
        account_id: account.to_string(),
        tns: tns.iter().map(Tn::to_string).collect(),
        reference: by.note.to_owned(),
    };
    let event = NewEvent::new(AccountId::PLATFORM, account.as_uuid(), by.at, &separated);
    events::append(conn, &event).await.map(drop)
}
