//! The order that an event is about, as events refer to it.

use events::NewEvent;
use intake_domain::carrier::CarrierProfile;
use intake_domain::port_in::{ChildRef, Order};
use jiff::Timestamp;
use pg::StoreError;
use portway_proto::intake::v1;
use prost::{Message, Name};
use sqlx::PgConnection;
use types::{CarrierId, Tn, Ver};

use crate::store::carriers;

/// An order, with the losing carriers that are named with it.
#[derive(Debug)]
pub(super) struct About<'o> {
    pub(super) order: &'o Order,
    carriers: Vec<CarrierProfile>,
}

impl<'o> About<'o> {
    /// Looks up what its losing carrier is called, and those of `children`.
    pub(super) async fn of(
        conn: &mut PgConnection,
        order: &'o Order,
        children: &[ChildRef],
    ) -> Result<Self, StoreError> {
        let theirs = children.iter().filter_map(|child| child.losing_carrier.clone());
        let mut ids: Vec<CarrierId> = order
            .record()
            .details
            .losing_carrier
            .clone()
            .into_iter()
            .collect();
        ids.extend(theirs);
        let carriers = if ids.is_empty() {
            Vec::new()
        } else {
            carriers::list(conn, &ids).await?
        };
        Ok(Self { order, carriers })
    }

    /// An event about the order.
    pub(super) fn event<M: Message + Name>(&self, now: Timestamp, message: &M) -> NewEvent {
        let record = self.order.record();
        NewEvent::new(record.account, record.id.as_uuid(), now, message)
    }

    /// The order and these of its numbers.
    pub(super) fn reference(&self, tns: &[Tn]) -> v1::OrderRef {
        let record = self.order.record();
        let details = &record.details;
        let reference = v1::OrderRef {
            order_id: record.id.to_string(),
            request_number: record.request_number.to_string(),
            account_id: record.account.to_string(),
            ver: record.ver.into(),
            tns: tns.iter().map(Tn::to_string).collect(),
            customer_reference: details
                .customer_reference
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            parent_order_id: record
                .parent
                .map(|parent| parent.id.to_string())
                .unwrap_or_default(),
            ..v1::OrderRef::default()
        };
        self.naming(reference, details.losing_carrier.as_ref())
    }

    /// One of the children that it was divided into.
    pub(super) fn child_reference(&self, child: &ChildRef) -> v1::OrderRef {
        let parent = self.reference(&[]);
        let reference = v1::OrderRef {
            order_id: child.id.to_string(),
            request_number: child.request_number.to_string(),
            ver: Ver::FIRST.into(),
            parent_order_id: parent.order_id.clone(),
            ..parent
        };
        self.naming(reference, child.losing_carrier.as_ref())
    }

    /// With id and name of the carrier that has the numbers.
    fn naming(&self, reference: v1::OrderRef, carrier: Option<&CarrierId>) -> v1::OrderRef {
        let known = self.carriers.iter().find(|known| Some(&known.id) == carrier);
        v1::OrderRef {
            losing_carrier: carrier.map(ToString::to_string).unwrap_or_default(),
            losing_carrier_name: known.map(|known| known.name.clone()).unwrap_or_default(),
            ..reference
        }
    }
}
