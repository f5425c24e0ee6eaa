//! Every state under every action.

use std::net::IpAddr;

use types::{ConsentId, PortOutId, Tn};

use super::*;
use crate::port_out::{Asked, Consent, ConsentAnswer, ConsentReply, Consented, LawfulReason, ReplyProof};

fn at(minute: i64) -> Timestamp {
    "2026-11-23T15:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
}

fn somebody() -> Subject {
    "user:7".parse().unwrap()
}

fn claim() -> Claim {
    Claim {
        reason: LawfulReason::Zip,
        tns: vec!["+14158675309".parse().unwrap()],
        explanation: "the bill says 07030".to_owned(),
        by: Claimant::Subject(somebody()),
        at: at(1),
    }
}

/// A NO of the end user to the question about the one number.
fn objection() -> Objection {
    let tn = "+14158675309".parse().unwrap();
    let consent = Consent {
        id: ConsentId::generate(),
        port_out: PortOutId::generate(),
        asked: Asked::ByEmail {
            email: "ann@acme.example".to_owned(),
            tns: vec![tn],
        },
        asked_at: at(0),
        expires_at: at(10),
        reply: Some(ConsentReply {
            answers: vec![ConsentAnswer::No],
            at: at(4),
            proof: ReplyProof::Page {
                remote_address: IpAddr::from([192, 0, 2, 7]),
                user_agent: String::new(),
            },
        }),
    };
    let Consented::Withheld(objection) = Consented::of(&[consent], &[tn]) else {
        panic!("a NO withholds");
    };
    objection
}

fn states() -> Vec<PortOutState> {
    let decision = Decision {
        by: Decider::Subject(somebody()),
        at: at(2),
    };
    vec![
        PortOutState::Pending {
            answer_due_at: at(10),
        },
        PortOutState::RejectionReview {
            answer_due_at: at(10),
            claim: claim(),
        },
        PortOutState::Authorized {
            decision: decision.clone(),
        },
        PortOutState::Rejected {
            grounds: Grounds::NumbersDenied,
            decision: decision.clone(),
        },
        PortOutState::PortedOut {
            at: at(3),
            decision: Some(decision),
        },
        PortOutState::Cancelled {
            at: at(3),
            decision: None,
        },
    ]
}

type Action = fn(PortOutState) -> Option<(PortOutState, PortOutFact)>;

const ACTIONS: [(&str, Action); 17] = [
    ("accept", |state| state.accept(somebody(), at(5)).ok()),
    ("refuse", |state| state.refuse(claim()).ok()),
    ("uphold", |state| {
        state.uphold(Verdict::Denied, somebody(), at(5)).ok()
    }),
    ("uphold for some numbers", |state| {
        state.uphold(Verdict::Allowed, somebody(), at(5)).ok()
    }),
    ("apply policy", |state| state.apply_policy(at(5)).ok()),
    ("consent", |state| state.consent(at(5)).ok()),
    ("a NO where silence refuses", |state| {
        state.object(&objection(), SilenceMeans::Rejected, at(5)).ok()
    }),
    ("a NO where silence authorizes", |state| {
        state.object(&objection(), SilenceMeans::Authorized, at(5)).ok()
    }),
    ("lock", |state| state.lock(at(5)).ok()),
    ("overrule", |state| state.overrule(at(5)).ok()),
    ("silence before its time", |state| {
        state.fall_silent(SilenceMeans::Authorized, at(9)).ok()
    }),
    ("rejecting silence before its time", |state| {
        state.fall_silent(SilenceMeans::Rejected, at(9)).ok()
    }),
    ("silence authorizes", |state| {
        state.fall_silent(SilenceMeans::Authorized, at(10)).ok()
    }),
    ("silence rejects", |state| {
        state.fall_silent(SilenceMeans::Rejected, at(10)).ok()
    }),
    ("another case is refused", |state| {
        state.fall_with_request(at(5)).ok()
    }),
    ("ported", |state| state.report(Progress::PortedOut, at(5))),
    ("withdrawn", |state| state.report(Progress::Withdrawn, at(5))),
];

/// What each action makes of pending, review, authorized, rejected, ported out, cancelled; `-` is refused.
const EXPECTED: [[&str; 6]; 17] = [
    ["AUTHORIZED", "-", "-", "-", "-", "-"],
    ["REJECTION_REVIEW", "-", "-", "-", "-", "-"],
    ["-", "REJECTED", "-", "-", "-", "-"],
    ["-", "AUTHORIZED", "-", "-", "-", "-"],
    ["AUTHORIZED", "-", "-", "-", "-", "-"],
    ["AUTHORIZED", "-", "-", "-", "-", "-"],
    ["REJECTED", "REJECTED", "-", "-", "-", "-"],
    // The account's own refusal goes before it.
    ["REJECTION_REVIEW", "-", "-", "-", "-", "-"],
    ["REJECTED", "REJECTED", "REJECTED", "-", "-", "-"],
    ["-", "AUTHORIZED", "-", "-", "-", "-"],
    ["-", "-", "-", "-", "-", "-"],
    ["-", "-", "-", "-", "-", "-"],
    ["AUTHORIZED", "AUTHORIZED", "-", "-", "-", "-"],
    ["REJECTED", "REJECTED", "-", "-", "-", "-"],
    ["REJECTED", "REJECTED", "REJECTED", "-", "-", "-"],
    [
        "PORTED_OUT",
        "PORTED_OUT",
        "PORTED_OUT",
        "PORTED_OUT",
        "-",
        "PORTED_OUT",
    ],
    ["CANCELLED", "CANCELLED", "CANCELLED", "-", "-", "-"],
];

#[test]
fn every_action_on_every_state_does_what_the_table_says() {
    for ((action, act), expected) in ACTIONS.into_iter().zip(EXPECTED) {
        for (state, expected) in states().into_iter().zip(expected) {
            let from = state.name();
            let made = act(state).map_or("-", |(state, _)| state.name());
            assert_eq!(made, expected, "{action} on {from}");
        }
    }
}

#[test]
fn who_decided_is_told_apart() {
    let decider = |transition: Transition| transition.unwrap().0.decision().unwrap().by.clone();
    let pending = PortOutState::Pending {
        answer_due_at: at(10),
    };
    let review = PortOutState::RejectionReview {
        answer_due_at: at(10),
        claim: claim(),
    };
    let due = at(10);
    assert_eq!(
        decider(pending.clone().accept(somebody(), due)),
        Decider::Subject(somebody())
    );
    assert_eq!(
        decider(pending.clone().fall_silent(SilenceMeans::Authorized, due)),
        Decider::Silence
    );
    assert_eq!(
        decider(pending.clone().fall_silent(SilenceMeans::Rejected, due)),
        Decider::Silence
    );
    assert_eq!(
        decider(review.clone().fall_silent(SilenceMeans::Authorized, due)),
        Decider::Overruled
    );
    assert_eq!(decider(review.clone().overrule(due)), Decider::Overruled);
    assert_eq!(
        decider(review.clone().uphold(Verdict::Denied, somebody(), due)),
        Decider::Subject(somebody())
    );
    assert_eq!(decider(pending.clone().apply_policy(due)), Decider::Policy);
    assert_eq!(decider(pending.clone().consent(due)), Decider::EndUser);
    assert_eq!(
        decider(review.object(&objection(), SilenceMeans::Rejected, due)),
        Decider::EndUser
    );
    assert_eq!(decider(pending.fall_with_request(due)), Decider::Policy);
}

#[test]
fn an_upheld_refusal_keeps_its_reason() {
    let review = PortOutState::RejectionReview {
        answer_due_at: at(10),
        claim: claim(),
    };
    let (rejected, fact) = review.uphold(Verdict::Denied, somebody(), at(5)).unwrap();
    let decision = Decision {
        by: Decider::Subject(somebody()),
        at: at(5),
    };
    assert_eq!(fact, PortOutFact::Rejected);
    assert_eq!(
        rejected,
        PortOutState::Rejected {
            grounds: Grounds::Upheld(LawfulReason::Zip),
            decision
        }
    );
    for grounds in [
        Grounds::NumbersDenied,
        Grounds::OtherNumberDenied,
        Grounds::NoConsent,
        Grounds::Upheld(LawfulReason::Zip),
    ] {
        assert_eq!(Grounds::from_code(grounds.code()), Some(grounds));
    }
    assert_eq!(Grounds::from_code("BALANCE_DUE"), None);
}

#[test]
fn numbers_that_go_without_leave_are_noticed() {
    for state in states() {
        let was_authorized = matches!(state, PortOutState::Authorized { .. });
        if let Some((_, fact)) = state.report(Progress::PortedOut, at(5)) {
            assert_eq!(fact, PortOutFact::PortedOut { was_authorized });
        }
    }
}

#[test]
fn a_case_ends_with_its_final_states_alone() {
    let ended: Vec<bool> = states().iter().map(|state| state.ended_at().is_some()).collect();
    assert_eq!(ended, [false, false, false, true, true, true]);
    let waits: Vec<bool> = states()
        .iter()
        .map(|state| state.answer_due_at().is_some())
        .collect();
    assert_eq!(waits, [true, true, false, false, false, false]);
}

#[test]
fn a_new_case_waits_unless_its_request_is_denied() {
    use Verdict::{Allowed, Denied};
    let received = |own, request| PortOutState::received(own, request, at(10), at(0));
    let refused = |grounds| {
        let decision = Decision {
            by: Decider::Policy,
            at: at(0),
        };
        (
            PortOutState::Rejected { grounds, decision },
            PortOutFact::Rejected,
        )
    };
    let waiting = (
        PortOutState::Pending {
            answer_due_at: at(10),
        },
        PortOutFact::Received,
    );
    assert_eq!(received(Allowed, Allowed), waiting);
    assert_eq!(received(Denied, Denied), refused(Grounds::NumbersDenied));
    assert_eq!(received(Allowed, Denied), refused(Grounds::OtherNumberDenied));
}

#[test]
fn a_no_where_silence_authorizes_is_a_reason_to_check_and_refuses_when_it_stands() {
    let authorizes = SilenceMeans::Authorized;
    let pending = PortOutState::Pending {
        answer_due_at: at(10),
    };
    let (review, fact) = pending.object(&objection(), authorizes, at(5)).unwrap();
    assert_eq!(fact, PortOutFact::RejectionRequested);
    let (again, _) = review.object(&objection(), authorizes, at(6)).unwrap();
    let due = again.answer_due_at();
    assert_eq!(
        (again.name(), due),
        ("REJECTION_REVIEW", Some(at(10))),
        "no time is won by it"
    );
    let (rejected, _) = again.clone().uphold(Verdict::Denied, somebody(), at(7)).unwrap();
    let PortOutState::Rejected { grounds, .. } = rejected else {
        panic!("upheld");
    };
    assert_eq!(grounds, Grounds::Upheld(LawfulReason::NotAuthorized));
    let (silent, _) = again.fall_silent(authorizes, at(10)).unwrap();
    assert_eq!(
        silent.name(),
        "AUTHORIZED",
        "what nobody checked in time does not hold"
    );
}

#[test]
fn a_separated_case_goes_unless_its_numbers_are_denied() {
    for state in states() {
        let name = StateName::from(&state);
        let is_open = state.ended_at().is_none();
        let is_undecided = state.answer_due_at().is_some();
        let allowed = state.clone().separate(Verdict::Allowed, at(5));
        assert_eq!(
            allowed.map(|(_, fact)| fact),
            is_undecided.then_some(PortOutFact::Authorized),
            "{name:?}"
        );
        let denied = state.separate(Verdict::Denied, at(5));
        assert_eq!(
            denied.map(|(_, fact)| fact),
            is_open.then_some(PortOutFact::Rejected),
            "{name:?}"
        );
    }
}

#[test]
fn a_claim_about_numbers_that_are_gone_from_the_case_is_no_claim() {
    let claimed = PortOutState::RejectionReview {
        answer_due_at: at(10),
        claim: claim(),
    };
    let other: Tn = "+14158675310".parse().unwrap();
    assert_eq!(claimed.clone().without(&[other]), claimed);
    let pending = PortOutState::Pending {
        answer_due_at: at(10),
    };
    assert_eq!(claimed.without(&claim().tns), pending);
    assert_eq!(pending.clone().without(&[other]), pending);
}
