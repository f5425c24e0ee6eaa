//! When a carrier partner is asked again, in business time; and how long a failed try rests, in real time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A new request is asked about this soon: many carriers refuse in seconds what they refuse at all.
const SOON: SignedDuration = SignedDuration::from_mins(1);
/// A request is asked about by reference after a quarter of its age, within these bounds: often while it is young,
/// and at worst this late when the change feed has lost its answer.
const REFERENCE_MIN: SignedDuration = SignedDuration::from_mins(15);
const REFERENCE_MAX: SignedDuration = SignedDuration::from_hours(4);
const AGE_PARTS: i32 = 4;

/// A failed try rests for the first at least, doubled with each further one up to the second. Real time: a partner
/// that is back must not be kept waiting, one that is away must not be hammered.
const RETRY_PAUSE_MIN: Duration = Duration::from_millis(250);
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(10);

/// How often the change feed is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPace {
    /// It is left unread no longer than this. Whoever moves the clock stops for it.
    pub interval: SignedDuration,
    /// What was read is fresh for so long, then it is read again. Whoever moves the clock does not stop for it, but goes no
    /// further from where it stops before it was read: many small steps would make a move of days slow.
    pub fresh_for: SignedDuration,
}

/// When the change feed is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextFeedPoll {
    /// At the latest.
    pub at: Timestamp,
    /// Wherever the clock stands then.
    pub fresh_until: Timestamp,
}

/// When the change feed is read again after it was read at `now`.
pub fn next_feed_poll(now: Timestamp, pace: FeedPace) -> NextFeedPoll {
    NextFeedPoll {
        at: later(now, pace.interval),
        fresh_until: later(now, pace.fresh_for),
    }
}

/// When the change feed is read after the carrier has taken something in.
pub fn soon(now: Timestamp) -> Timestamp {
    later(now, SOON)
}

/// When a request that the carrier took in at `acknowledged_at` is asked about by reference next.
pub fn next_reference_poll(acknowledged_at: Timestamp, now: Timestamp) -> Timestamp {
    let age = now.duration_since(acknowledged_at);
    later(now, (age / AGE_PARTS).clamp(REFERENCE_MIN, REFERENCE_MAX))
}

/// How long to wait after the `attempts`th try has failed.
pub fn retry_pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    RETRY_PAUSE_MIN
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(RETRY_PAUSE_MAX)
}

/// At the end of time there is nothing later; nobody gets there.
fn later(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_young_request_is_asked_about_more_often_than_an_old_one() {
        let acknowledged_at: Timestamp = "2026-03-02T15:00:00Z".parse().unwrap();
        let cases = [
            ("2026-03-02T15:00:00Z", "2026-03-02T15:15:00Z"),
            ("2026-03-02T15:15:00Z", "2026-03-02T15:30:00Z"),
            ("2026-03-02T16:00:00Z", "2026-03-02T16:15:00Z"),
            ("2026-03-02T17:00:00Z", "2026-03-02T17:30:00Z"),
            ("2026-03-03T03:00:00Z", "2026-03-03T06:00:00Z"),
            ("2026-03-12T15:00:00Z", "2026-03-12T19:00:00Z"),
            // A clock that disagrees about which came first.
            ("2026-03-02T14:00:00Z", "2026-03-02T14:15:00Z"),
        ];
        for (now, expected) in cases {
            let next = next_reference_poll(acknowledged_at, now.parse().unwrap());
            assert_eq!(next.to_string(), expected, "{now}");
        }
    }

    #[test]
    fn tries_rest_longer_and_longer_up_to_a_limit() {
        let cases = [
            (0, 250),
            (1, 250),
            (2, 500),
            (3, 1_000),
            (6, 8_000),
            (7, 10_000),
            (i32::MAX, 10_000),
        ];
        for (attempts, millis) in cases {
            assert_eq!(retry_pause(attempts), Duration::from_millis(millis), "{attempts}");
        }
    }

    #[test]
    fn the_end_of_time_does_not_overflow() {
        let end = Timestamp::MAX;
        let pace = FeedPace {
            interval: SignedDuration::MAX,
            fresh_for: SignedDuration::MAX,
        };
        let next = NextFeedPoll {
            at: end,
            fresh_until: end,
        };
        assert_eq!(next_feed_poll(end, pace), next);
        assert_eq!(soon(end), end);
    }
}
