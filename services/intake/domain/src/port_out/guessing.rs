//! What wrong PINs lead to: an alarm, and ever later answers to the next wrong ones.
//!
//! **Architecture invariant:** nothing here is asked about a right PIN: however many wrong ones came before, it is good.

use jiff::SignedDuration;

/// Wrong PINs of a number are counted over this time.
pub const NUMBER_SPAN: SignedDuration = SignedDuration::from_hours(24);
/// Requests with wrong PINs for numbers of an account are counted over this time.
pub const ACCOUNT_SPAN: SignedDuration = SignedDuration::from_hours(1);

const WRONG_PINS_MAX: u32 = 3;
const WRONG_REQUESTS_MAX: u32 = 5;
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// The shortest time in which the law wants an answer to a wireline request; a request's own deadline may be sooner.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(4);

/// How long the answer to a request is held back that brings the `wrong`th wrong PIN for a number; `None`: not at all.
/// Fifteen minutes for the third, twice as long for each one after it.
pub fn pause_after(wrong: u32) -> Option<SignedDuration> {
    let doublings = wrong.checked_sub(WRONG_PINS_MAX)?;
    let pause = 1_i32
        .checked_shl(doublings)
        .and_then(|times| FIRST_PAUSE.checked_mul(times));
    Some(
        pause
            .filter(|pause| *pause > SignedDuration::ZERO)
            .map_or(PAUSE_MAX, |pause| pause.min(PAUSE_MAX)),
    )
}

/// Whether somebody is to be told of the `wrong`th wrong PIN for one number.
pub const fn alarms_number(wrong: u32) -> bool {
    wrong > 0 && wrong.is_multiple_of(WRONG_PINS_MAX)
}

/// Whether somebody is to be told of the `requests`th request with a wrong PIN for numbers of one account.
pub const fn alarms_account(requests: u32) -> bool {
    requests > 0 && requests.is_multiple_of(WRONG_REQUESTS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_wrong_pin_alarms_and_each_after_it_is_answered_later() {
        let minutes = |wrong| pause_after(wrong).map(|pause| pause.as_mins());
        let expected = [
            (0, false, None),
            (1, false, None),
            (2, false, None),
            (3, true, Some(15)),
            (4, false, Some(30)),
            (5, false, Some(60)),
            (6, true, Some(120)),
            (7, false, Some(240)),
            (8, false, Some(240)),
            (34, false, Some(240)),
            (u32::MAX, true, Some(240)),
        ];
        for (wrong, alarms, pause) in expected {
            assert_eq!((alarms_number(wrong), minutes(wrong)), (alarms, pause), "{wrong}");
        }
        let account: Vec<u32> = (0..=10).filter(|count| alarms_account(*count)).collect();
        assert_eq!(account, [5, 10]);
    }
}
