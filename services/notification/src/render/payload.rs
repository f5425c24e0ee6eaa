//! What programs are told: `{type, timestamp, data}` as Standard Webhooks has it. docs/notifications.md lists the
//! fields; they are added to, never renamed.

use jiff::Timestamp;
use notification_domain::{
    AccountNotice, DisputeNews, DisputeNotice, Notice, PortInNews, PortInNotice, PortOutNews, PortOutNotice,
    Reason, Remark,
};
use serde_json::{Value, json};

/// The body of a webhook about `notice`, which happened at `occurred_at`.
pub(crate) fn payload(notice: &Notice, occurred_at: Timestamp) -> String {
    let data = match notice {
        Notice::PortIn(notice) => port_in(notice),
        Notice::PortOut(notice) => port_out(notice),
        Notice::Dispute(notice) => dispute(notice),
        Notice::Account(notice) => account(notice),
    };
    json!({
        "type": notice.step().slug(),
        "timestamp": occurred_at.to_string(),
        "data": data,
    })
    .to_string()
}

type Fields = Vec<(&'static str, Value)>;

fn port_in(notice: &PortInNotice) -> Value {
    let added: Fields = match &notice.news {
        PortInNews::Submitted
        | PortInNews::Resubmitted
        | PortInNews::Pending
        | PortInNews::Cancelled
        | PortInNews::Abandoned
        | PortInNews::InReview
        | PortInNews::Proved => Vec::new(),
        PortInNews::Delayed { reasons } | PortInNews::Rejected { reasons } => {
            vec![("reasons", listed(reasons))]
        }
        PortInNews::ActionRequired {
            reasons,
            update_required,
        } => vec![
            ("reasons", listed(reasons)),
            ("update_required", json!(update_required)),
        ],
        PortInNews::FocConfirmed { foc_at } => vec![("foc_at", instant(*foc_at))],
        PortInNews::Ported { ported_at } => vec![("ported_at", instant(*ported_at))],
        PortInNews::Returned { remarks } => vec![("remarks", remarked(remarks))],
        PortInNews::DraftExpiring { expires_at } | PortInNews::ActionExpiring { expires_at } => {
            vec![("expires_at", instant(*expires_at))]
        }
        PortInNews::Split { parts } => vec![("parts", json!(parts))],
        PortInNews::FocMoved {
            foc_at,
            previous,
            asked_for,
        } => vec![
            ("foc_at", instant(*foc_at)),
            ("previous_foc_at", instant(*previous)),
            ("asked_for", json!(asked_for)),
        ],
        PortInNews::DateChangeRefused { foc_at } => vec![("foc_at", json!(foc_at.map(instant)))],
        PortInNews::Commented { asks_customer } => vec![("asks_customer", json!(asks_customer))],
        PortInNews::SigningRequested(invitation) => vec![("expires_at", instant(invitation.expires_at))],
        PortInNews::Signed { signed_at } => vec![("signed_at", instant(*signed_at))],
        PortInNews::HeldBack { holds, lapses_at } => {
            vec![("holds", json!(holds)), ("lapses_at", instant(*lapses_at))]
        }
        PortInNews::CapabilityFailed { capability } => vec![("capability", json!(capability))],
        PortInNews::TemporarySwapped { temporary } => vec![("temporary_tn", json!(temporary))],
        PortInNews::SnapbackSettled { confirmed } => vec![("confirmed", json!(confirmed))],
    };
    let always = vec![
        ("request_number", json!(notice.request_number)),
        ("order_id", json!(notice.order)),
        ("account_id", json!(notice.account)),
        ("ver", json!(notice.ver.get())),
        ("tns", json!(notice.tns)),
        ("losing_carrier", json!(notice.losing_carrier)),
        ("losing_carrier_name", json!(notice.losing_carrier_name)),
        ("customer_reference", json!(notice.customer_reference)),
    ];
    object(always, added)
}

fn port_out(notice: &PortOutNotice) -> Value {
    let added: Fields = match &notice.news {
        PortOutNews::Received {
            answer_due_at,
            decided_by,
        } => vec![
            ("answer_due_at", instant(*answer_due_at)),
            ("decided_by", json!(decided_by)),
        ],
        PortOutNews::Authorized { decided_by, denied } => {
            vec![("decided_by", json!(decided_by)), ("denied", listed(denied))]
        }
        PortOutNews::Overruled { explanation } => {
            vec![
                ("decided_by", json!("overruled")),
                ("explanation", json!(explanation)),
            ]
        }
        PortOutNews::RejectionRequested { reason } => vec![("reason", json!(reason))],
        PortOutNews::Rejected { reasons, explanation } => {
            vec![("reasons", listed(reasons)), ("explanation", json!(explanation))]
        }
        PortOutNews::PortedOut { ported_at, .. } => vec![("ported_at", instant(*ported_at))],
        PortOutNews::WentWithoutLeave {
            ported_at,
            was_authorized,
            locked,
        } => vec![
            ("ported_at", instant(*ported_at)),
            ("was_authorized", json!(was_authorized)),
            ("locked_tns", json!(locked)),
        ],
        PortOutNews::Answered { progress } => vec![("answer_state", json!(progress.code()))],
        PortOutNews::Commented { asks_customer } => vec![("asks_customer", json!(asks_customer))],
        PortOutNews::ConsentAsked(invited) => vec![("expires_at", instant(invited.expires_at()))],
        PortOutNews::FocChanged
        | PortOutNews::Cancelled
        | PortOutNews::Conflicted
        | PortOutNews::ConflictSettled { .. }
        | PortOutNews::NumbersReleased => Vec::new(),
    };
    let always = vec![
        ("request_number", json!(notice.request_number)),
        ("port_out_id", json!(notice.port_out)),
        ("account_id", json!(notice.account)),
        ("pon", json!(notice.pon)),
        ("ver", json!(notice.ver.get())),
        ("winning_spid", json!(notice.winning_spid)),
        ("winning_name", json!(notice.winning_name)),
        ("tns", json!(notice.tns)),
        ("foc_at", json!(notice.foc_at.map(instant))),
    ];
    object(always, added)
}

fn dispute(notice: &DisputeNotice) -> Value {
    let added: Fields = match &notice.news {
        DisputeNews::Opened { answer_due_at } => vec![("answer_due_at", instant(*answer_due_at))],
        DisputeNews::Overdue { is_answer, due_at } => vec![
            ("clock", json!(if *is_answer { "answer" } else { "resolution" })),
            ("due_at", instant(*due_at)),
        ],
        DisputeNews::SnapbackAsked => Vec::new(),
        DisputeNews::SnapbackAnswered { confirmed } => vec![("confirmed", json!(confirmed))],
        DisputeNews::Settled {
            charged,
            outcomes,
            explanation,
        } => {
            let outcome = |(tn, outcome): &(types::Tn, String)| json!({ "tn": tn, "outcome": outcome });
            vec![
                ("outcomes", outcomes.iter().map(outcome).collect()),
                ("charged_tns", json!(charged)),
                ("explanation", json!(explanation)),
            ]
        }
    };
    let always = vec![
        ("request_number", json!(notice.request_number)),
        ("dispute_id", json!(notice.dispute)),
        ("account_id", json!(notice.account)),
        ("port_request_number", json!(notice.port_number)),
        ("kind", json!(notice.kind)),
        ("carrier_name", json!(notice.carrier_name)),
        ("tns", json!(notice.tns)),
    ];
    object(always, added)
}

fn account(notice: &AccountNotice) -> Value {
    let alarm = &notice.alarm;
    object(
        vec![("account_id", json!(notice.account)), ("tns", json!(alarm.tns))],
        vec![
            ("wrong_pins", json!(alarm.wrong_pins)),
            ("winning_name", json!(alarm.winning_name)),
            ("raised_at", instant(alarm.raised_at)),
        ],
    )
}

/// The fields that all have, and what this kind of news adds.
fn object(always: Fields, added: Fields) -> Value {
    let fields = always.into_iter().chain(added);
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn listed(reasons: &[Reason]) -> Value {
    let each = reasons.iter().map(|reason| {
        json!({
            "tn": reason.tn,
            "reason": reason.code,
            "class": reason.class,
            "field": reason.field,
            "remedy": reason.remedy,
            "actor": reason.actor,
            "raw_code": reason.raw_code,
        })
    });
    Value::Array(each.collect())
}

fn remarked(remarks: &[Remark]) -> Value {
    let each = remarks.iter();
    let each = each.map(|remark| json!({ "field": remark.field, "message": remark.message }));
    Value::Array(each.collect())
}

fn instant(at: Timestamp) -> Value {
    Value::String(at.to_string())
}
