//! Judges the numbers of a request by what is on file, and puts the PINs that were tried on record.

use std::collections::HashMap;

use intake_domain::port_in::Capabilities;
use intake_domain::port_out::{
    ACCOUNT_SPAN, CaseDraft, FieldMatch, NUMBER_SPAN, Standing, SubscriberRecord, alarms_account,
    alarms_number, assess, pause_after,
};
use jiff::{SignedDuration, Timestamp};
use pg::StoreError;
use sqlx::PgConnection;
use types::Tn;

use super::consent::Reach;
use super::receive::AskedPortOut;
use super::tried_pin::{PinsByPlace, TriedPin};
use crate::announce::protection::{self, PinAlarm};
use crate::store;
use crate::store::port_out::{BroughtBy, PinPlace, Subscriber};

/// What was found of a request's numbers.
pub(super) struct Judged {
    pub(super) drafts: Vec<CaseDraft>,
    /// How the people can be asked who use the numbers.
    pub(super) reach: Reach,
    /// The transfer PINs that were given.
    pub(super) transfer_pins: Vec<PinPlace>,
}

/// Judges the numbers. Their rows of the inventory are locked from here on.
pub(super) async fn judge(
    conn: &mut PgConnection,
    asked: &AskedPortOut,
    tried: &TriedPin,
    now: Timestamp,
) -> Result<Judged, StoreError> {
    let ours = store::port_out::find_for_update(conn, &asked.tns).await?;
    let pins = pins_of(conn, asked, &ours, now).await?;
    let mut reach = Reach::default();
    let mut transfer_pins = Vec::new();
    let mut records = HashMap::with_capacity(ours.len());
    for subscriber in ours {
        let found = tried.check(subscriber.account, subscriber.tn, &pins)?;
        if let Some(place) = found.transfer.filter(|place| !transfer_pins.contains(place)) {
            transfer_pins.push(place);
        }
        if !subscriber.email.is_empty() {
            reach.emails.insert(subscriber.tn, subscriber.email.clone());
        }
        match subscriber.capabilities {
            Capabilities::VoiceAndSms => {
                reach.texted.insert(subscriber.tn);
            }
            Capabilities::Voice => {}
        }
        records.insert(subscriber.tn, record_of(subscriber, found.pin));
    }
    let numbers: Vec<_> = asked.tns.iter().map(|tn| (*tn, records.remove(tn))).collect();
    Ok(Judged {
        drafts: assess(&numbers, &asked.given),
        reach,
        transfer_pins,
    })
}

async fn pins_of(
    conn: &mut PgConnection,
    asked: &AskedPortOut,
    ours: &[Subscriber],
    now: Timestamp,
) -> Result<PinsByPlace, StoreError> {
    let mut accounts: Vec<_> = ours.iter().map(|subscriber| subscriber.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let key = &asked.request.key;
    let by = BroughtBy {
        winning_spid: &key.winning_spid,
        pon: &key.pon,
    };
    let mut pins = PinsByPlace::new();
    for pin in store::port_out::find_pins(conn, &accounts, &asked.tns, by, now).await? {
        pins.entry(pin.place).or_default().push(pin);
    }
    Ok(pins)
}

fn record_of(subscriber: Subscriber, pin: FieldMatch) -> SubscriberRecord {
    SubscriberRecord {
        account: subscriber.account,
        standing: if subscriber.in_service {
            Standing::InService
        } else {
            Standing::Incoming
        },
        is_locked: subscriber.locked,
        is_separated: subscriber.separated,
        pin,
        account_number: subscriber.account_number,
        postal_code: subscriber.postal_code,
        name: subscriber.end_user_name,
    }
}

/// Puts the PINs that were tried for one account's numbers on record and raises the alarm when there are too many wrong
/// ones. Returns how long our answer is to be held back for them.
pub(super) async fn note_attempts(
    conn: &mut PgConnection,
    asked: &AskedPortOut,
    draft: &CaseDraft,
    now: Timestamp,
) -> Result<Option<SignedDuration>, StoreError> {
    let tried: Vec<(Tn, FieldMatch)> = draft
        .numbers
        .iter()
        .filter(|number| number.matches.pin != FieldMatch::NotCompared)
        .map(|number| (number.tn, number.matches.pin))
        .collect();
    if tried.is_empty() {
        return Ok(None);
    }
    store::port_out::insert_attempts(conn, draft.account, &asked.request.key, &tried, now).await?;
    let wrong: Vec<Tn> = tried
        .iter()
        .filter(|(_, pin)| *pin == FieldMatch::NotMatched)
        .map(|(tn, _)| *tn)
        .collect();
    if wrong.is_empty() {
        return Ok(None);
    }
    let counts = store::port_out::count_wrong(conn, draft.account, &wrong, before(now, NUMBER_SPAN)).await?;
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let alarming: Vec<Tn> = counts
        .iter()
        .filter(|(_, count)| alarms_number(*count))
        .map(|(tn, _)| *tn)
        .collect();
    let alarm = |tns, wrong_pins, across_numbers| PinAlarm {
        account: draft.account,
        tns,
        wrong_pins,
        across_numbers,
        winning_name: asked.request.winning_name.clone(),
    };
    if !alarming.is_empty() {
        protection::pin_alarm(conn, &alarm(alarming, most, false), now).await?;
    }
    let requests =
        store::port_out::count_wrong_requests(conn, draft.account, before(now, ACCOUNT_SPAN)).await?;
    if alarms_account(requests) {
        protection::pin_alarm(conn, &alarm(wrong, requests, true), now).await?;
    }
    Ok(pause_after(most))
}

fn before(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}
