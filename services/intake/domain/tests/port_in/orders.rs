//! Orders to test with.

use intake_domain::port_in::{
    Address, AwaitedAction, AwaitedAnswer, Children, CommandHeard, CommandKind, CommandState, Commitment,
    Court, DateChange, Detail, Details, Draft, Fallback, KeptSecret, NumberConfig, NumberState, Order,
    OrderNumber, OrderReason, OrderRecord, OrderState, Overrides, PendingOn, Rejection, ReviewCause,
    StateName, SubscriberKind,
};
use jiff::Timestamp;
use reasons::Reason;
use types::{AccountId, OrderId, RequestKind, RequestNumber, Secret, Tn, Ver};

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

/// The customer was asked this just now.
pub(crate) fn action_required(rejection: Rejection) -> OrderState {
    OrderState::ActionRequired(AwaitedAction::new(rejection, now()))
}

/// News of a command for the whole order.
pub(crate) const fn told(
    kind: CommandKind,
    ver: Ver,
    state: CommandState,
    refusal: &str,
) -> CommandHeard<'_> {
    CommandHeard {
        kind,
        ver,
        state,
        tns: None,
        refusal,
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
    let ver = if state.fallback().is_some() {
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
        StateName::Draft => OrderState::Draft(Draft::new(now())),
        StateName::Submitted => OrderState::Submitted,
        StateName::Pending => OrderState::Pending(PendingOn::Carrier),
        StateName::ActionRequired => action_required(pin),
        StateName::FocConfirmed => OrderState::FocConfirmed(commitment()),
        StateName::Activating => OrderState::Activating { foc_at: foc_at() },
        StateName::Ported => OrderState::Ported,
        StateName::CancelRequested => cancelling(Fallback::Pending(PendingOn::Carrier)),
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

/// A cancel that went out just now.
pub(crate) fn cancelling(from: Fallback) -> OrderState {
    let answer = AwaitedAnswer::DueBy(at("2026-11-25T15:00:00Z"));
    OrderState::CancelRequested { from, answer }
}

/// A change of date that went out just now with the second version, from no date to the tenth.
pub(crate) fn changing(from: Fallback) -> OrderState {
    OrderState::ChangingDate(DateChange {
        ver: Ver::new(2).unwrap(),
        previous: None,
        from,
        answer: AwaitedAnswer::DueBy(at("2026-11-25T15:00:00Z")),
    })
}

/// Something that we do not understand was said.
pub(crate) fn awaits_us() -> OrderState {
    OrderState::Pending(PendingOn::Us(rejection(vec![reason(Reason::Unmapped, None)])))
}

/// Every variant of a state by its name in tables: those of [`StateName`], and the four that look like others outside.
pub(crate) fn every_state() -> Vec<(&'static str, OrderState)> {
    let mut all: Vec<_> = StateName::ALL.map(|name| (name.code(), state(name))).to_vec();
    all.push((
        "PARENT",
        OrderState::Parent(Children {
            state: StateName::Pending,
            court: Some(Court::LosingCarrier),
        }),
    ));
    all.insert(
        1,
        ("IN_REVIEW", OrderState::InReview(vec![ReviewCause::FirstOrder])),
    );
    all.insert(
        5,
        ("CHANGING_DATE", changing(Fallback::FocConfirmed(commitment()))),
    );
    all.insert(4, ("AWAITS_US", awaits_us()));
    all
}

/// The name of a state in tables.
pub(crate) fn label(state: &OrderState) -> &'static str {
    if matches!(state, OrderState::InReview(_)) {
        "IN_REVIEW"
    } else if matches!(state, OrderState::ChangingDate(_)) {
        "CHANGING_DATE"
    } else if matches!(state, OrderState::Pending(PendingOn::Us(_))) {
        "AWAITS_US"
    } else if matches!(state, OrderState::Parent(_)) {
        "PARENT"
    } else {
        state.name().code()
    }
}
