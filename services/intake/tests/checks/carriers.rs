//! Carriers to test with, and hearing of them.

use portway_proto::gateway::v1::{Carrier, CarrierChanged, Network};
use service::stamp;
use types::AccountId;
use uuid::Uuid;

use crate::harness::TestIntake;

impl TestIntake {
    /// The gateway tells of a carrier; acted on when this returns.
    pub(crate) async fn hear_carrier(&self, carrier: &Carrier) {
        let changed = CarrierChanged {
            carrier: Some(carrier.clone()),
        };
        let subject = Uuid::new_v4().to_string();
        let place = self
            .feed
            .announce(&subject, &AccountId::PLATFORM.to_string(), &changed);
        self.acted_on(place).await;
    }

    /// The gateway tells of three carriers: wireless, wireline and toll-free.
    pub(crate) async fn hear_carriers(&self) {
        for carrier in [wireless(), wireline(), resp_org()] {
            self.hear_carrier(&carrier).await;
        }
    }
}

/// Asks for PINs and letters, and takes two business days.
pub(crate) fn wireless() -> Carrier {
    Carrier {
        carrier_id: "sim-wireless".to_owned(),
        name: "Harbor Mobile".to_owned(),
        spid: "HRBM".to_owned(),
        network: Network::Wireless.into(),
        pin_required: true,
        account_number_required: true,
        interval_business_days: 2,
        ..Carrier::default()
    }
}

/// Closed on the day after Thanksgiving, and takes no bill older than 60 days.
pub(crate) fn wireline() -> Carrier {
    Carrier {
        carrier_id: "sim-wireline".to_owned(),
        name: "Harbor Bell".to_owned(),
        spid: "HRBL".to_owned(),
        network: Network::Wireline.into(),
        account_number_required: true,
        closed_on: vec![stamp::date_to_proto(jiff::civil::date(2026, 11, 27))],
        bill_age_max_days: 60,
        ..Carrier::default()
    }
}

pub(crate) fn resp_org() -> Carrier {
    Carrier {
        carrier_id: "sim-toll-free".to_owned(),
        name: "Harbor RespOrg".to_owned(),
        spid: "HRBT".to_owned(),
        network: Network::TollFree.into(),
        interval_business_days: 3,
        resp_org: "HRB01".to_owned(),
        ..Carrier::default()
    }
}
