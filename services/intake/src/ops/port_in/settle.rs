//! Makes a transition real: order, registry of live numbers, inventory, commands, history and events, all in the
//! caller's transaction. The only place that does, so that none of them is forgotten.

use std::collections::HashSet;

use intake_domain::port_in::{InventoryChange, Order, OrderNumber, OrderState, Transition};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::{AccountId, Tn, Ver};

use super::cutover::after_port;
use super::{Occasion, outlook};
use crate::announce;
use crate::app::Intake;
use crate::store::account_numbers;
use crate::store::inventory::{self, IncomingNumber};
use crate::store::port_in as store;

/// Settles a transition of an order that this transaction has locked. Returns the order as stored.
pub(crate) async fn settle(
    intake: &Intake,
    conn: &mut PgConnection,
    before: &Order,
    transition: Transition,
    occasion: Occasion<'_>,
) -> Result<Order, StoreError> {
    let about = transition.order.record().ver;
    let settled = settle_about(intake, conn, before, transition, about, occasion);
    let stored = Box::pin(settled).await?;
    // Whatever somebody does with a draft or an order that waits for its customer, or beside it, keeps it from expiring.
    match stored.clone().keep(occasion.now) {
        Some(kept) => {
            store::order::keep(conn, &kept).await?;
            outlook::follow(conn, &kept, &kept, occasion.now).await?;
            Ok(kept)
        }
        None => Ok(stored),
    }
}

/// The same for what is about a certain version, such as an answer, and for what nobody did.
pub(super) async fn settle_about(
    intake: &Intake,
    conn: &mut PgConnection,
    before: &Order,
    mut transition: Transition,
    about: Ver,
    Occasion { actor, now }: Occasion<'_>,
) -> Result<Order, StoreError> {
    let id = before.record().id;
    let stored = if transition.order == *before {
        before.clone()
    } else {
        let stored = store::order::save(conn, &intake.base.vault, before, &transition.order).await?;
        outlook::follow(conn, before, &stored, now).await?;
        if let Some(parent) = stored.record().parent {
            store::family::sum_up(conn, parent.id, now).await?;
        }
        if is_draft(before) && !is_draft(&stored) {
            store::imports::close(conn, id, now).await?;
        }
        stored
    };
    let freed = freed(before, &transition.order);
    if !freed.is_empty() {
        store::live::free(conn, id, &freed).await?;
    }
    if let Some(change) = &transition.inventory {
        change_inventory(conn, &stored, change, now).await?;
    }
    if has_moved(before, &stored) {
        store::cutover::looks::add(conn, id).await?;
    }
    store::timeline::append(conn, before, &transition, actor, about, now).await?;
    if transition.entry.is_alarming {
        tracing::warn!(alert = true, order.id = %id, action = transition.entry.action, note = %transition.entry.note,
            "an order needs a look");
    }
    if let Some(InventoryChange::PutInService(tns)) = &transition.inventory {
        transition
            .facts
            .extend(after_port(conn, &stored, tns, actor, now).await?);
    }
    for fact in transition.facts {
        if let Some(kind) = fact.command() {
            let ver = stored.record().ver;
            store::commands::request(conn, id, kind, ver, fact.tns_asked_for(), now).await?;
        }
        announce::port_in::fact(conn, &stored, fact, now).await?;
    }
    Ok(stored)
}

/// Whether something changed that others, who wait for the order's cut-over with it, may depend on.
fn has_moved(before: &Order, after: &Order) -> bool {
    let (before, after) = (before.record(), after.record());
    before.state != after.state || before.delays != after.delays || before.numbers != after.numbers
}

const fn is_draft(order: &Order) -> bool {
    matches!(order.record().state, OrderState::Draft(_))
}

/// The numbers that were live in the order and are no longer.
fn freed(before: &Order, after: &Order) -> Vec<Tn> {
    if is_draft(before) {
        return Vec::new();
    }
    // An order that came back from our review holds nothing.
    if is_draft(after) {
        return before.open_tns();
    }
    let numbers = after.record().numbers.iter();
    let closed: HashSet<Tn> = numbers
        .filter(|number| !number.state.is_open())
        .map(|number| number.tn)
        .collect();
    // A number that is not in the order any more is live in another one.
    let was_open = before
        .record()
        .numbers
        .iter()
        .filter(|number| number.state.is_open());
    was_open
        .map(|number| number.tn)
        .filter(|tn| closed.contains(tn))
        .collect()
}

async fn change_inventory(
    conn: &mut PgConnection,
    order: &Order,
    change: &InventoryChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    let record = order.record();
    match change {
        InventoryChange::Arrive => {
            let open = record.numbers.iter().filter(|number| number.state.is_open());
            inventory::insert_incoming(
                conn,
                &open
                    .map(|number| incoming(order, number, now))
                    .collect::<Vec<_>>(),
            )
            .await
        }
        InventoryChange::PutInService(tns) => {
            // A carrier that activates early has not waited for us to expect the numbers.
            let named: HashSet<Tn> = tns.iter().copied().collect();
            let ported = record.numbers.iter().filter(|number| named.contains(&number.tn));
            let arriving: Vec<_> = ported.map(|number| incoming(order, number, now)).collect();
            inventory::insert_incoming(conn, &arriving).await?;
            inventory::put_in_service(conn, record.id, tns, now).await
        }
        InventoryChange::Configure(tns) => {
            let named: HashSet<Tn> = tns.iter().copied().collect();
            let changed = record.numbers.iter().filter(|number| named.contains(&number.tn));
            let changed: Vec<_> = changed.map(|number| (number.tn, &number.config)).collect();
            account_numbers::configure_incoming(conn, record.id, &changed).await
        }
        InventoryChange::Withdraw => inventory::remove_incoming(conn, record.id, None).await.map(drop),
        InventoryChange::GiveBack(tns) => inventory::remove_given_back(conn, record.id, tns).await.map(drop),
        InventoryChange::WithdrawThese(tns) => {
            let removed = inventory::remove_incoming(conn, record.id, Some(tns));
            removed.await.map(drop)
        }
    }
}

fn incoming(order: &Order, number: &OrderNumber, now: Timestamp) -> IncomingNumber {
    let record = order.record();
    let postal_code = record.details.service_address.postal_code.as_ref();
    IncomingNumber {
        tn: number.tn,
        account: record.account,
        origin: record.id,
        config: number.config.clone(),
        account_number: our_account_number(record.account),
        postal_code: postal_code.map(ToString::to_string).unwrap_or_default(),
        end_user_name: record.details.end_user_name(),
        since: now,
    }
}

/// The account number that a winning carrier has to name for our numbers: the end of the account's id, which owners
/// find on their account page.
fn our_account_number(account: AccountId) -> String {
    let id = account.as_uuid().simple().to_string();
    id.chars().skip(20).collect()
}
