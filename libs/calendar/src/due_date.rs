//! The due date as the NPAC takes it.

use jiff::civil::{DateTime, Time};

use crate::interval::PortKind;

/// A due date in the form that the kind of port allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NormalisedDue {
    /// The due date and time, in the region's time.
    pub due: DateTime,
    /// The time that was wanted and taken off; the customer is warned that it will not be kept.
    pub dropped_time: Option<Time>,
}

/// Takes the time off a due date unless both sides are wireless: where either is wireline, due dates are days.
pub fn normalise_due(due: DateTime, kind: PortKind) -> NormalisedDue {
    match kind {
        PortKind::Wireless => NormalisedDue {
            due,
            dropped_time: None,
        },
        PortKind::Simple | PortKind::Complex => NormalisedDue {
            due: due.start_of_day(),
            dropped_time: Some(due.time()).filter(|time| *time != Time::midnight()),
        },
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{datetime, time};

    use super::*;

    #[test]
    fn only_wireless_keeps_the_time() {
        let afternoon = datetime(2026, 12, 1, 15, 30, 0, 0);
        let midnight = datetime(2026, 12, 1, 0, 0, 0, 0);
        assert_eq!(
            normalise_due(afternoon, PortKind::Wireless),
            NormalisedDue {
                due: afternoon,
                dropped_time: None
            }
        );
        for kind in [PortKind::Simple, PortKind::Complex] {
            let dropped_time = Some(time(15, 30, 0, 0));
            assert_eq!(
                normalise_due(afternoon, kind),
                NormalisedDue {
                    due: midnight,
                    dropped_time
                }
            );
            assert_eq!(
                normalise_due(midnight, kind),
                NormalisedDue {
                    due: midnight,
                    dropped_time: None
                }
            );
        }
    }
}
