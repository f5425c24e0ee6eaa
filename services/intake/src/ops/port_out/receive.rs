//! Takes in a winning carrier's request: judges it, makes one case an account, and applies each account's policy.

use intake_domain::port_out::{
    CarrierRequest, CaseDraft, Course, Given, Market, Outcome, PolicyMet, PortOut, PortOutFact, PortOutState,
    Progress, RequestKey, Verdict,
};
use jiff::{SignedDuration, Timestamp};
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{Country, PortOutId, Secret, Tn};

use super::consent::Reach;
use super::judge::{judge, note_attempts};
use super::tried_pin::TriedPin;
use super::{PinError, consent, policy, settle};
use crate::announce;
use crate::app::Intake;
use crate::store;
use crate::store::port_out::{BroughtBy, Disposal, Entry};

/// What a winning carrier asks for.
#[derive(Debug)]
pub(crate) struct AskedPortOut {
    pub(crate) request: CarrierRequest,
    /// Each once.
    pub(crate) tns: Vec<Tn>,
    /// What shows that it asks for the right subscriber: compared, and not kept.
    pub(crate) given: Given,
    /// Empty: not given. Compared, and not kept.
    pub(crate) pin: Secret,
}

/// Why a request was not taken in.
#[derive(Debug, Error)]
pub(crate) enum ReceiveError {
    /// The PIN could not be hashed.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReceiveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Takes the request in and returns its cases. The same request again returns the same ones; a version that was
/// overtaken by a later one is put on record and has none.
pub(crate) async fn receive(
    intake: &Intake,
    mut asked: AskedPortOut,
) -> Result<Vec<PortOutId>, ReceiveError> {
    let now = intake.base.clock.now();
    asked.request.taken_in_at = now;
    let tried = try_pin(intake, &asked).await?;
    let mut tx = intake.base.pool.begin().await?;
    let key = asked.request.key.clone();
    store::port_out::lock_pon(&mut tx, &key.winning_spid, &key.pon).await?;
    let versions = store::port_out::find_versions(&mut tx, &key.winning_spid, &key.pon).await?;
    if versions.contains(&key.ver) {
        let cases = store::port_out::cases_of_request(&mut tx, &key).await?;
        return Ok(cases.iter().map(|case| case.id).collect());
    }
    if versions.iter().any(|version| *version > key.ver) {
        store::port_out::insert_request(&mut tx, &asked.request, Disposal::Overtaken).await?;
        tx.commit().await?;
        return Ok(Vec::new());
    }
    if let Some(version) = versions.last() {
        let replaced = RequestKey { ver: *version, ..key };
        withdraw(&mut tx, &replaced, now).await?;
    }
    let ids = open_cases(intake, &mut tx, &mut asked, &tried, now).await?;
    tx.commit().await?;
    intake.port_out_wake.wake();
    Ok(ids)
}

/// Hashes the PIN that was given, for the accounts that have one set.
async fn try_pin(intake: &Intake, asked: &AskedPortOut) -> Result<TriedPin, ReceiveError> {
    let mut conn = intake.base.pool.acquire().await?;
    let accounts = store::port_out::accounts_with_pin(&mut conn, &asked.tns).await?;
    drop(conn);
    Ok(TriedPin::prepare(&intake.pin_key, &asked.pin, accounts).await?)
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

/// A case that is to be opened, and what its account's policy makes of it.
struct Planned {
    draft: CaseDraft,
    version: i32,
    course: Course,
}

async fn open_cases(
    intake: &Intake,
    conn: &mut PgConnection,
    asked: &mut AskedPortOut,
    tried: &TriedPin,
    now: Timestamp,
) -> Result<Vec<PortOutId>, StoreError> {
    let spid = asked.request.key.winning_spid.clone();
    asked.request.answers = store::port_out::find_answer_mode(conn, &spid).await?;
    let judged = judge(conn, asked, tried, now).await?;
    let verdict = Verdict::of_request(&judged.drafts, asked.request.answers);
    let mut planned = Vec::with_capacity(judged.drafts.len());
    let mut pause: Option<SignedDuration> = None;
    for draft in judged.drafts {
        pause = pause.max(note_attempts(conn, asked, &draft, now).await?);
        planned.push(plan(conn, &asked.request, draft, now).await?);
    }
    asked.request.answer_held_until = pause.and_then(|pause| held_until(&planned, pause, now));
    store::port_out::insert_request(conn, &asked.request, Disposal::Judged(verdict)).await?;
    if verdict == Verdict::Allowed {
        let by = BroughtBy {
            winning_spid: &asked.request.key.winning_spid,
            pon: &asked.request.key.pon,
        };
        store::port_out::use_transfer_pins(conn, &judged.transfer_pins, by).await?;
    }
    let mut cases = Vec::with_capacity(planned.len());
    for planned in planned {
        cases.push(open_case(conn, &asked.request, planned, verdict, now).await?);
    }
    settle::answer_when_decided(conn, &mut cases, now).await?;
    let reach = intake.link_base.as_ref().map(|_| &judged.reach);
    for index in 0..cases.len() {
        follow_policy(conn, &mut cases, index, reach, now).await?;
    }
    Ok(cases.iter().map(|case| case.id).collect())
}

/// An answer is held back no longer than the law gives for any of its cases.
fn held_until(planned: &[Planned], pause: SignedDuration, now: Timestamp) -> Option<Timestamp> {
    let latest = planned.iter().map(|planned| planned.course.rule.due_at).min()?;
    let until = now.checked_add(pause).unwrap_or(latest).min(latest);
    (until > now).then_some(until)
}

async fn plan(
    conn: &mut PgConnection,
    request: &CarrierRequest,
    draft: CaseDraft,
    now: Timestamp,
) -> Result<Planned, StoreError> {
    let policy = policy::policy_of(conn, draft.account).await?;
    let market = market_of(conn, request, &draft, now).await?;
    let mut course = policy.policy.course(market, request.is_simple, request.came());
    // Nobody but the separated person has a say, and their carrier speaks for them.
    if draft.numbers.iter().any(|number| number.is_separated) {
        course.outcome = Outcome::Authorize;
    }
    Ok(Planned {
        draft,
        version: policy.version,
        course,
    })
}

/// The law is that of the numbers' country; numbers of no country (toll-free) go by their account's.
async fn market_of(
    conn: &mut PgConnection,
    request: &CarrierRequest,
    draft: &CaseDraft,
    now: Timestamp,
) -> Result<Market, StoreError> {
    let country = match policy::country_of(&draft.numbers, now) {
        Some(country) => country,
        None => store::accounts::find(conn, draft.account)
            .await?
            .map_or(Country::Us, |account| account.country),
    };
    Ok(Market::of(country, request.is_wireless))
}

async fn open_case(
    conn: &mut PgConnection,
    request: &CarrierRequest,
    planned: Planned,
    verdict: Verdict,
    now: Timestamp,
) -> Result<PortOut, StoreError> {
    let Planned {
        draft,
        version,
        course,
    } = planned;
    let own = Verdict::of_numbers(&draft.numbers, request.answers);
    let (state, fact) = PortOutState::received(own, verdict, course.rule.due_at, now);
    let case = PortOut {
        id: PortOutId::generate(),
        number: store::port_out::next_number(conn).await?,
        account: draft.account,
        version: 1,
        request: request.clone(),
        numbers: draft.numbers,
        foc_at: request.requested_foc_at,
        silence: course.rule.silence,
        policy: PolicyMet {
            version,
            outcome: course.outcome,
            due_at: course.rule.due_at,
        },
        state,
        answer: None,
        review_explanation: String::new(),
    };
    store::port_out::insert(conn, &case).await?;
    settle::record(conn, &case, fact, now).await?;
    warn_if_due(&case, now);
    note_separation(conn, &case, now).await?;
    if fact == PortOutFact::Received {
        announce::port_out::fact(conn, &case, fact, now).await?;
    }
    Ok(case)
}

/// What the law leaves no time for is decided before anybody has seen it: somebody is to look at why it came so late.
fn warn_if_due(case: &PortOut, now: Timestamp) {
    if case.state.answer_due_at().is_some_and(|due_at| due_at <= now) {
        let late = now.duration_since(case.request.received_at);
        tracing::warn!(alert = true, port_out.id = %case.id, minutes_late = late.as_mins(),
            "a port-out was due when it came");
    }
}

/// Lines separated from their account go past its lock and without telling it, and that is on record.
pub(super) async fn note_separation(
    conn: &mut PgConnection,
    case: &PortOut,
    now: Timestamp,
) -> Result<(), StoreError> {
    let separated = case.numbers.iter().filter(|number| number.is_separated);
    let tns: Vec<Tn> = separated.map(|number| number.tn).collect();
    if tns.is_empty() {
        return Ok(());
    }
    let references = store::port_out::separation_references(conn, &tns).await?;
    let entry = Entry {
        at: now,
        actor: "policy".to_owned(),
        what: "SAFE_CONNECTIONS",
        detail: format!(
            "{} separated lines: lock, PIN and notice of their account passed over; {}",
            tns.len(),
            references.join(", ")
        ),
        is_warning: false,
    };
    store::port_out::add_entry(conn, case.id, &entry).await
}

/// Does with a pending case what its account's policy says. `reach`: how end users can be asked; `None`: not at all.
async fn follow_policy(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    reach: Option<&Reach>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get(index) else {
        return Ok(());
    };
    let PortOutState::Pending { answer_due_at } = case.state else {
        return Ok(());
    };
    if case.is_authorized_at_once() {
        if let Ok(transition) = case.state.clone().apply_policy(now) {
            settle::settle(conn, cases, index, transition, now).await?;
        }
        return Ok(());
    }
    match case.policy.outcome {
        Outcome::AskEndUser(by) => consent::ask(conn, case, by, reach, answer_due_at, now).await,
        Outcome::Authorize | Outcome::Hold | Outcome::RequirePin => Ok(()),
    }
}
