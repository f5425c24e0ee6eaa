//! What follows a try that failed. Real time: a moved business clock neither hastens nor ends it.

use std::time::Duration;

/// A delivery is tried this often at most.
pub const TRIES_MAX: u32 = 12;
/// Nothing is tried again when this much time has passed since the first try could be made.
const AGE_MAX: Duration = Duration::from_hours(24);

/// The pause after each failed try but the last: short ones for a restart, long ones for an outage.
const PAUSES: [Duration; 11] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
    Duration::from_hours(8),
];

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Another try, after this pause.
    TryAgainIn(Duration),
    /// Nothing more.
    GiveUp,
}

/// What follows when the `tries`th try failed at this `age`.
pub fn after_failure(tries: u32, age: Duration) -> AfterFailure {
    let index = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    match PAUSES.get(index) {
        Some(pause) if tries < TRIES_MAX && age + *pause < AGE_MAX => AfterFailure::TryAgainIn(*pause),
        Some(_) | None => AfterFailure::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_twelve_tries_or_a_day() {
        let (mut age, mut last) = (Duration::ZERO, Duration::ZERO);
        for tries in 1..TRIES_MAX {
            let AfterFailure::TryAgainIn(pause) = after_failure(tries, age) else {
                panic!("gave up after {tries} tries");
            };
            assert!(pause > last, "{tries}");
            (age, last) = (age + pause, pause);
        }
        assert!(age < AGE_MAX, "all twelve tries fit into a day");
        let cases = [
            (TRIES_MAX, Duration::ZERO),
            (TRIES_MAX + 1, Duration::ZERO),
            (u32::MAX, Duration::ZERO),
            (1, AGE_MAX),
            (11, Duration::from_hours(16)),
        ];
        for (tries, age) in cases {
            assert_eq!(after_failure(tries, age), AfterFailure::GiveUp, "{tries} {age:?}");
        }
    }
}
