//! An order as intake tells of it.

use portway_proto::intake::v1 as intake;
use types::OrderId;

use crate::harness::{ACCOUNT, Gateway};

/// An order of one or two numbers.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) pon: String,
    reference: intake::OrderRef,
}

impl Order {
    pub(crate) fn new(number: u32) -> Self {
        let id = OrderId::generate();
        Self {
            id,
            pon: format!("PI-{number}"),
            reference: intake::OrderRef {
                order_id: id.to_string(),
                request_number: format!("PI_{number}"),
                account_id: ACCOUNT.to_string(),
                ver: 1,
                tns: vec!["+12015550123".to_owned(), "+12015550124".to_owned()],
                losing_carrier: "sim-wireless".to_owned(),
                customer_reference: String::new(),
                parent_order_id: String::new(),
                losing_carrier_name: String::new(),
            },
        }
    }

    pub(crate) fn of_carrier(mut self, carrier: &str) -> Self {
        carrier.clone_into(&mut self.reference.losing_carrier);
        self
    }

    /// With so many numbers, from +12015550123 on.
    pub(crate) fn of_numbers(mut self, count: u16) -> Self {
        self.reference.tns = (0..count)
            .map(|nth| format!("+1201555{:04}", 123 + nth))
            .collect();
        self
    }

    pub(crate) fn at_ver(&self, ver: i32) -> intake::OrderRef {
        intake::OrderRef {
            ver,
            ..self.reference.clone()
        }
    }

    pub(crate) async fn submit(&self, gateway: &Gateway, ver: i32) {
        let event = intake::OrderSubmitted {
            order: Some(self.at_ver(ver)),
            resubmitted: ver > 1,
            date_only: false,
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    pub(crate) async fn cancel(&self, gateway: &Gateway, ver: i32) {
        let event = intake::OrderCancelRequested {
            order: Some(self.at_ver(ver)),
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    pub(crate) async fn activate(&self, gateway: &Gateway, ver: i32) {
        let event = intake::OrderActivationRequested {
            order: Some(self.at_ver(ver)),
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    /// Changes the wanted date and nothing else.
    pub(crate) async fn move_date(&self, gateway: &Gateway, ver: i32) {
        let event = intake::OrderSubmitted {
            order: Some(self.at_ver(ver)),
            resubmitted: true,
            date_only: true,
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    /// The order with some of its numbers.
    pub(crate) fn some(&self, ver: i32, tns: &[&str]) -> intake::OrderRef {
        intake::OrderRef {
            tns: tns.iter().map(|&tn| tn.to_owned()).collect(),
            ..self.at_ver(ver)
        }
    }

    pub(crate) async fn activate_some(&self, gateway: &Gateway, tns: &[&str]) {
        let order = Some(self.some(1, tns));
        let event = intake::OrderActivationRequested { order };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    pub(crate) async fn snap_back(&self, gateway: &Gateway, tns: &[&str]) {
        let event = intake::OrderSnapbackRequested {
            order: Some(self.some(1, tns)),
            reason: "inadvertent port".to_owned(),
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    pub(crate) async fn enable_messaging(&self, gateway: &Gateway, tns: &[&str]) {
        let event = intake::OrderMessagingRequested {
            order: Some(self.some(1, tns)),
            campaign_id: "C-77".to_owned(),
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }

    pub(crate) async fn abandon(&self, gateway: &Gateway) {
        let event = intake::OrderAbandoned {
            order: Some(self.at_ver(1)),
        };
        gateway.hear(self.id.as_uuid(), &event).await;
    }
}
