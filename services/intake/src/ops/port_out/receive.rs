//! Takes in a winning carrier's request: judges it and makes one case an account.

use std::collections::HashMap;

use intake_domain::port_out::{
    AnswerRule, AnswerState, CarrierRequest, CaseDraft, DEFAULT_ACCOUNT_WINDOW, Given, PortOut, PortOutFact,
    PortOutState, Progress, RequestKey, Standing, SubscriberRecord, Verdict, answer_rule, assess,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pg::StoreError;
use sqlx::PgConnection;
use types::{Country, PortOutId, Tn};

use super::settle;
use crate::announce;
use crate::app::Intake;
use crate::store;
use crate::store::inventory::{InventoryNumber, InventoryState};
use crate::store::port_out::Disposal;

/// What a winning carrier asks for.
#[derive(Debug)]
pub(crate) struct AskedPortOut {
    pub(crate) request: CarrierRequest,
    /// Each once.
    pub(crate) tns: Vec<Tn>,
    /// What shows that it asks for the right subscriber: compared, and not kept.
    pub(crate) given: Given,
}

/// Takes the request in and returns its cases. The same request again returns the same ones; a version that was
/// overtaken by a later one is put on record and has none.
pub(crate) async fn receive(intake: &Intake, asked: AskedPortOut) -> Result<Vec<PortOutId>, StoreError> {
    let now = intake.base.clock.now();
    let mut tx = intake.base.pool.begin().await?;
    let key = &asked.request.key;
    store::port_out::lock_pon(&mut tx, &key.winning_spid, &key.pon).await?;
    let versions = store::port_out::find_versions(&mut tx, &key.winning_spid, &key.pon).await?;
    if versions.contains(&key.ver) {
        let cases = store::port_out::cases_of_request(&mut tx, key).await?;
        return Ok(cases.iter().map(|case| case.id).collect());
    }
    if versions.iter().any(|version| *version > key.ver) {
        store::port_out::insert_request(&mut tx, &asked.request, Disposal::Overtaken).await?;
        tx.commit().await?;
        return Ok(Vec::new());
    }
    if let Some(version) = versions.last() {
        let replaced = RequestKey {
            ver: *version,
            ..key.clone()
        };
        withdraw(&mut tx, &replaced, now).await?;
    }
    let drafts = judge(&mut tx, &asked).await?;
    let verdict = Verdict::of_request(&drafts);
    store::port_out::insert_request(&mut tx, &asked.request, Disposal::Judged(verdict)).await?;
    let mut ids = Vec::with_capacity(drafts.len());
    for draft in drafts {
        ids.push(open_case(&mut tx, &asked.request, draft, verdict, now).await?);
    }
    tx.commit().await?;
    intake.port_out_wake.wake();
    Ok(ids)
}

/// A later version takes the place of this one.
async fn withdraw(conn: &mut PgConnection, key: &RequestKey, now: Timestamp) -> Result<(), StoreError> {
    store::port_out::lock_request(conn, key).await?;
    let mut cases = store::port_out::cases_of_request(conn, key).await?;
    for index in 0..cases.len() {
        let withdrawn = cases
            .get(index)
            .and_then(|case| case.state.clone().report(Progress::Withdrawn, now));
        if let Some(transition) = withdrawn {
            settle::settle(conn, &mut cases, index, transition, now).await?;
        }
    }
    Ok(())
}

async fn judge(conn: &mut PgConnection, asked: &AskedPortOut) -> Result<Vec<CaseDraft>, StoreError> {
    let ours = store::inventory::find_for_update(conn, &asked.tns).await?;
    let mut records: HashMap<Tn, SubscriberRecord> = ours
        .into_iter()
        .map(|number| (number.tn, record_of(number)))
        .collect();
    let numbers: Vec<_> = asked.tns.iter().map(|tn| (*tn, records.remove(tn))).collect();
    Ok(assess(&numbers, &asked.given))
}

fn record_of(number: InventoryNumber) -> SubscriberRecord {
    SubscriberRecord {
        account: number.account,
        standing: match number.state {
            InventoryState::Incoming => Standing::Incoming,
            InventoryState::InService => Standing::InService,
        },
        is_locked: number.locked,
        // No number has a port-out PIN so far; one that was given does not matter.
        pin: None,
        account_number: number.account_number.to_string(),
        postal_code: number
            .postal_code
            .map(|code| code.to_string())
            .unwrap_or_default(),
    }
}

async fn open_case(
    conn: &mut PgConnection,
    request: &CarrierRequest,
    draft: CaseDraft,
    verdict: Verdict,
    now: Timestamp,
) -> Result<PortOutId, StoreError> {
    let rule = rule_for(conn, request, &draft, now).await?;
    let (state, fact) = PortOutState::received(draft.verdict(), verdict, rule.due_at, now);
    let case = PortOut {
        id: PortOutId::generate(),
        number: store::port_out::next_number(conn).await?,
        account: draft.account,
        version: 1,
        request: request.clone(),
        numbers: draft.numbers,
        foc_at: request.requested_foc_at,
        silence: rule.silence,
        state,
        answer: (fact == PortOutFact::Rejected).then_some(AnswerState::Requested),
    };
    store::port_out::insert(conn, &case).await?;
    settle::record(conn, &case, fact, now).await?;
    announce::port_out::fact(conn, &case, fact, now).await?;
    Ok(case.id)
}

/// The law is that of the numbers' country; numbers of no country (toll-free) go by their account's.
async fn rule_for(
    conn: &mut PgConnection,
    request: &CarrierRequest,
    draft: &CaseDraft,
    now: Timestamp,
) -> Result<AnswerRule, StoreError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let of_numbers = draft.numbers.iter().find_map(|number| {
        numbering::describe(number.tn, today)
            .ok()
            .and_then(|info| info.country)
    });
    let country = match of_numbers {
        Some(country) => country,
        None => store::accounts::find(conn, draft.account)
            .await?
            .map_or(Country::Us, |account| account.country),
    };
    // A carrier's clock that is ahead of ours gives nobody more time.
    let from = request.received_at.min(now);
    Ok(answer_rule(
        country,
        request.is_wireless,
        request.is_simple,
        from,
        DEFAULT_ACCOUNT_WINDOW,
    ))
}
