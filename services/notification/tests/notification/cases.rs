//! What each event should lead to: one row each.

use notification_domain::Step;
use portway_proto::events::v1::Event;
use portway_proto::intake::v1;
use portway_proto::types::v1::Court;
use serde_json::{Value, json};

use crate::cases_of_leave;
use crate::cases_of_ours;
use crate::intake_events::{NUMBERS, Order, PortOut, locked, stamp, wrong_pin};

/// What one event should lead to.
pub(crate) struct Case {
    pub(crate) step: Step,
    pub(crate) event: Event,
    /// The subject line after the request number, and sentences of the mail; `None`: nobody is written to.
    pub(crate) mail: Option<(&'static str, Vec<&'static str>)>,
    /// What the webhook's data holds besides what all have.
    pub(crate) data: Value,
}

/// Everything that becomes of a port-in order.
pub(crate) fn port_in_cases(order: &Order) -> Vec<Case> {
    let mut cases = waiting(order);
    cases.extend(cases_of_ours::before_sending(order));
    cases.extend(cases_of_ours::review(order));
    cases.extend(cases_of_ours::dates(order));
    cases.extend(corrections(order));
    cases.extend(cases_of_ours::cut_over(order));
    cases.extend(cases_of_ours::snapback(order));
    cases.extend(endings(order));
    cases
}

/// While the carrier has the order.
fn waiting(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    vec![
        Case {
            step: Step::PortInSubmitted,
            event: order.submitted(),
            mail: Some((
                "your port-in was submitted",
                vec![
                    "Your request PI_100001 to move 3 numbers to us was submitted.",
                    "do not close your account with Hillside Telecom, and keep your numbers active.",
                    "Your reference: office move",
                ],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortInPending,
            event: order.pending(),
            mail: None,
            data: json!({}),
        },
        Case {
            step: Step::PortInDelayed,
            event: order.event(&v1::OrderDelayed {
                order: order_ref(),
                reasons: vec![locked()],
            }),
            mail: None,
            data: json!({ "reasons": [{
                "tn": null, "reason": "PLATFORM_LOCK", "class": "customer", "field": "",
                "remedy": "Unlock in Google Voice, then confirm here.", "actor": "end_user", "raw_code": "7520",
            }] }),
        },
    ]
}

/// When something is wrong.
fn corrections(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    vec![
        Case {
            step: Step::PortInActionRequired,
            event: order.event(&v1::OrderActionRequired {
                order: order_ref(),
                reasons: vec![wrong_pin(NUMBERS[0]), locked(), wrong_pin(NUMBERS[2])],
                update_required: false,
            }),
            mail: Some((
                "your port-in needs your action",
                vec![
                    "Hillside Telecom rejected your request PI_100001 to move 3 numbers to us.",
                    "1. The PIN or passcode of the number is missing or wrong. \
                     Numbers: +14155550123, +13125550166 The carrier's code: 8C \
                     What to do: Ask the losing carrier for the number's PIN and enter it here. \
                     2. The number is locked by the service it is used with, such as Google Voice. \
                     This is about the whole request. The carrier's code: 7520 \
                     What to do: Unlock in Google Voice, then confirm here. \
                     Who has to act: the user of the number What to do next:",
                    "correct the request or confirm what you did, then submit it again.",
                ],
            )),
            data: json!({ "update_required": false }),
        },
        Case {
            step: Step::PortInActionRequired,
            event: order.event(&v1::OrderActionRequired {
                order: order_ref(),
                reasons: vec![wrong_pin(NUMBERS[1])],
                update_required: true,
            }),
            mail: Some((
                "your port-in needs your action",
                vec![
                    "Hillside Telecom needs some data of your request PI_100001 updated before it can release",
                    "Number: +12125550144",
                ],
            )),
            data: json!({ "update_required": true }),
        },
        Case {
            step: Step::PortInActionExpiring,
            event: order.event(&v1::OrderActionExpiring {
                order: order_ref(),
                expires_at: Some(stamp("2026-09-01T15:00:00Z")),
            }),
            mail: Some((
                "your port-in is about to be closed",
                vec![
                    "nobody has worked on it",
                    "Tuesday, September 1, 2026 at 11:00 AM EDT",
                ],
            )),
            data: json!({ "expires_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::PortInResubmitted,
            event: order.event(&v1::OrderSubmitted {
                order: order_ref(),
                resubmitted: true,
                date_only: false,
            }),
            mail: Some((
                "your port-in was corrected and submitted again",
                vec!["was corrected and submitted again as version 2."],
            )),
            data: json!({ "ver": 2 }),
        },
    ]
}

/// Once the carrier decided.
fn endings(order: &Order) -> Vec<Case> {
    let order_ref = || Some(order.reference());
    vec![
        Case {
            step: Step::PortInFocConfirmed,
            event: order.foc_confirmed(),
            mail: Some((
                "your porting date is set",
                vec![
                    "Hillside Telecom approved your request PI_100001.",
                    "Tuesday, September 1, 2026 at 11:00 AM EDT",
                    "the numbers appear in your account two days before",
                    "+14155550123 +12125550144 +13125550166",
                ],
            )),
            data: json!({ "foc_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::PortInPorted,
            event: order.ported(),
            mail: Some((
                "your numbers have ported",
                vec!["is complete: 3 numbers moved to us on Tuesday, September 1, 2026 at 11:02 AM EDT."],
            )),
            data: json!({ "ported_at": "2026-09-01T15:02:00Z" }),
        },
        Case {
            step: Step::PortInCancelled,
            event: order.event(&v1::OrderCancelled { order: order_ref() }),
            mail: Some((
                "your port-in was cancelled",
                vec!["The numbers stay with Hillside Telecom."],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortInRejected,
            event: order.event(&v1::OrderRejected {
                order: order_ref(),
                reasons: vec![wrong_pin(NUMBERS[0])],
            }),
            mail: Some((
                "your port-in was refused",
                vec!["was refused for good", "Number: +14155550123", "or forward calls"],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortInAbandoned,
            event: order.event(&v1::OrderAbandoned { order: order_ref() }),
            mail: Some((
                "your port-in was closed",
                vec!["Nobody acted on your request PI_100001 for 30 days"],
            )),
            data: json!({}),
        },
    ]
}

/// Everything that becomes of a port-out.
pub(crate) fn port_out_cases(port_out: &PortOut) -> Vec<Case> {
    let mut cases = decisions(port_out);
    cases.extend(cases_of_leave::by_policy(port_out));
    cases.extend(cases_of_ours::protection(port_out));
    cases.extend(cases_of_ours::conflicts(port_out));
    cases.push(comment(port_out));
    cases.extend(outcomes(port_out));
    cases.extend(cases_of_leave::without_leave(port_out));
    cases
}

/// Until it is decided.
fn decisions(port_out: &PortOut) -> Vec<Case> {
    let port_out_ref = || Some(port_out.reference());
    let authorized = |decided_by: &str| {
        let decided_by = decided_by.to_owned();
        port_out.event(&v1::PortOutAuthorized {
            port_out: port_out_ref(),
            decided_by,
            ..v1::PortOutAuthorized::default()
        })
    };
    vec![
        Case {
            step: Step::PortOutReceived,
            event: port_out.event(&v1::PortOutReceived {
                port_out: port_out_ref(),
                answer_due_at: Some(stamp("2026-11-17T20:00:00Z")),
                decided_by: String::new(),
            }),
            mail: Some((
                "a carrier asks for your numbers",
                vec![
                    "Valley Wireless asks to move 1 number of your account away from us. The request is pending.",
                    "Requested porting date (FOC): Friday, November 20, 2026 at 11:30 AM EST",
                    "Please answer by: Tuesday, November 17, 2026 at 3:00 PM EST",
                    "Number: +14155550123",
                    "You cannot withhold a number for billing or payment issues",
                ],
            )),
            data: json!({ "answer_due_at": "2026-11-17T20:00:00Z", "decided_by": "", "foc_at": "2026-11-20T16:30:00Z",
                "winning_spid": "6529", "winning_name": "Valley Wireless", "pon": "WIN-000017" }),
        },
        Case {
            step: Step::PortOutRejectionRequested,
            event: port_out.event(&v1::PortOutRejectionRequested {
                port_out: port_out_ref(),
                reason: "PIN".to_owned(),
                requested_by: "user:owner".to_owned(),
            }),
            mail: None,
            data: json!({ "reason": "PIN" }),
        },
        Case {
            step: Step::PortOutAuthorized,
            event: authorized("silence"),
            mail: Some((
                "your numbers may be ported out",
                vec![
                    "Nobody of your account answered the request PO_100007 of Valley Wireless in time.",
                    "So it is authorized, and 1 number will be ported out.",
                    "To stop it, lock the numbers before they go",
                ],
            )),
            data: json!({ "decided_by": "silence" }),
        },
        Case {
            step: Step::PortOutAuthorized,
            event: authorized("user:owner"),
            mail: None,
            data: json!({ "decided_by": "user:owner" }),
        },
        Case {
            step: Step::PortOutOverruled,
            event: authorized("overruled"),
            mail: Some((
                "your rejection did not hold",
                vec!["The request is authorized, and the numbers will be ported out."],
            )),
            data: json!({ "decided_by": "overruled" }),
        },
    ]
}

/// Written on it by the platform.
fn comment(port_out: &PortOut) -> Case {
    Case {
        step: Step::PortOutCommented,
        event: port_out.event(&v1::PortOutCommented {
            port_out: Some(port_out.reference()),
            by_platform: true,
            action_by: Court::Customer.into(),
            ..v1::PortOutCommented::default()
        }),
        mail: Some((
            "a comment on your port-out",
            vec!["We wrote a comment on your request PO_100007 that needs your action."],
        )),
        data: json!({ "asks_customer": true }),
    }
}

/// Once it is decided.
fn outcomes(port_out: &PortOut) -> Vec<Case> {
    let port_out_ref = || Some(port_out.reference());
    vec![
        Case {
            step: Step::PortOutRejected,
            event: port_out.event(&v1::PortOutRejected {
                port_out: port_out_ref(),
                reasons: vec![wrong_pin(NUMBERS[0])],
                ..v1::PortOutRejected::default()
            }),
            mail: Some((
                "the port-out was rejected",
                vec![
                    "of Valley Wireless was rejected. The numbers stay with you.",
                    "Number: +14155550123",
                ],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortOutFocChanged,
            event: port_out.event(&v1::PortOutFocChanged {
                port_out: port_out_ref(),
            }),
            mail: Some((
                "the port-out has a new date",
                vec!["is now: Friday, November 20, 2026 at 11:30 AM EST"],
            )),
            data: json!({}),
        },
        Case {
            step: Step::PortOutPortedOut,
            event: port_out.event(&v1::PortedOut {
                port_out: port_out_ref(),
                ported_at: Some(stamp("2026-11-20T16:31:00Z")),
                ..v1::PortedOut::default()
            }),
            mail: Some((
                "your numbers have ported out",
                vec![
                    "1 number ported out to Valley Wireless on Friday, November 20, 2026 at 11:31 AM EST.",
                    "They were removed from your account.",
                    "You will be billed at the end of the month for any port-out charges.",
                ],
            )),
            data: json!({ "ported_at": "2026-11-20T16:31:00Z" }),
        },
        Case {
            step: Step::PortOutCancelled,
            event: port_out.event(&v1::PortOutCancelled {
                port_out: port_out_ref(),
            }),
            mail: Some((
                "the port-out was cancelled",
                vec!["Valley Wireless withdrew its request PO_100007."],
            )),
            data: json!({}),
        },
    ]
}
