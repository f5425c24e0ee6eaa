//! Scripts as tables: what came in, and what is said to it.

use super::super::{Reason, Step};
use super::*;

const AT: &str = "2026-10-05T15:00:00Z";

fn ver(number: u16) -> Ver {
    Ver::new(number).unwrap()
}

fn reason(code: &str) -> Reason {
    Reason {
        tn: None,
        code: code.to_owned(),
        text: String::new(),
    }
}

fn step(minutes: i64, says: Says, named: Option<u16>) -> Step {
    Step::Answer(AnswerStep {
        after: SignedDuration::from_mins(minutes),
        says,
        times: 1,
        ver: named.map(ver),
    })
}

fn rejected(code: &str) -> Says {
    Says::Rejected(vec![reason(code)])
}

fn foc_after_a_day() -> Says {
    Says::Foc {
        cut_over_after: Some(SignedDuration::from_hours(24)),
    }
}

fn occasion(asked: Asked) -> Occasion {
    Occasion {
        asked,
        at: AT.parse().unwrap(),
        is_active: false,
        wanted: None,
        first_tn: None,
        tns: Vec::new(),
    }
}

fn script(steps: Vec<Step>) -> Script {
    Script {
        steps,
        ..Script::default()
    }
}

/// What is said, in words: minutes, kind, and the first code.
fn said(steps: Vec<Step>, asked: Asked) -> Vec<String> {
    let occasion = occasion(asked);
    let plan = plan(&script(steps), &occasion).unwrap();
    plan.answers
        .iter()
        .map(|answer| {
            let minutes = answer.due_at.duration_since(occasion.at).as_mins();
            let code = |reasons: &[Reason]| reasons.first().map_or("-", |reason| &reason.code).to_owned();
            let words = match &answer.content {
                Content::Rejected(reasons) => format!("rejected {}", code(reasons)),
                Content::UpdateRequired(reasons) => format!("update {}", code(reasons)),
                Content::Delayed(reasons) => format!("delayed {}", code(reasons)),
                Content::Foc(at) => format!("foc +{}h", at.duration_since(answer.due_at).as_hours()),
                Content::Activated(_) => "activated".to_owned(),
                Content::Cancelled => "cancelled".to_owned(),
                Content::ChangeRefused(reasons) => format!("refused {}", code(reasons)),
                Content::SnapbackConfirmed(_) => "back".to_owned(),
                Content::SnapbackRefused(_, reasons) => format!("not back {}", code(reasons)),
            };
            format!("{minutes}m {words}")
        })
        .collect()
}

#[test]
fn without_a_script_every_request_succeeds() {
    // On Monday at 16:00 UTC; the third day is Thursday, whose midnight in New York is 04:00 UTC.
    assert_eq!(said(vec![], Asked::Version(ver(1))), ["60m foc +60h"]);
    assert_eq!(said(vec![], Asked::Version(ver(7))), ["60m foc +60h"]);
    assert_eq!(said(vec![], Asked::Activation(ver(1))), ["1m activated"]);
    assert_eq!(said(vec![], Asked::Cancel(ver(2))), ["5m cancelled"]);
    assert_eq!(said(vec![], Asked::Snapback(ver(1))), ["10m back"]);
}

#[test]
fn a_step_answers_the_version_of_its_place() {
    let steps = || {
        vec![
            step(10, Says::Delayed(vec![reason("6H")]), None),
            step(60, rejected("8C"), None),
            step(5, Says::UpdateRequired(vec![reason("8A")]), None),
            step(30, foc_after_a_day(), None),
            step(90, foc_after_a_day(), None),
        ]
    };
    let cases: [(u16, &[&str]); 4] = [
        (1, &["10m delayed 6H", "60m rejected 8C"]),
        (2, &["5m update 8A"]),
        // The second one moves the date.
        (3, &["30m foc +24h", "90m foc +24h"]),
        // The script does not speak of it.
        (4, &["60m foc +60h"]),
    ];
    for (number, expected) in cases {
        assert_eq!(
            said(steps(), Asked::Version(ver(number))),
            expected,
            "version {number}"
        );
    }
}

#[test]
fn a_named_version_wins_over_the_place_and_later_steps_go_on_from_the_highest() {
    let late_foc = || {
        vec![
            step(10, rejected("8C"), None),
            step(120, foc_after_a_day(), Some(1)),
            step(30, foc_after_a_day(), None),
        ]
    };
    assert_eq!(
        said(late_foc(), Asked::Version(ver(1))),
        ["10m rejected 8C", "120m foc +24h"]
    );
    assert_eq!(said(late_foc(), Asked::Version(ver(2))), ["30m foc +24h"]);

    let jumping = || {
        vec![
            step(10, rejected("8C"), Some(2)),
            step(20, foc_after_a_day(), None),
        ]
    };
    assert_eq!(said(jumping(), Asked::Version(ver(1))), ["60m foc +60h"]);
    assert_eq!(said(jumping(), Asked::Version(ver(2))), ["10m rejected 8C"]);
    assert_eq!(said(jumping(), Asked::Version(ver(3))), ["20m foc +24h"]);
}

#[test]
fn silence_lasts() {
    let never = || vec![Step::Silence(None)];
    let then_never = || vec![step(10, rejected("8C"), None), Step::Silence(None)];
    let one_version = || vec![Step::Silence(Some(ver(1))), step(10, foc_after_a_day(), None)];
    let no_activation = || vec![step(10, foc_after_a_day(), None), Step::Silence(None)];
    let cases: [(Vec<Step>, Asked, &[&str]); 10] = [
        (never(), Asked::Version(ver(1)), &[]),
        (never(), Asked::Version(ver(2)), &[]),
        (never(), Asked::Cancel(ver(2)), &[]),
        (never(), Asked::Activation(ver(1)), &[]),
        (then_never(), Asked::Version(ver(1)), &["10m rejected 8C"]),
        (then_never(), Asked::Version(ver(2)), &[]),
        (one_version(), Asked::Version(ver(1)), &[]),
        (one_version(), Asked::Version(ver(2)), &["10m foc +24h"]),
        (no_activation(), Asked::Version(ver(1)), &["10m foc +24h"]),
        (no_activation(), Asked::Activation(ver(1)), &[]),
    ];
    for (steps, asked, expected) in cases {
        assert_eq!(said(steps.clone(), asked), expected, "{steps:?} {asked:?}");
    }
}

#[test]
fn steps_after_the_silence_are_found_unless_they_name_a_version() {
    let script = script(vec![
        step(1, rejected("8C"), None),
        Step::Silence(None),
        step(1, foc_after_a_day(), None),
        step(1, foc_after_a_day(), Some(3)),
        Step::Silence(None),
    ]);
    assert_eq!(script.unreachable_steps(), [2, 4]);
    assert_eq!(said(script.steps, Asked::Version(ver(3))), ["1m foc +24h"]);
}

#[test]
fn cancels_and_activations_have_answers_of_their_own() {
    let steps = || {
        vec![
            step(10, foc_after_a_day(), None),
            step(2, Says::Activated, None),
            step(3, Says::ChangeRefused(vec![reason("LATE")]), None),
            step(4, Says::Cancelled, Some(3)),
            step(6, Says::ChangeRefused(vec![reason("SUP")]), Some(2)),
        ]
    };
    let cases: [(Asked, &[&str]); 6] = [
        (Asked::Version(ver(1)), &["10m foc +24h"]),
        (Asked::Activation(ver(1)), &["2m activated"]),
        (Asked::Cancel(ver(2)), &["3m refused LATE", "6m refused SUP"]),
        (Asked::Version(ver(2)), &["6m refused SUP"]),
        (Asked::Cancel(ver(3)), &["3m refused LATE", "4m cancelled"]),
        // The losing carrier gives the request up by itself.
        (Asked::Version(ver(3)), &["4m cancelled"]),
    ];
    for (asked, expected) in cases {
        assert_eq!(said(steps(), asked), expected, "{asked:?}");
    }
}

#[test]
fn once_the_numbers_are_active_changes_come_too_late() {
    for asked in [Asked::Version(ver(2)), Asked::Cancel(ver(2))] {
        let occasion = Occasion {
            is_active: true,
            ..occasion(asked)
        };
        let plan = plan(&Script::default(), &occasion).unwrap();
        assert_eq!(
            plan.answers[0].content,
            Content::ChangeRefused(Vec::new()),
            "{asked:?}"
        );
        assert!(!plan.supersedes);
    }
}

#[test]
fn a_newer_version_supersedes_unless_it_is_refused() {
    let refusing = || {
        vec![
            step(5, Says::ChangeRefused(vec![]), None),
            step(5, Says::ChangeRefused(vec![]), Some(2)),
        ]
    };
    let cases = [
        (vec![], Asked::Version(ver(2)), true),
        (vec![Step::Silence(None)], Asked::Version(ver(2)), true),
        (refusing(), Asked::Version(ver(2)), false),
        (vec![], Asked::Cancel(ver(2)), true),
        (refusing(), Asked::Cancel(ver(2)), false),
        (vec![Step::Silence(None)], Asked::Cancel(ver(2)), false),
        (vec![], Asked::Activation(ver(1)), false),
    ];
    for (steps, asked, supersedes) in cases {
        let plan = plan(&script(steps.clone()), &occasion(asked)).unwrap();
        assert_eq!(plan.supersedes, supersedes, "{steps:?} {asked:?}");
    }
}

#[test]
fn an_answer_outlives_its_version_only_when_its_step_names_it() {
    let steps = vec![
        step(10, rejected("8C"), None),
        step(20, foc_after_a_day(), Some(1)),
    ];
    let plan = plan(&script(steps), &occasion(Asked::Version(ver(1)))).unwrap();
    let outlives: Vec<bool> = plan.answers.iter().map(|answer| answer.outlives).collect();
    assert_eq!(outlives, [false, true]);
}

#[test]
fn a_wanted_date_is_the_cut_over_unless_the_script_has_a_span() {
    let wanted = Occasion {
        wanted: Some("2026-10-20".parse().unwrap()),
        first_tn: Some("+14158675309".parse().unwrap()),
        ..occasion(Asked::Version(ver(1)))
    };
    let plan_of = |steps| plan(&script(steps), &wanted).unwrap().answers[0].content.clone();
    assert_eq!(
        plan_of(vec![]),
        Content::Foc("2026-10-20T07:00:00Z".parse().unwrap())
    );
    assert_eq!(
        plan_of(vec![step(60, foc_after_a_day(), None)]),
        Content::Foc("2026-10-06T16:00:00Z".parse().unwrap())
    );
}

#[test]
fn a_wish_for_numbers_back_has_answers_of_its_own_and_names_the_numbers() {
    let steps = || {
        vec![
            step(10, foc_after_a_day(), None),
            step(2, Says::Activated, None),
            step(3, Says::SnapbackRefused(vec![reason("GONE")]), None),
            step(4, Says::SnapbackConfirmed, Some(2)),
        ]
    };
    let cases: [(Asked, &[&str]); 4] = [
        (Asked::Version(ver(1)), &["10m foc +24h"]),
        (Asked::Activation(ver(1)), &["2m activated"]),
        (Asked::Snapback(ver(1)), &["3m not back GONE"]),
        (Asked::Snapback(ver(2)), &["3m not back GONE", "4m back"]),
    ];
    for (asked, expected) in cases {
        assert_eq!(said(steps(), asked), expected, "{asked:?}");
    }
    let some = Occasion {
        tns: vec!["+12128675301".parse().unwrap()],
        ..occasion(Asked::Activation(ver(1)))
    };
    let plan = plan(&script(steps()), &some).unwrap();
    assert_eq!(plan.answers[0].content, Content::Activated(some.tns));
}
