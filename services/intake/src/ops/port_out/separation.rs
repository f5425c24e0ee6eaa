//! Lines that are separated from their account (Safe Connections Act, 47 USC 345): from then on it has no say in their
//! port-outs and is told nothing of them, those that are under way included.

use intake_domain::port_out::{AskedNumber, PortOut, Verdict};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, PortOutId, Tn};

use super::protection::{ProtectError, require_all, require_held};
use super::receive::note_separation;
use super::settle::settle;
use crate::announce;
use crate::store;
use crate::store::port_out::By;

/// Puts separated lines on record, and takes the port-outs of them that are open out of the account's hands.
///
/// Locks are taken as when a lock is set: the requests, then the inventory. A request that came in between is found
/// afterwards; then the call is to be repeated.
pub(crate) async fn record_separation(
    conn: &mut PgConnection,
    account: AccountId,
    tns: &[Tn],
    by: By<'_>,
) -> Result<(), ProtectError> {
    let held = store::port_out::list_held(conn, account, tns).await?;
    require_all(&held, tns)?;
    let requests = store::port_out::open_requests_of(conn, account, tns).await?;
    for key in &requests {
        store::port_out::lock_request(conn, key).await?;
    }
    require_held(conn, account, tns).await?;
    store::port_out::record_separations(conn, account, tns, by).await?;
    announce::protection::lines_separated(conn, account, tns, by).await?;
    if store::port_out::open_requests_of(conn, account, tns).await? != requests {
        return Err(StoreError::Stale("the port-outs of these numbers").into());
    }
    for key in &requests {
        let mut cases = store::port_out::cases_of_request(conn, key).await?;
        let is_own = |case: &PortOut| case.account == account && case.state.ended_at().is_none();
        if let Some(index) = cases.iter().position(is_own) {
            take_over(conn, &mut cases, index, tns, by.at).await?;
        }
    }
    tracing::info!(account.id = %account, lines = tns.len(), by = %by.subject, "lines were separated from their account");
    Ok(())
}

/// Does with the separated numbers of a case what is done when a request comes for such: they are the platform's case, and go.
async fn take_over(
    conn: &mut PgConnection,
    cases: &mut Vec<PortOut>,
    index: usize,
    tns: &[Tn],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get_mut(index) else {
        return Ok(());
    };
    let (separated, rest): (Vec<AskedNumber>, Vec<AskedNumber>) = case
        .numbers
        .iter()
        .copied()
        .partition(|number| tns.contains(&number.tn));
    let separated: Vec<AskedNumber> = separated.into_iter().map(AskedNumber::separate).collect();
    if rest.is_empty() {
        case.account = AccountId::PLATFORM;
        case.numbers = separated;
        store::port_out::give_to(conn, case).await?;
        return go(conn, cases, index, now).await;
    }
    let new = PortOut {
        id: PortOutId::generate(),
        number: store::port_out::next_number(conn).await?,
        account: AccountId::PLATFORM,
        version: 1,
        numbers: separated,
        state: case.state.clone().without(&case.tns()),
        review_explanation: String::new(),
        ..case.clone()
    };
    case.numbers = rest;
    case.state = case.state.clone().without(&new.tns());
    store::port_out::move_numbers(conn, case, &new).await?;
    let is_closed = Verdict::of_numbers(&case.numbers, case.request.answers) == Verdict::Denied;
    let closed = is_closed.then(|| case.state.clone().lock(now).ok()).flatten();
    cases.push(new);
    if let Some(transition) = closed {
        settle(conn, cases, index, transition, now).await?;
    }
    let last = cases.len() - 1;
    go(conn, cases, last, now).await
}

/// Lets the numbers of a case go that is the platform's now, and puts it on record.
async fn go(
    conn: &mut PgConnection,
    cases: &mut [PortOut],
    index: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(case) = cases.get(index) else {
        return Ok(());
    };
    note_separation(conn, case, now).await?;
    let own = Verdict::of_numbers(&case.numbers, case.request.answers);
    match case.state.clone().separate(own, now) {
        Some(transition) => settle(conn, cases, index, transition, now).await,
        None => Ok(()),
    }
}
