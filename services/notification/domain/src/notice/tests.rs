use uuid::Uuid;

use super::*;
use crate::{AnswerProgress, Invitation, InvitationKind};

fn port_in(news: PortInNews) -> Notice {
    Notice::PortIn(PortInNotice {
        order: OrderId::generate(),
        account: AccountId::generate(),
        request_number: "PI_100001".parse().unwrap(),
        ver: Ver::FIRST,
        tns: vec!["+14155550123".parse().unwrap()],
        losing_carrier: String::new(),
        losing_carrier_name: String::new(),
        customer_reference: String::new(),
        news,
    })
}

fn port_out(news: PortOutNews) -> Notice {
    Notice::PortOut(PortOutNotice {
        port_out: PortOutId::generate(),
        account: AccountId::generate(),
        request_number: "PO_100001".parse().unwrap(),
        pon: "PON1".parse().unwrap(),
        ver: Ver::FIRST,
        winning_spid: String::new(),
        winning_name: String::new(),
        tns: Vec::new(),
        foc_at: None,
        news,
    })
}

fn dispute(news: DisputeNews) -> Notice {
    Notice::Dispute(DisputeNotice {
        dispute: DisputeId::generate(),
        account: AccountId::generate(),
        request_number: "DI_100001".parse().unwrap(),
        port_number: "PO_100001".parse().unwrap(),
        kind: "mistaken",
        tns: Vec::new(),
        carrier_name: String::new(),
        news,
    })
}

fn invitation(kind: InvitationKind) -> Invitation {
    Invitation {
        kind,
        id: Uuid::nil(),
        expires_at: Timestamp::UNIX_EPOCH,
    }
}

fn of_port_ins() -> Vec<Notice> {
    let at = Timestamp::UNIX_EPOCH;
    let none = Vec::new;
    vec![
        port_in(PortInNews::Submitted),
        port_in(PortInNews::Resubmitted),
        port_in(PortInNews::Pending),
        port_in(PortInNews::Delayed { reasons: none() }),
        port_in(PortInNews::ActionRequired {
            reasons: none(),
            update_required: false,
        }),
        port_in(PortInNews::FocConfirmed { foc_at: at }),
        port_in(PortInNews::Ported { ported_at: at }),
        port_in(PortInNews::Cancelled),
        port_in(PortInNews::Rejected { reasons: none() }),
        port_in(PortInNews::Abandoned),
        port_in(PortInNews::InReview),
        port_in(PortInNews::Returned { remarks: Vec::new() }),
        port_in(PortInNews::DraftExpiring { expires_at: at }),
        port_in(PortInNews::ActionExpiring { expires_at: at }),
        port_in(PortInNews::Split { parts: Vec::new() }),
        port_in(PortInNews::FocMoved {
            foc_at: at,
            previous: at,
            asked_for: false,
        }),
        port_in(PortInNews::DateChangeRefused { foc_at: None }),
        port_in(PortInNews::Commented { asks_customer: true }),
        port_in(PortInNews::SigningRequested(invitation(InvitationKind::Sign))),
        port_in(PortInNews::Signed { signed_at: at }),
        port_in(PortInNews::HeldBack {
            holds: Vec::new(),
            lapses_at: at,
        }),
        port_in(PortInNews::CapabilityFailed {
            capability: String::new(),
        }),
        port_in(PortInNews::Proved),
        port_in(PortInNews::TemporarySwapped {
            temporary: "+14155550123".parse().unwrap(),
        }),
        port_in(PortInNews::SnapbackSettled { confirmed: true }),
    ]
}

fn of_the_others() -> Vec<Notice> {
    let at = Timestamp::UNIX_EPOCH;
    let none = Vec::new;
    vec![
        port_out(PortOutNews::Received {
            answer_due_at: at,
            decided_by: String::new(),
        }),
        port_out(PortOutNews::Authorized {
            decided_by: "silence".to_owned(),
            denied: none(),
        }),
        port_out(PortOutNews::Overruled {
            explanation: String::new(),
        }),
        port_out(PortOutNews::RejectionRequested {
            reason: String::new(),
        }),
        port_out(PortOutNews::Rejected {
            reasons: none(),
            explanation: String::new(),
        }),
        port_out(PortOutNews::FocChanged),
        port_out(PortOutNews::PortedOut {
            ported_at: at,
            with_leave: true,
        }),
        port_out(PortOutNews::WentWithoutLeave {
            ported_at: at,
            was_authorized: false,
            locked: Vec::new(),
        }),
        port_out(PortOutNews::Cancelled),
        port_out(PortOutNews::Conflicted),
        port_out(PortOutNews::ConflictSettled { accepted: true }),
        port_out(PortOutNews::ConflictSettled { accepted: false }),
        port_out(PortOutNews::Answered {
            progress: AnswerProgress::Sent,
        }),
        port_out(PortOutNews::Commented { asks_customer: true }),
        port_out(PortOutNews::ConsentAsked(Invited::ByMail(invitation(
            InvitationKind::Consent,
        )))),
        port_out(PortOutNews::NumbersReleased),
        dispute(DisputeNews::Opened { answer_due_at: at }),
        dispute(DisputeNews::Overdue {
            is_answer: true,
            due_at: at,
        }),
        dispute(DisputeNews::SnapbackAsked),
        dispute(DisputeNews::SnapbackAnswered { confirmed: true }),
        dispute(DisputeNews::Settled {
            charged: Vec::new(),
            outcomes: Vec::new(),
            explanation: String::new(),
        }),
        Notice::Account(AccountNotice {
            account: AccountId::generate(),
            alarm: PinAlarm {
                tns: Vec::new(),
                wrong_pins: 3,
                winning_name: String::new(),
                raised_at: at,
            },
        }),
    ]
}

#[test]
fn each_kind_of_news_is_a_step_of_its_own_and_no_step_is_left_over() {
    let mut notices = of_port_ins();
    notices.extend(of_the_others());
    let steps: Vec<_> = notices.iter().map(Notice::step).collect();
    assert_eq!(steps, Step::ALL);
    for notice in &notices {
        let prefix = match notice {
            Notice::PortIn(_) => "port_in.",
            Notice::PortOut(_) => "port_out.",
            Notice::Dispute(_) => "dispute.",
            Notice::Account(_) => "account.",
        };
        assert!(notice.step().slug().starts_with(prefix), "{notice:?}");
    }
}

#[test]
fn people_are_not_written_to_of_what_one_of_them_decided_nor_twice_of_one_thing() {
    let authorized = |by: &str| PortOutNews::Authorized {
        decided_by: by.to_owned(),
        denied: Vec::new(),
    };
    let gone = |with_leave| PortOutNews::PortedOut {
        ported_at: Timestamp::UNIX_EPOCH,
        with_leave,
    };
    let cases = [
        (authorized("silence"), true),
        (authorized("policy"), true),
        (authorized("user:owner"), false),
        (authorized("end user"), false),
        (gone(true), true),
        (gone(false), false),
        (PortOutNews::Cancelled, true),
        (PortOutNews::NumbersReleased, false),
    ];
    for (news, expected) in cases {
        let notice = port_out(news);
        assert_eq!(notice.is_mailed(), expected, "{notice:?}");
    }
}
