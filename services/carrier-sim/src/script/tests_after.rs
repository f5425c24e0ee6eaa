//! Which tests follow when numbers become active, or messaging is enabled for them.

use calendar::OutOfRange;
use jiff::{SignedDuration, Timestamp};
use types::Tn;

use super::{Capability, Outcome, Script, ScriptedTest};

/// When a test is made of which no script says when.
const TESTED_AFTER: SignedDuration = SignedDuration::from_mins(1);
const MESSAGING_TESTED_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// A test to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlannedTest {
    /// The number.
    pub(crate) tn: Tn,
    /// What is tested.
    pub(crate) capability: Capability,
    /// Whether it will be found to work.
    pub(crate) passed: bool,
    /// What will be found.
    pub(crate) detail: String,
    /// When.
    pub(crate) due_at: Timestamp,
}

/// The tests of these capabilities of these numbers, which work from `at` on.
pub(crate) fn plan_tests(
    script: &Script,
    tns: &[Tn],
    capabilities: &[Capability],
    at: Timestamp,
) -> Result<Vec<PlannedTest>, OutOfRange> {
    let mut planned = Vec::new();
    for tn in tns {
        for capability in capabilities {
            for test in tests_of(script, *tn, *capability) {
                let passed = match test.outcome {
                    Outcome::Passes => true,
                    Outcome::Fails => false,
                    Outcome::Never => continue,
                };
                planned.push(PlannedTest {
                    tn: *tn,
                    capability: *capability,
                    passed,
                    detail: test.detail,
                    due_at: at.checked_add(test.after.unwrap_or_else(|| built_in_after(*capability)))?,
                });
            }
        }
    }
    Ok(planned)
}

/// What is scripted for the number itself, else for every number, else the built-in test.
fn tests_of(script: &Script, tn: Tn, capability: Capability) -> Vec<ScriptedTest> {
    for scope in [Some(tn), None] {
        let of_scope = |test: &&ScriptedTest| test.capability == capability && test.tn == scope;
        let scripted: Vec<ScriptedTest> = script.tests.iter().filter(of_scope).cloned().collect();
        if !scripted.is_empty() {
            return scripted;
        }
    }
    vec![ScriptedTest {
        tn: None,
        capability,
        outcome: Outcome::Passes,
        detail: String::new(),
        after: None,
    }]
}

const fn built_in_after(capability: Capability) -> SignedDuration {
    match capability {
        Capability::Messaging => MESSAGING_TESTED_AFTER,
        Capability::VoiceInbound
        | Capability::VoiceOutbound
        | Capability::Emergency
        | Capability::CallerName => TESTED_AFTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_scripted_for_a_number_stands_before_what_is_for_all_and_that_before_the_built_in() {
        let (one, other): (Tn, Tn) = ("+12128675301".parse().unwrap(), "+12128675302".parse().unwrap());
        let scripted = |tn, capability, outcome, after| ScriptedTest {
            tn,
            capability,
            outcome,
            detail: format!("{outcome:?}"),
            after,
        };
        let script = Script {
            tests: vec![
                scripted(None, Capability::Emergency, Outcome::Never, None),
                scripted(None, Capability::CallerName, Outcome::Fails, None),
                scripted(Some(one), Capability::CallerName, Outcome::Fails, None),
                scripted(
                    Some(one),
                    Capability::CallerName,
                    Outcome::Passes,
                    Some(SignedDuration::from_mins(30)),
                ),
            ],
            ..Script::default()
        };
        let capabilities = [
            Capability::Emergency,
            Capability::CallerName,
            Capability::Messaging,
        ];
        let at = Timestamp::UNIX_EPOCH;
        let planned = plan_tests(&script, &[one, other], &capabilities, at).unwrap();
        let planned: Vec<_> = planned
            .iter()
            .map(|test| {
                (
                    test.tn,
                    test.capability,
                    test.passed,
                    test.due_at.as_second() / 60,
                )
            })
            .collect();
        let expected = [
            (one, Capability::CallerName, false, 1),
            (one, Capability::CallerName, true, 30),
            (one, Capability::Messaging, true, 60),
            (other, Capability::CallerName, false, 1),
            (other, Capability::Messaging, true, 60),
        ];
        assert_eq!(planned, expected);
    }
}
