//! What each event should lead to that says whether numbers may go, and whether they went with leave.

use notification_domain::Step;
use portway_proto::intake::v1;
use serde_json::json;

use crate::cases::Case;
use crate::intake_events::{NUMBERS, PortOut, stamp};

/// With nobody asked.
pub(crate) fn by_policy(port_out: &PortOut) -> Vec<Case> {
    let port_out_ref = || Some(port_out.reference());
    vec![
        Case {
            step: Step::PortOutReceived,
            event: port_out.event(&v1::PortOutReceived {
                port_out: port_out_ref(),
                answer_due_at: Some(stamp("2026-11-17T20:00:00Z")),
                decided_by: "policy".to_owned(),
            }),
            mail: Some((
                "a carrier asks for your numbers",
                vec![
                    "The request is authorized already, as your port-out policy says.",
                    "Requested porting date (FOC): Friday, November 20, 2026 at 11:30 AM EST",
                    "To stop it, lock the numbers before they go",
                ],
            )),
            data: json!({ "decided_by": "policy" }),
        },
        Case {
            step: Step::PortOutAuthorized,
            event: port_out.event(&v1::PortOutAuthorized {
                port_out: port_out_ref(),
                decided_by: "policy".to_owned(),
                ..v1::PortOutAuthorized::default()
            }),
            mail: Some((
                "your numbers may be ported out",
                vec!["is authorized, as your port-out policy says, and 1 number will be ported out."],
            )),
            data: json!({ "decided_by": "policy" }),
        },
    ]
}

/// Numbers that are gone.
pub(crate) fn without_leave(port_out: &PortOut) -> Vec<Case> {
    let port_out_ref = || Some(port_out.reference());
    let ported_at = || Some(stamp("2026-11-20T16:31:00Z"));
    let locked = || vec![NUMBERS[0].to_owned()];
    vec![
        Case {
            step: Step::PortOutPortedOut,
            event: port_out.event(&v1::PortedOut {
                port_out: port_out_ref(),
                ported_at: ported_at(),
                unauthorized: true,
                locked_tns: Vec::new(),
            }),
            mail: None,
            data: json!({ "ported_at": "2026-11-20T16:31:00Z" }),
        },
        Case {
            step: Step::PortOutWentWithoutLeave,
            event: port_out.event(&v1::PortOutWentWithoutLeave {
                port_out: port_out_ref(),
                was_authorized: false,
                locked_tns: Vec::new(),
                ported_at: ported_at(),
            }),
            mail: Some((
                "numbers have left without leave",
                vec![
                    "1 number of your account went to Valley Wireless on Friday, November 20, 2026 at 11:31 AM EST",
                    "by the request PO_100007, which nobody had authorized.",
                    "open a dispute about PO_100007 now",
                ],
            )),
            data: json!({ "was_authorized": false, "locked_tns": [], "ported_at": "2026-11-20T16:31:00Z" }),
        },
        Case {
            step: Step::PortOutPortedOut,
            event: port_out.event(&v1::PortedOut {
                port_out: port_out_ref(),
                ported_at: ported_at(),
                unauthorized: false,
                locked_tns: locked(),
            }),
            mail: None,
            data: json!({}),
        },
        Case {
            step: Step::PortOutWentWithoutLeave,
            event: port_out.event(&v1::PortOutWentWithoutLeave {
                port_out: port_out_ref(),
                was_authorized: true,
                locked_tns: locked(),
                ported_at: ported_at(),
            }),
            mail: Some((
                "numbers have left without leave",
                vec![
                    "by the request PO_100007. They",
                    "+14155550123 was locked against porting.",
                ],
            )),
            data: json!({ "was_authorized": true, "locked_tns": [NUMBERS[0]] }),
        },
    ]
}
