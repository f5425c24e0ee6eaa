//! What each event of a dispute should lead to.

use notification_domain::Step;
use portway_proto::events::v1::Event;
use portway_proto::intake::v1;
use portway_proto::intake::v1::{DisputeClockKind, DisputeKind, DisputeOutcome};
use prost::{Message, Name};
use serde_json::json;
use types::{AccountId, DisputeId};

use crate::cases::Case;
use crate::intake_events::{NUMBERS, event, stamp};

/// A dispute over a port-out.
#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    account: AccountId,
    id: DisputeId,
    number: String,
}

impl Dispute {
    pub(crate) fn new(account: AccountId, number: &str) -> Self {
        Self {
            account,
            id: DisputeId::generate(),
            number: number.to_owned(),
        }
    }

    fn reference(&self) -> v1::DisputeRef {
        v1::DisputeRef {
            dispute_id: self.id.to_string(),
            request_number: self.number.clone(),
            account_id: self.account.to_string(),
            direction: v1::DisputeDirection::PortOut.into(),
            kind: DisputeKind::Unauthorized.into(),
            subject_id: uuid::Uuid::nil().to_string(),
            subject_request_number: "PO_100007".to_owned(),
            tns: vec![NUMBERS[0].to_owned()],
            carrier_name: "Valley Wireless".to_owned(),
        }
    }

    fn event<M: Message + Name>(&self, payload: &M) -> Event {
        event(self.account, &self.id, payload)
    }
}

/// Everything that becomes of a dispute.
pub(crate) fn dispute_cases(dispute: &Dispute) -> Vec<Case> {
    let mut cases = waiting(dispute);
    cases.extend(endings(dispute));
    cases
}

fn waiting(dispute: &Dispute) -> Vec<Case> {
    let dispute_ref = || Some(dispute.reference());
    vec![
        Case {
            step: Step::DisputeOpened,
            event: dispute.event(&v1::DisputeOpened {
                dispute: dispute_ref(),
                answer_due_at: Some(stamp("2026-09-01T15:00:00Z")),
                resolution_due_at: Some(stamp("2026-09-07T15:00:00Z")),
            }),
            mail: Some((
                "a port is disputed",
                vec![
                    "the port of 1 number by PO_100007 was unauthorized.",
                    "Tuesday, September 1, 2026 at 11:00 AM EDT",
                ],
            )),
            data: json!({ "kind": "unauthorized", "answer_due_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::DisputeOverdue,
            event: dispute.event(&v1::DisputeOverdue {
                dispute: dispute_ref(),
                clock: DisputeClockKind::Answer.into(),
                due_at: Some(stamp("2026-09-01T15:00:00Z")),
            }),
            mail: Some(("the dispute is overdue", vec!["and nobody has."])),
            data: json!({ "clock": "answer", "due_at": "2026-09-01T15:00:00Z" }),
        },
        Case {
            step: Step::DisputeSnapbackAsked,
            event: dispute.event(&v1::DisputeSnapbackAsked {
                dispute: dispute_ref(),
                reason: "my PIN is 4711".to_owned(),
                ..v1::DisputeSnapbackAsked::default()
            }),
            mail: Some((
                "the port is to be undone",
                vec!["Valley Wireless is asked to undo the port of 1 number by PO_100007."],
            )),
            data: json!({ "port_request_number": "PO_100007" }),
        },
    ]
}

fn endings(dispute: &Dispute) -> Vec<Case> {
    let dispute_ref = || Some(dispute.reference());
    vec![
        Case {
            step: Step::DisputeSnapbackAnswered,
            event: dispute.event(&v1::DisputeSnapbackAnswered {
                dispute: dispute_ref(),
                confirmed: true,
                ..v1::DisputeSnapbackAnswered::default()
            }),
            mail: Some(("the port is undone", vec!["Set a new one."])),
            data: json!({ "confirmed": true }),
        },
        Case {
            step: Step::DisputeSettled,
            event: dispute.event(&v1::DisputeSettled {
                dispute: dispute_ref(),
                outcomes: vec![v1::DisputeNumberOutcome {
                    tn: NUMBERS[0].to_owned(),
                    outcome: DisputeOutcome::Returned.into(),
                }],
                charged_tns: vec![NUMBERS[0].to_owned()],
                explanation: "The letter is not signed.".to_owned(),
                settled_at: None,
            }),
            mail: Some((
                "the dispute is settled",
                vec![": returned", "Why: The letter is not signed.", "A fee is charged"],
            )),
            data: json!({
                "outcomes": [{ "tn": NUMBERS[0], "outcome": "returned" }],
                "charged_tns": [NUMBERS[0]],
                "explanation": "The letter is not signed.",
            }),
        },
    ]
}
