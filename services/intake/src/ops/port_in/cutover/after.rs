//! What follows when numbers are ours.

use intake_domain::port_in::cutover::CutoverFact;
use intake_domain::port_in::{Order, OrderFact};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use types::Tn;

use crate::store::inventory::{self, StandIn};
use crate::store::port_in as store;
use crate::store::port_in::cutover::{messaging, proofs, temporary};

/// Their tests are expected, they take over from the numbers that stood in for them, and messaging begins where its
/// registration is verified. In the transaction in which they become ours. Returns what is announced.
pub(in crate::ops::port_in) async fn after_port(
    conn: &mut PgConnection,
    order: &Order,
    tns: &[Tn],
    actor: &str,
    now: Timestamp,
) -> Result<Vec<OrderFact>, StoreError> {
    let id = order.record().id;
    proofs::expect(conn, id, tns).await?;
    let mut facts = take_over(conn, order, tns, actor, now).await?;
    messaging::open(conn, id, tns, now).await?;
    let started = messaging::start(conn, id, now).await?;
    facts.extend(
        started.into_iter().map(|(campaign_id, tns)| {
            OrderFact::CutOver(CutoverFact::MessagingRequested { tns, campaign_id })
        }),
    );
    Ok(facts)
}

/// A ported number takes configuration and assignment of the number that stood in for it. One that the platform lent goes
/// back to its pool; one of the account's own stays in service beside it.
async fn take_over(
    conn: &mut PgConnection,
    order: &Order,
    tns: &[Tn],
    actor: &str,
    now: Timestamp,
) -> Result<Vec<OrderFact>, StoreError> {
    let record = order.record();
    let mut facts = Vec::new();
    for (tn, temporary) in temporary::list(conn, record.id, tns).await? {
        let stand_in = inventory::take_over(conn, record.account, tn, temporary).await?;
        let transition = if let Some(stand_in) = stand_in {
            temporary::mark_swapped(conn, record.id, tn, now).await?;
            let note = match stand_in {
                StandIn::Left => {
                    facts.push(OrderFact::CutOver(CutoverFact::TemporarySwapped {
                        tn,
                        temporary,
                    }));
                    format!("{tn} took over from {temporary}")
                }
                StandIn::Stays => {
                    format!("{tn} took over from {temporary}, which is the account's own and stays")
                }
            };
            order.clone().remark("temporary_number_swapped", note)
        } else {
            temporary::detach(conn, record.id, tn).await?;
            let note = format!("{temporary} stood in for {tn} and left the account before");
            order.clone().remark("temporary_number_gone", note)
        };
        store::timeline::append(conn, order, &transition, actor, record.ver, now).await?;
    }
    Ok(facts)
}
