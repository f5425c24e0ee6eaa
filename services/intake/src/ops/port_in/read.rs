//! Looking at orders.

use std::collections::BTreeMap;
use std::time::Duration;

use intake_domain::carrier::Holder;
use intake_domain::document_policy::DocumentPolicy;
use intake_domain::port_in::requirements::{
    CarrierFacts, DocumentFacts, DocumentKind, Documents, Requirement, of_order, of_papers, of_part_count,
    of_parts, of_taken,
};
use intake_domain::port_in::{CHILDREN_MAX, KeptSecret, Order, OrderState, Part};
use jiff::Timestamp;
use pg::StoreError;
use sqlx::PgConnection;
use thiserror::Error;
use types::{CarrierId, Tn};

use super::divide::division_of;
use super::papers::OpenPapers;
use super::{Document, OrderName, OrderView, Requester, TimelineEntry};
use crate::app::Intake;
use crate::ops;
use crate::store::inventory;
use crate::store::port_in as store;

/// So long is the gateway asked who has an order's numbers, over all its calls.
const HOLDERS_WAIT_MAX: Duration = Duration::from_secs(3);

/// Why there is nothing to see.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// There is no such order, or it is somebody else's.
    #[error("there is no such order")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// One order.
pub(crate) async fn get(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<OrderView, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(OrderView::of(intake, &mut conn, order).await?)
}

/// A page of an order's history.
pub(crate) async fn timeline(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
    after: i64,
    limit: i64,
) -> Result<Vec<TimelineEntry>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(store::timeline::list(&mut conn, order.record().id, after, limit).await?)
}

/// The documents of an order.
pub(crate) async fn documents(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<Document>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    Ok(store::documents::list(&mut conn, order.record().id).await?)
}

/// All that an order lacks. Who has its numbers is asked of the gateway, and is left out when the gateway does not say.
pub(crate) async fn requirements(
    intake: &Intake,
    requester: &Requester,
    name: OrderName,
) -> Result<Vec<Requirement>, ReadError> {
    let mut conn = intake.base.pool.acquire().await?;
    let order = find(&mut conn, requester, name).await?;
    // Nobody waits for a connection while the gateway is asked.
    drop(conn);
    let holders = holders_of(intake, &order).await;
    let mut conn = intake.base.pool.acquire().await?;
    let mut all = taken(&mut conn, &order).await?;
    all.extend(requirements_with(intake, &mut conn, &order, holders).await?);
    Ok(all)
}

/// What others have of a draft's numbers. Not in the list that guards the submission, which takes the numbers for good.
pub(super) async fn taken(conn: &mut PgConnection, order: &Order) -> Result<Vec<Requirement>, StoreError> {
    if !matches!(order.record().state, OrderState::Draft(_)) {
        return Ok(Vec::new());
    }
    let tns = order.open_tns();
    let in_flight = store::live::among(conn, &tns).await?;
    let in_service = inventory::among(conn, &tns).await?;
    Ok(of_taken(&in_flight, &in_service))
}

/// Only a draft can still be sent to another carrier.
async fn holders_of(intake: &Intake, order: &Order) -> BTreeMap<Tn, Holder> {
    let record = order.record();
    if !matches!(record.state, OrderState::Draft(_)) || record.details.losing_carrier.is_none() {
        return BTreeMap::new();
    }
    let tns = order.open_tns();
    let asked = ops::portability::holders(intake, &tns);
    let answered = tokio::time::timeout(HOLDERS_WAIT_MAX, asked).await;
    answered.ok().flatten().unwrap_or_default()
}

/// All that an order lacks, as far as intake knows without asking anybody: what guards its submission.
pub(super) async fn requirements_of(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
) -> Result<Vec<Requirement>, StoreError> {
    requirements_with(intake, conn, order, BTreeMap::new()).await
}

async fn requirements_with(
    intake: &Intake,
    conn: &mut PgConnection,
    order: &Order,
    holders: BTreeMap<Tn, Holder>,
) -> Result<Vec<Requirement>, StoreError> {
    let documents = documents_of(conn, order).await?;
    let division = division_of(intake, conn, order).await?;
    let mut facts = Facts::read(intake, conn, order, &documents, holders).await?;
    let tns = order.open_tns();
    let mut lacks = Vec::with_capacity(division.parts.len());
    for part in division.parts.iter().take(CHILDREN_MAX) {
        let alone = division.order_of(part);
        facts.hear_carrier(conn, &alone).await?;
        let own = if division.parts.len() == 1 {
            documents.clone()
        } else {
            papers_for(part, &tns, &documents)
        };
        let secret = part.account_number.as_ref();
        lacks.push((part.tns(), facts.of_alone(&alone, secret, &own, &documents)));
    }
    if lacks.is_empty() {
        // No number is open, so nothing differs from the order.
        facts.hear_carrier(conn, order).await?;
        let secret = order.record().details.account_number.as_ref();
        lacks.push((Vec::new(), facts.of_alone(order, secret, &documents, &documents)));
    }
    let mut all = of_parts(lacks);
    all.splice(..0, of_part_count(division.parts.len()));
    Ok(all)
}

/// The papers that go with a part. A letter that names no number of the whole order goes with each part that has none of
/// its own: the customer meant it for this order, and it is told what the letter leaves out.
fn papers_for(part: &Part, tns: &[Tn], documents: &[Document]) -> Vec<Document> {
    let is_letter = |document: &Document| document.facts.kind == DocumentKind::Loa;
    let own = documents
        .iter()
        .filter(|document| part.is_named_by(&document.facts));
    let mut own: Vec<Document> = own.cloned().collect();
    if !own.iter().any(is_letter) {
        let is_stray = |document: &&Document| {
            is_letter(document) && !document.facts.tns.iter().any(|listed| tns.contains(listed))
        };
        own.extend(documents.iter().filter(is_stray).cloned());
    }
    own
}

/// What the parts of an order are checked against, read once for all of them.
struct Facts {
    policy: DocumentPolicy,
    papers: OpenPapers,
    carrier: CarrierFacts,
    /// Whose facts those are.
    losing: Option<CarrierId>,
    now: Timestamp,
}

impl Facts {
    async fn read(
        intake: &Intake,
        conn: &mut PgConnection,
        order: &Order,
        documents: &[Document],
        holders: BTreeMap<Tn, Holder>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            policy: ops::document_policies::in_force(conn, order.record().account).await?,
            papers: OpenPapers::read(intake, conn, order, documents).await?,
            carrier: CarrierFacts {
                holders,
                ..CarrierFacts::UNKNOWN
            },
            losing: None,
            now: intake.base.clock.now(),
        })
    }

    /// What is known of the carrier that `order` names, unless it is the one before's.
    async fn hear_carrier(&mut self, conn: &mut PgConnection, order: &Order) -> Result<(), StoreError> {
        let named = order.record().details.losing_carrier.as_ref();
        if self.losing.as_ref() != named {
            self.carrier.losing = ops::carriers::losing_carrier(conn, named).await?;
            self.losing = named.cloned();
        }
        Ok(())
    }

    /// What an order lacks that goes out as it is, with `own` of all the documents. `account_number`: that of its numbers,
    /// where it is at hand.
    fn of_alone(
        &self,
        order: &Order,
        account_number: Option<&KeptSecret>,
        own: &[Document],
        all: &[Document],
    ) -> Vec<Requirement> {
        let mut papers = self.papers.of(own);
        match account_number {
            Some(KeptSecret::Given(secret)) if papers.account_number.is_some() => {
                papers.account_number = Some(secret.clone());
            }
            Some(KeptSecret::Given(_) | KeptSecret::Stored { .. }) => {}
            // The order's own is of another account.
            None => papers.account_number = None,
        }
        let facts = |documents: &[Document]| -> Vec<DocumentFacts> {
            documents.iter().map(|document| document.facts.clone()).collect()
        };
        let (kept, uploaded) = (facts(own), facts(all));
        let documents = Documents {
            kept: &kept,
            uploaded: &uploaded,
            policy: self.policy,
        };
        let mut lacks = of_order(order, &documents, &self.carrier, self.now);
        lacks.extend(of_papers(order, &papers));
        lacks
    }
}

/// The documents that count for an order: its own, and those of the order that it is a part of.
pub(super) async fn documents_of(
    conn: &mut PgConnection,
    order: &Order,
) -> Result<Vec<Document>, StoreError> {
    let mut documents = store::documents::list(conn, order.record().id).await?;
    if let Some(parent) = order.record().parent {
        documents.extend(store::documents::list(conn, parent.id).await?);
    }
    Ok(documents)
}

pub(super) async fn document_facts(
    conn: &mut PgConnection,
    order: &Order,
) -> Result<Vec<DocumentFacts>, StoreError> {
    let documents = documents_of(conn, order).await?;
    Ok(documents.into_iter().map(|document| document.facts).collect())
}

pub(crate) async fn find(
    conn: &mut PgConnection,
    requester: &Requester,
    name: OrderName,
) -> Result<Order, ReadError> {
    let found = store::order::find(conn, name, requester.scope(), store::order::Access::Read).await?;
    found.ok_or(ReadError::NotFound)
}
