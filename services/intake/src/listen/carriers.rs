//! Carriers, as the gateway tells of them.

use std::num::NonZeroU16;

use calendar::{BusinessHours, DayOverride};
use events::HandleError;
use intake_domain::carrier::{AsksFor, CarrierProfile, Network};
use jiff::civil::{Date, Time};
use portway_proto::gateway::v1 as gateway;
use portway_proto::types::v1 as wire;
use service::stamp;

/// What is told of a carrier.
pub(super) fn profile(changed: gateway::CarrierChanged) -> Result<CarrierProfile, HandleError> {
    let carrier = changed.carrier.ok_or_else(|| refused("the carrier is not set"))?;
    let network = network(carrier.network()).ok_or_else(|| refused("the network is not set"))?;
    let closed = days(&carrier.closed_on)?
        .into_iter()
        .map(|day| (day, DayOverride::Closed));
    let open = days(&carrier.works_on)?
        .into_iter()
        .map(|day| (day, DayOverride::Open));
    Ok(CarrierProfile {
        id: carrier.carrier_id.parse().map_err(refused)?,
        spid: carrier.spid.parse().map_err(refused)?,
        network,
        asks_for: AsksFor {
            pin: carrier.pin_required,
            account_number: carrier.account_number_required,
            loa: carrier.loa_required,
        },
        interval_days: count(carrier.interval_business_days, "interval_business_days")?,
        days: closed.chain(open).collect(),
        answers_per_number: carrier.answers_per_number,
        bill_age_max_days: NonZeroU16::new(count(carrier.bill_age_max_days, "bill_age_max_days")?),
        activates_on_demand: carrier
            .activates_on_demand
            .then(|| window(&carrier))
            .transpose()?,
        resp_org: Some(carrier.resp_org).filter(|resp_org| !resp_org.is_empty()),
        name: carrier.name,
    })
}

/// A carrier's network; none when it is not told.
fn network(network: gateway::Network) -> Option<Network> {
    match network {
        gateway::Network::Wireless => Some(Network::Wireless),
        gateway::Network::Wireline => Some(Network::Wireline),
        gateway::Network::TollFree => Some(Network::TollFree),
        gateway::Network::Unspecified => None,
    }
}

/// Either end that is left out is that of an ordinary business day.
fn window(carrier: &gateway::Carrier) -> Result<BusinessHours, HandleError> {
    let ordinary = BusinessHours::default();
    let time = |text: &str, left_out: Time| {
        if text.is_empty() {
            Ok(left_out)
        } else {
            Time::strptime("%H:%M", text).map_err(refused)
        }
    };
    let opens = time(&carrier.activation_opens, ordinary.opens())?;
    let closes = time(&carrier.activation_closes, ordinary.closes())?;
    BusinessHours::new(opens, closes).ok_or_else(|| refused("it activates in no hours"))
}

fn days(days: &[wire::Date]) -> Result<Vec<Date>, HandleError> {
    let days = days.iter().map(stamp::date_from_proto);
    days.collect::<Option<_>>()
        .ok_or_else(|| refused("a day is not one of the calendar"))
}

fn count(count: i32, field: &'static str) -> Result<u16, HandleError> {
    u16::try_from(count).map_err(|_| refused(format!("{field} is out of range")))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err asks for"
)]
fn refused(why: impl ToString) -> HandleError {
    HandleError::Refused(why.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn told() -> gateway::Carrier {
        gateway::Carrier {
            carrier_id: "sim-wireline".to_owned(),
            name: "Sim Wireline".to_owned(),
            spid: "SIML".to_owned(),
            network: gateway::Network::Wireline.into(),
            pin_required: true,
            interval_business_days: 3,
            closed_on: vec![stamp::date_to_proto(date(2026, 11, 27))],
            works_on: vec![stamp::date_to_proto(date(2026, 10, 12))],
            bill_age_max_days: 60,
            activates_on_demand: true,
            activation_closes: "16:30".to_owned(),
            ..gateway::Carrier::default()
        }
    }

    fn read(carrier: gateway::Carrier) -> Result<CarrierProfile, HandleError> {
        profile(gateway::CarrierChanged {
            carrier: Some(carrier),
        })
    }

    #[test]
    fn a_carrier_is_read_whole() {
        let profile = read(told()).unwrap();
        let days: Vec<_> = profile.days.iter().map(|(date, day)| (*date, *day)).collect();
        assert_eq!(
            days,
            [
                (date(2026, 10, 12), DayOverride::Open),
                (date(2026, 11, 27), DayOverride::Closed)
            ]
        );
        assert_eq!(profile.network, Network::Wireline);
        assert!(profile.asks_for.pin && !profile.asks_for.account_number && !profile.asks_for.loa);
        assert_eq!(profile.interval_days, 3);
        assert_eq!(profile.bill_age_max_days.map(NonZeroU16::get), Some(60));
        let window = BusinessHours::new(time(8, 0, 0, 0), time(16, 30, 0, 0));
        assert_eq!((profile.activates_on_demand, profile.resp_org), (window, None));
    }

    #[test]
    fn zero_and_false_mean_that_there_is_no_such_limit() {
        let plain = gateway::Carrier {
            bill_age_max_days: 0,
            activates_on_demand: false,
            ..told()
        };
        let profile = read(plain).unwrap();
        assert_eq!(
            (profile.bill_age_max_days, profile.activates_on_demand),
            (None, None)
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_not_guessed() {
        let broken: [fn(&mut gateway::Carrier); 6] = [
            |carrier| carrier.network = 0,
            |carrier| carrier.spid = "toolong".to_owned(),
            |carrier| carrier.interval_business_days = -1,
            |carrier| carrier.closed_on[0].day = 31,
            |carrier| carrier.activation_opens = "8 o'clock".to_owned(),
            |carrier| carrier.activation_opens = "17:00".to_owned(),
        ];
        for (index, damage) in broken.into_iter().enumerate() {
            let mut carrier = told();
            damage(&mut carrier);
            assert!(matches!(read(carrier), Err(HandleError::Refused(_))), "{index}");
        }
        let unset = gateway::CarrierChanged { carrier: None };
        assert!(profile(unset).is_err());
    }
}
