//! Events as intake announces them.

use jiff::Timestamp;
use portway_proto::events::v1::Event;
use portway_proto::intake::v1::{self, Account, AccountChanged, Grant, GrantChanged, OrderRef, PortOutRef};
use portway_proto::types::v1::{CarrierReason, Court, ReasonClass};
use prost::{Message, Name};
use types::{AccountId, EventId, OrderId, PortOutId};

pub(crate) const NUMBERS: [&str; 3] = ["+14155550123", "+12125550144", "+13125550166"];

/// What a carrier wrote into its free text, which nobody may ever see.
pub(crate) const QUOTED_PIN: &str = "the PIN 86421357 is wrong";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn stamp(text: &str) -> prost_types::Timestamp {
    service::stamp::to_proto(at(text))
}

pub(crate) fn event<M: Message + Name>(account: AccountId, subject: &impl ToString, payload: &M) -> Event {
    Event {
        position: None,
        event_id: EventId::generate().to_string(),
        subject_id: subject.to_string(),
        account_id: account.to_string(),
        r#type: M::full_name(),
        occurred_at: Some(stamp("2026-08-03T14:00:00Z")),
        traceparent: String::new(),
        payload: Some(prost_types::Any {
            type_url: format!("type.googleapis.com/{}", M::full_name()),
            value: payload.encode_to_vec(),
        }),
    }
}

pub(crate) fn account_changed(account: AccountId, owner_email: &str) -> Event {
    let changed = AccountChanged {
        account: Some(Account {
            account_id: account.to_string(),
            name: "Harbor Realty".to_owned(),
            owner: "ada".to_owned(),
            owner_email: owner_email.to_owned(),
            time_zone: "America/New_York".to_owned(),
            currency: "USD".to_owned(),
            country: "US".to_owned(),
        }),
    };
    event(account, &account, &changed)
}

pub(crate) fn granted(account: AccountId, permissions: &[&str]) -> Event {
    let changed = GrantChanged {
        account_id: account.to_string(),
        grant: Some(Grant {
            subject: "ada".to_owned(),
            permissions: permissions.iter().map(ToString::to_string).collect(),
        }),
    };
    event(account, &account, &changed)
}

/// A port-in order.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) account: AccountId,
    pub(crate) id: OrderId,
    pub(crate) number: String,
}

impl Order {
    pub(crate) fn new(account: AccountId, number: &str) -> Self {
        Self {
            account,
            id: OrderId::generate(),
            number: number.to_owned(),
        }
    }

    pub(crate) fn reference(&self) -> OrderRef {
        OrderRef {
            order_id: self.id.to_string(),
            request_number: self.number.clone(),
            account_id: self.account.to_string(),
            ver: 2,
            tns: NUMBERS.map(str::to_owned).to_vec(),
            losing_carrier: "hillside".to_owned(),
            losing_carrier_name: "Hillside Telecom".to_owned(),
            customer_reference: "office move".to_owned(),
            ..OrderRef::default()
        }
    }

    pub(crate) fn event<M: Message + Name>(&self, payload: &M) -> Event {
        event(self.account, &self.id, payload)
    }

    pub(crate) fn submitted(&self) -> Event {
        let order = Some(self.reference());
        self.event(&v1::OrderSubmitted {
            order,
            resubmitted: false,
            date_only: false,
        })
    }

    pub(crate) fn date_changed(&self) -> Event {
        self.event(&v1::OrderSubmitted {
            order: Some(self.reference()),
            resubmitted: true,
            date_only: true,
        })
    }

    pub(crate) fn pending(&self) -> Event {
        self.event(&v1::OrderPending {
            order: Some(self.reference()),
        })
    }

    pub(crate) fn foc_confirmed(&self) -> Event {
        let order = Some(self.reference());
        self.event(&v1::OrderFocConfirmed {
            order,
            foc_at: Some(stamp("2026-09-01T15:00:00Z")),
        })
    }

    pub(crate) fn ported(&self) -> Event {
        let order = Some(self.reference());
        self.event(&v1::OrderPorted {
            order,
            ported_at: Some(stamp("2026-09-01T15:02:00Z")),
        })
    }
}

/// A port-out.
#[derive(Debug, Clone)]
pub(crate) struct PortOut {
    pub(crate) account: AccountId,
    pub(crate) id: PortOutId,
    pub(crate) number: String,
}

impl PortOut {
    pub(crate) fn new(account: AccountId, number: &str) -> Self {
        Self {
            account,
            id: PortOutId::generate(),
            number: number.to_owned(),
        }
    }

    pub(crate) fn reference(&self) -> PortOutRef {
        PortOutRef {
            port_out_id: self.id.to_string(),
            request_number: self.number.clone(),
            account_id: self.account.to_string(),
            pon: "WIN-000017".to_owned(),
            ver: 1,
            winning_spid: "6529".to_owned(),
            winning_name: "Valley Wireless".to_owned(),
            tns: vec![NUMBERS[0].to_owned()],
            foc_at: Some(stamp("2026-11-20T16:30:00Z")),
            answers_per_number: false,
        }
    }

    pub(crate) fn event<M: Message + Name>(&self, payload: &M) -> Event {
        event(self.account, &self.id, payload)
    }
}

/// A wrong PIN of one number.
pub(crate) fn wrong_pin(tn: &str) -> CarrierReason {
    CarrierReason {
        tn: tn.to_owned(),
        reason: "PIN".to_owned(),
        reason_class: ReasonClass::Fix.into(),
        field: "pin".to_owned(),
        remedy: "Ask the losing carrier for the number's PIN and enter it here.".to_owned(),
        actor: Court::Customer.into(),
        raw_code: "8C".to_owned(),
        raw_text: QUOTED_PIN.to_owned(),
    }
}

/// A lock that the user of the number has to open; about the whole request.
pub(crate) fn locked() -> CarrierReason {
    CarrierReason {
        tn: String::new(),
        reason: "PLATFORM_LOCK".to_owned(),
        reason_class: ReasonClass::Customer.into(),
        field: String::new(),
        remedy: "Unlock in Google Voice, then confirm here.".to_owned(),
        actor: Court::EndUser.into(),
        raw_code: "7520".to_owned(),
        raw_text: String::new(),
    }
}
