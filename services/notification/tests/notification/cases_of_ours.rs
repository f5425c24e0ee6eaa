//! What each event should lead to that is about our side of a port: review, papers, dates, the cut-over, protection.

use notification_domain::Step;
use portway_proto::intake::v1;
use portway_proto::types::v1::{Capability, Court};
use serde_json::json;

use crate::cases::Case;
use crate::intake_events::{NUMBERS, Order, PortOut, event, stamp};

/// Before the order is with a carrier: the customer's draft and papers.
pub(crate) fn before_sending(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    vec![
        Case {
            step: Step::PortInDraftExpiring,
            event: order.event(&v1::OrderDraftExpiring {
                order: order_ref(),
                expires_at: Some(stamp("2026-09-01T15:00:00Z")),
            }),
            mail: Some((
                "your draft is about to be closed",
                vec![
                    "Nobody has worked on your draft PI_100001",
                    "Tuesday, September 1, 2026 at 11:00 AM EDT",
                ],
            )),
            data: json!({ "expires_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::PortInSigningRequested,
            event: order.event(&v1::LetterSigningRequested {
                order: order_ref(),
                signing_id: uuid::Uuid::nil().to_string(),
                letter_id: uuid::Uuid::nil().to_string(),
                expires_at: Some(stamp("2026-09-01T15:00:00Z")),
            }),
            mail: None,
            data: json!({ "expires_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::PortInSigned,
            event: order.event(&v1::LetterSigned {
                order: order_ref(),
                signed_at: Some(stamp("2026-09-01T15:00:00Z")),
                ..v1::LetterSigned::default()
            }),
            mail: Some((
                "your letter of authorization was signed",
                vec![
                    "Tuesday, September 1, 2026 at 11:00 AM EDT",
                    "now among the documents of the request.",
                ],
            )),
            data: json!({ "signed_at": "2026-09-01T15:00:00Z" }),
        },
    ]
}

/// Before the order is with a carrier: our review.
pub(crate) fn review(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    let part = |number: &str| v1::OrderRef {
        request_number: number.to_owned(),
        ..order.reference()
    };
    vec![
        Case {
            step: Step::PortInInReview,
            event: order.event(&v1::OrderInReview {
                order: order_ref(),
                causes: vec![v1::ReviewCause::FirstOrder.into()],
            }),
            mail: None,
            data: json!({}),
        },
        Case {
            step: Step::PortInReturned,
            event: order.event(&v1::OrderReturned {
                order: order_ref(),
                reasons: vec![
                    v1::ReturnReason {
                        field: "details.company_name".to_owned(),
                        message: "The bill says Harbor Realty Group LLC.".to_owned(),
                    },
                    v1::ReturnReason {
                        field: String::new(),
                        message: "Add the second page.".to_owned(),
                    },
                ],
            }),
            mail: Some((
                "please correct your port-in",
                vec![
                    "1. details.company_name: The bill says Harbor Realty Group LLC. 2. Add the second page.",
                ],
            )),
            data: json!({ "remarks": [{ "field": "details.company_name", "message": "The bill says Harbor Realty Group LLC." },
                { "field": "", "message": "Add the second page." }] }),
        },
        Case {
            step: Step::PortInSplit,
            event: order.event(&v1::OrderSplit {
                order: order_ref(),
                children: vec![part("PI_100011"), part("PI_100012")],
            }),
            mail: Some((
                "your port-in goes in several parts",
                vec!["PI_100011 PI_100012 PI_100001 sums them up."],
            )),
            data: json!({ "parts": ["PI_100011", "PI_100012"] }),
        },
    ]
}

/// While the carrier has the order.
pub(crate) fn dates(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    vec![
        Case {
            step: Step::PortInFocMoved,
            event: order.event(&v1::OrderFocMoved {
                order: order_ref(),
                foc_at: Some(stamp("2026-09-03T15:00:00Z")),
                previous_foc_at: Some(stamp("2026-09-01T15:00:00Z")),
                asked_for: false,
            }),
            mail: Some((
                "your porting date moved",
                vec![
                    "Hillside Telecom moved the date of your request PI_100001.",
                    "Thursday, September 3, 2026 at 11:00 AM EDT Before it was Tuesday, September 1, 2026 at 11:00 AM EDT.",
                ],
            )),
            data: json!({ "foc_at": "2026-09-03T15:00:00Z", "previous_foc_at": "2026-09-01T15:00:00Z", "asked_for": false }),
        },
        Case {
            step: Step::PortInFocMoved,
            event: order.event(&v1::OrderFocMoved {
                order: order_ref(),
                foc_at: Some(stamp("2026-09-03T15:00:00Z")),
                previous_foc_at: Some(stamp("2026-09-01T15:00:00Z")),
                asked_for: true,
            }),
            mail: Some((
                "your porting date moved",
                vec!["Hillside Telecom agreed to another date"],
            )),
            data: json!({ "asked_for": true }),
        },
        Case {
            step: Step::PortInDateChangeRefused,
            event: order.event(&v1::OrderDateChangeRefused {
                order: order_ref(),
                foc_at: Some(stamp("2026-09-01T15:00:00Z")),
                wanted_date: None,
            }),
            mail: Some((
                "your date could not be changed",
                vec!["The porting date stays: Tuesday, September 1, 2026 at 11:00 AM EDT"],
            )),
            data: json!({ "foc_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::PortInCommented,
            event: order.event(&v1::OrderCommented {
                order: order_ref(),
                by_platform: true,
                action_by: Court::Customer.into(),
                ..v1::OrderCommented::default()
            }),
            mail: Some((
                "a comment on your port-in",
                vec!["We wrote a comment on your request PI_100001 that needs your action."],
            )),
            data: json!({ "asks_customer": true }),
        },
    ]
}

/// At the cut-over and after it.
pub(crate) fn cut_over(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    let hold = v1::Hold {
        message: "2 numbers have no application to route to; set one.".to_owned(),
        ..v1::Hold::default()
    };
    vec![
        Case {
            step: Step::PortInHeldBack,
            event: order.event(&v1::OrderHeldBack {
                order: order_ref(),
                holds: vec![hold],
                held_since: Some(stamp("2026-09-01T15:00:00Z")),
                lapses_at: Some(stamp("2026-09-03T15:00:00Z")),
            }),
            mail: Some((
                "the cut-over is held back",
                vec![
                    "1. 2 numbers have no application to route to; set one.",
                    "The commitment of Hillside Telecom lapses on Thursday, September 3, 2026 at 11:00 AM EDT.",
                ],
            )),
            data: json!({ "lapses_at": "2026-09-03T15:00:00Z",
                "holds": ["2 numbers have no application to route to; set one."] }),
        },
        Case {
            step: Step::PortInTemporarySwapped,
            event: order.event(&v1::TemporaryNumberSwapped {
                order: order_ref(),
                temporary_tn: "+12015550199".to_owned(),
                swapped_at: None,
            }),
            mail: Some((
                "your ported number took over",
                vec!["+14155550123 has ported and took over from +12015550199"],
            )),
            data: json!({ "temporary_tn": "+12015550199" }),
        },
        Case {
            step: Step::PortInCapabilityFailed,
            event: order.event(&v1::OrderCapabilityFailed {
                order: order_ref(),
                capability: Capability::Emergency.into(),
                ..v1::OrderCapabilityFailed::default()
            }),
            mail: None,
            data: json!({ "capability": "emergency" }),
        },
        Case {
            step: Step::PortInProved,
            event: order.event(&v1::OrderProved { order: order_ref() }),
            mail: None,
            data: json!({}),
        },
    ]
}

/// After the cut-over.
pub(crate) fn snapback(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    vec![
        Case {
            step: Step::PortInSnapbackSettled,
            event: order.event(&v1::OrderSnapbackSettled {
                order: order_ref(),
                confirmed: true,
                ..v1::OrderSnapbackSettled::default()
            }),
            mail: Some((
                "your numbers went back",
                vec!["Hillside Telecom took back 3 numbers of your request PI_100001."],
            )),
            data: json!({ "confirmed": true }),
        },
        Case {
            step: Step::PortInSnapbackSettled,
            event: order.event(&v1::OrderSnapbackSettled {
                order: order_ref(),
                confirmed: false,
                ..v1::OrderSnapbackSettled::default()
            }),
            mail: Some((
                "your numbers stay",
                vec!["They stay in your account and in service."],
            )),
            data: json!({ "confirmed": false }),
        },
    ]
}

/// Around a port-out.
pub(crate) fn protection(port_out: &PortOut) -> Vec<Case> {
    let port_out_ref = || Some(port_out.reference());
    vec![
        Case {
            step: Step::PortOutConsentAsked,
            event: port_out.event(&v1::PortOutConsentAsked {
                port_out: port_out_ref(),
                consent_id: uuid::Uuid::nil().to_string(),
                expires_at: Some(stamp("2026-09-01T15:00:00Z")),
                channel: v1::ConsentChannel::Unspecified.into(),
            }),
            mail: None,
            data: json!({ "expires_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::PortOutOverruled,
            event: port_out.event(&v1::PortOutAuthorized {
                port_out: port_out_ref(),
                decided_by: "overruled".to_owned(),
                explanation: "The PIN was right.".to_owned(),
                ..v1::PortOutAuthorized::default()
            }),
            mail: Some((
                "your rejection did not hold",
                vec!["What our operations say: The PIN was right."],
            )),
            data: json!({ "explanation": "The PIN was right." }),
        },
        Case {
            step: Step::PortOutNumbersReleased,
            event: port_out.event(&v1::NumbersReleased {
                port_out: port_out_ref(),
                released_at: None,
            }),
            mail: None,
            data: json!({}),
        },
    ]
}

/// Around a lock that came after the authorization, and our answer.
pub(crate) fn conflicts(port_out: &PortOut) -> Vec<Case> {
    let port_out_ref = || Some(port_out.reference());
    vec![
        Case {
            step: Step::PortOutConflicted,
            event: port_out.event(&v1::PortOutConflicted {
                port_out: port_out_ref(),
                ..v1::PortOutConflicted::default()
            }),
            mail: Some((
                "locked numbers are not released",
                vec!["You locked 1 number after the request PO_100007 of Valley Wireless was authorized."],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortOutConflictAccepted,
            event: port_out.event(&v1::PortOutConflictSettled {
                port_out: port_out_ref(),
                accepted: true,
                ..v1::PortOutConflictSettled::default()
            }),
            mail: None,
            data: json!({}),
        },
        Case {
            step: Step::PortOutConflictRefused,
            event: port_out.event(&v1::PortOutConflictSettled {
                port_out: port_out_ref(),
                refusal: "the PIN is QX-0000".to_owned(),
                ..v1::PortOutConflictSettled::default()
            }),
            mail: Some((
                "locked numbers will be ported out",
                vec!["Valley Wireless did not accept the conflict"],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortOutAnswered,
            event: port_out.event(&v1::PortOutAnswered {
                port_out: port_out_ref(),
                answer_state: v1::AnswerState::Acknowledged.into(),
                ..v1::PortOutAnswered::default()
            }),
            mail: None,
            data: json!({ "answer_state": "acknowledged" }),
        },
    ]
}

/// To an account.
pub(crate) fn alarm(port_out: &PortOut) -> Case {
    let account = port_out.account;
    let raised = v1::PinAlarmRaised {
        account_id: account.to_string(),
        tns: vec![NUMBERS[0].to_owned()],
        wrong_pins: 3,
        across_numbers: false,
        winning_name: "Valley Wireless".to_owned(),
        raised_at: Some(stamp("2026-09-01T15:00:00Z")),
    };
    Case {
        step: Step::AccountPinAlarm,
        event: event(account, &account, &raised),
        mail: Some((
            "wrong PINs were tried for your numbers",
            vec![
                "3 wrong PINs were given for 1 number of your account",
                "the last by Valley Wireless.",
            ],
        )),
        data: json!({ "wrong_pins": 3, "tns": ["+14155550123"] }),
    }
}
