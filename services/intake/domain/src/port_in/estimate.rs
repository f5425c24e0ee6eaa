//! When an order's numbers will be cut over, as far as can be told.

use jiff::Timestamp;
use jiff::civil::Date;

use calendar::earliest_date;

use super::carrier_time::CarrierTime;
use super::order::Order;
use super::pace::Histogram;
use super::state::OrderState;

/// Fewer orders than this say nothing of a carrier.
const OBSERVATIONS_MIN: u64 = 5;
/// Of a hundred orders, so many were through before the range, and so many within its end.
const PERCENTILES: (u64, u64) = (20, 80);
/// Losing carriers take 5 to 20 business days in the worst practice, whatever the rule says.
const RULE_LATEST_DAYS: u16 = 20;
/// A carrier keeps its own interval, or takes as long again.
const PROFILE_LATEST_FACTOR: u16 = 2;

/// What an estimate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EstimateBasis {
    /// The carrier has committed itself.
    Committed,
    /// How long it took before, counted from so many orders.
    History(u64),
    /// The interval it names.
    Profile,
    /// The general rule.
    Rule,
}

/// The days between which the cut-over is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutOverEstimate {
    /// The first of them.
    pub earliest: Date,
    /// The last of them.
    pub latest: Date,
    /// What they rest on.
    pub basis: EstimateBasis,
    /// It is the customer's wanted date that the cut-over waits for.
    pub waits_for_wanted_date: bool,
}

/// What is known of the time that the order and its like have taken.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    /// When the order's present version was handed in; none: it is not on its way.
    pub sent_at: Option<Timestamp>,
    /// Orders of the same carrier and kind, from handing in to the FOC.
    pub to_foc: Histogram,
    /// The same, from the FOC to the last number's being ours.
    pub to_port: Histogram,
}

impl Order {
    /// When the numbers will be cut over; of an order that waits for the customer, if they acted now. None when the order
    /// has ended or is being cancelled.
    pub fn estimate(&self, carrier: &CarrierTime, pace: &Pace, now: Timestamp) -> Option<CutOverEstimate> {
        if self.record.state.is_on_its_way_out() {
            return None;
        }
        let today = carrier.day(now);
        if let Some(foc_at) = self.record.state.foc_at() {
            let day = carrier.day(foc_at).max(today);
            return Some(CutOverEstimate {
                earliest: day,
                latest: day,
                basis: EstimateBasis::Committed,
                waits_for_wanted_date: false,
            });
        }
        let is_sent = matches!(
            self.record.state,
            OrderState::Submitted | OrderState::Pending(_) | OrderState::ChangingDate(_)
        );
        let sent_at = pace.sent_at.filter(|_| is_sent).unwrap_or(now);
        let (earliest, latest, basis) = days_from(carrier, pace, sent_at)?;
        // What has not happened yet happens on the next day that the carrier works, at the earliest.
        let next = carrier.calendar.add_business_days(today, 1).ok()?;
        let earliest = earliest.max(next);
        let latest = if latest < next {
            carrier.calendar.add_business_days(next, 1).ok()?
        } else {
            latest.max(earliest)
        };
        let wanted = self.record.details.wanted_date.unwrap_or(earliest);
        Some(CutOverEstimate {
            earliest: earliest.max(wanted),
            latest: latest.max(wanted),
            basis,
            waits_for_wanted_date: wanted > latest,
        })
    }
}

/// The range for an order that was handed in then.
fn days_from(carrier: &CarrierTime, pace: &Pace, sent_at: Timestamp) -> Option<(Date, Date, EstimateBasis)> {
    let sent_on = carrier.day(sent_at);
    let after = |days| carrier.calendar.add_business_days(sent_on, days).ok();
    let observations = pace.to_foc.observations().min(pace.to_port.observations());
    if observations >= OBSERVATIONS_MIN {
        let days = |per_cent| Some(pace.to_foc.percentile(per_cent)? + pace.to_port.percentile(per_cent)?);
        let (low, high) = PERCENTILES;
        let basis = EstimateBasis::History(observations);
        return Some((after(days(low)?)?, after(days(high)?)?, basis));
    }
    let by_rule = |days| earliest_date(carrier.region, sent_at, carrier.kind, days, &carrier.calendar).ok();
    let interval = carrier.interval_days;
    if interval > 0 {
        let (earliest, latest) = (
            by_rule(interval)?,
            after(interval.saturating_mul(PROFILE_LATEST_FACTOR))?,
        );
        return Some((earliest, latest.max(earliest), EstimateBasis::Profile));
    }
    Some((by_rule(0)?, after(RULE_LATEST_DAYS)?, EstimateBasis::Rule))
}
