//! Orders to test with.

use intake_domain::port_in::{
    Address, BeforeCancel, Commitment, Detail, Details, KeptSecret, NumberConfig, NumberState, Order,
    OrderNumber, OrderReason, OrderRecord, OrderState, Overrides, Rejection, StateName, SubscriberKind,
};
use jiff::Timestamp;
use reasons::Reason;
use types::{AccountId, OrderId, RequestKind, RequestNumber, Secret, Tn};

pub(crate) const ONE: &str = "+12018670123";
pub(crate) const TWO: &str = "+12018670124";

pub(crate) fn tn(text: &str) -> Tn {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-11-23T15:00:00Z")
}

pub(crate) fn foc_at() -> Timestamp {
    at("2026-12-01T05:00:00Z")
}

pub(crate) fn reason(reason: Reason, tn: Option<&str>) -> OrderReason {
    OrderReason {
        tn: tn.map(|tn| tn.parse().unwrap()),
        reason,
        raw_code: "8C".to_owned(),
        raw_text: String::new(),
    }
}

pub(crate) fn rejection(reasons: Vec<OrderReason>) -> Rejection {
    Rejection {
        update_required: false,
        reasons,
    }
}

pub(crate) fn number(tn: &str, state: NumberState) -> OrderNumber {
    let tn: Tn = tn.parse().unwrap();
    let info = numbering::describe(tn, jiff::civil::date(2026, 11, 23)).unwrap();
    OrderNumber {
        tn,
        state,
        pin: Some(KeptSecret::Stored {
            masked: "••••".to_owned(),
        }),
        config: NumberConfig::default(),
        overrides: Overrides::default(),
        country: info.country,
        area: info.state,
    }
}

pub(crate) fn details() -> Vec<Detail> {
    let address = Address {
        street: Some("1 Main St".parse().unwrap()),
        unit: None,
        city: Some("Jersey City".parse().unwrap()),
        state: Some("NJ".parse().unwrap()),
        postal_code: Some("07302".parse().unwrap()),
    };
    vec![
        Detail::LosingCarrier(Some("sim-wireless".parse().unwrap())),
        Detail::AccountNumber(Some(Secret::new("ACC-7788991"))),
        Detail::Btn(Some(tn(ONE))),
        Detail::SubscriberKind(Some(SubscriberKind::Residential)),
        Detail::FirstName(Some("Ann".parse().unwrap())),
        Detail::LastName(Some("Lee".parse().unwrap())),
        Detail::AuthorizedBy(Some("Ann Lee".parse().unwrap())),
        Detail::ServiceAddress(address),
    ]
}

/// A complete order of two numbers in this state.
pub(crate) fn order_in(name: StateName) -> Order {
    order_with(state(name))
}

pub(crate) fn order_with(state: OrderState) -> Order {
    let number_state = match state.name() {
        StateName::Draft => NumberState::Draft,
        StateName::Submitted
        | StateName::Pending
        | StateName::ActionRequired
        | StateName::CancelRequested => NumberState::InOrder,
        StateName::FocConfirmed => NumberState::FocConfirmed,
        StateName::Activating => NumberState::Activating,
        StateName::Ported => NumberState::Ported,
        StateName::Cancelled | StateName::Rejected | StateName::Abandoned => NumberState::Released,
    };
    let number_id = RequestNumber::new(RequestKind::PortIn, 100_001);
    let draft = OrderRecord::draft(OrderId::generate(), number_id, AccountId::generate(), now());
    let details = details().into_iter().fold(draft.details, Details::with);
    let numbers = vec![number(ONE, number_state), number(TWO, number_state)];
    let is_cancelling = state.name() == StateName::CancelRequested;
    let ver = if is_cancelling {
        draft.ver.next().unwrap()
    } else {
        draft.ver
    };
    Order::restore(OrderRecord {
        details,
        numbers,
        state,
        ver,
        ..draft
    })
}

pub(crate) fn state(name: StateName) -> OrderState {
    let pin = rejection(vec![reason(Reason::Pin, Some(ONE))]);
    match name {
        StateName::Draft => OrderState::Draft,
        StateName::Submitted => OrderState::Submitted,
        StateName::Pending => OrderState::Pending { awaits_us: false },
        StateName::ActionRequired => OrderState::ActionRequired(pin),
        StateName::FocConfirmed => OrderState::FocConfirmed(commitment()),
        StateName::Activating => OrderState::Activating { foc_at: foc_at() },
        StateName::Ported => OrderState::Ported,
        StateName::CancelRequested => OrderState::CancelRequested {
            from: BeforeCancel::Pending { awaits_us: false },
        },
        StateName::Cancelled => OrderState::Cancelled,
        StateName::Rejected => OrderState::Rejected,
        StateName::Abandoned => OrderState::Abandoned,
    }
}

pub(crate) fn commitment() -> Commitment {
    Commitment {
        foc_at: foc_at(),
        received_at: now(),
        incoming: false,
    }
}
