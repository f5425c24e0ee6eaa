//! What answers come to, number by number.

use super::ConsentAnswer::{No, Yes};
use super::*;

fn tn(line: u32) -> Tn {
    format!("+1415867{line:04}").parse().unwrap()
}

fn by_email(email: &str, lines: &[u32]) -> Asked {
    Asked::ByEmail {
        email: email.to_owned(),
        tns: lines.iter().copied().map(tn).collect(),
    }
}

fn page() -> ReplyProof {
    ReplyProof::Page {
        remote_address: IpAddr::from([192, 0, 2, 7]),
        user_agent: "a browser".to_owned(),
    }
}

/// A question; no answers: nothing was said yet.
fn asked(asked: Asked, answers: &[ConsentAnswer], proof: ReplyProof) -> Consent {
    let at: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
    Consent {
        id: ConsentId::generate(),
        port_out: PortOutId::generate(),
        asked,
        asked_at: at,
        expires_at: at,
        reply: (!answers.is_empty()).then(|| ConsentReply {
            answers: answers.to_vec(),
            at,
            proof,
        }),
    }
}

type Case<'a> = (&'a str, &'a [ConsentAnswer], &'a [ConsentAnswer], &'a [u32]);

#[test]
fn every_number_needs_a_yes_and_one_no_withholds() {
    let ann = |answers: &[ConsentAnswer]| asked(by_email("ann@acme.example", &[1, 2]), answers, page());
    let bob = |answers: &[ConsentAnswer]| asked(Asked::BySms { tn: tn(3) }, answers, page());
    let all = [1, 2, 3];
    // What it comes to, what Ann says of her two numbers, what Bob says of his, whose numbers count.
    let cases: [Case; 9] = [
        ("open", &[], &[], &all),
        ("open", &[Yes, Yes], &[], &all),
        ("given", &[Yes, Yes], &[Yes], &all),
        ("NO to +14158670002", &[Yes, No], &[], &all),
        ("NO to +14158670002", &[Yes, No], &[Yes], &all),
        (
            "NO to +14158670001, +14158670002; NO to +14158670003",
            &[No, No],
            &[No],
            &all,
        ),
        // A number that is denied already does not count.
        ("given", &[Yes, No], &[Yes], &[1, 3]),
        ("open", &[Yes, No], &[], &[1, 3]),
        // One that nobody was asked about has no YES.
        ("open", &[Yes, Yes], &[Yes], &[1, 2, 3, 4]),
    ];
    for (expected, anns, bobs, counted) in cases {
        let consents = [ann(anns), bob(bobs)];
        let counted: Vec<Tn> = counted.iter().copied().map(tn).collect();
        let found = match Consented::of(&consents, &counted) {
            Consented::Given => "given".to_owned(),
            Consented::Open => "open".to_owned(),
            Consented::Withheld(objection) => {
                let said = objection.proof.split("; ").map(|one| {
                    let (_, no) = one.split_once(" said ").unwrap();
                    no.split_once(" at ").unwrap().0.to_owned()
                });
                said.collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(found, expected, "{anns:?} {bobs:?}");
    }
}

#[test]
fn an_objection_is_a_claim_with_who_when_and_by_which_way() {
    let text = || ReplyProof::Text {
        message: "SM-17".parse().unwrap(),
    };
    let ann = || by_email("ann@acme.example", &[1]);
    let phone = || Asked::BySms { tn: tn(1) };
    let cases = [
        (ann(), page(), "a…@acme.example", "from 192.0.2.7"),
        (phone(), page(), "+14158670001", "from 192.0.2.7"),
        (phone(), text(), "+14158670001", "by text SM-17"),
    ];
    for (who, proof, shown, way) in cases {
        let consent = asked(who, &[No], proof);
        let Consented::Withheld(objection) = Consented::of(&[consent], &[tn(1)]) else {
            panic!("a NO withholds");
        };
        let claim = objection.claim();
        assert_eq!(
            (claim.reason, claim.by, claim.tns.as_slice()),
            (LawfulReason::NotAuthorized, Claimant::EndUser, objection.tns())
        );
        assert_eq!(
            claim.explanation,
            format!("{shown} said NO to +14158670001 at 2026-11-23 15:00:00 UTC {way}")
        );
    }
}
