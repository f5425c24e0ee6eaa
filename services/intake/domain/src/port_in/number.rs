//! One number of an order.

use numbering::{NpacRegion, NumberInfo, StateCode};
use types::{Country, Tn};

use super::details::KeptSecret;
use super::number_config::{NumberConfig, Overrides};

/// Where one number of an order stands. One may fail while others port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberState {
    /// In a draft; holds nothing.
    Draft,
    /// In a live order.
    InOrder,
    /// The losing carrier said yes.
    FocConfirmed,
    /// Being cut over.
    Activating,
    /// Its cut-over was asked for and the carrier refused: it waits for a person, who asks again or gives it up.
    ActivationRefused,
    /// Ours. Final.
    Ported,
    /// Cannot port in this order. Final.
    Failed,
    /// Let go, by its owner or because the order ended. Final.
    Released,
    /// Ported, and given back to the losing carrier by a snapback. Final.
    Returned,
}

impl NumberState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::InOrder,
        Self::FocConfirmed,
        Self::Activating,
        Self::ActivationRefused,
        Self::Ported,
        Self::Failed,
        Self::Released,
        Self::Returned,
    ];

    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::InOrder => "IN_ORDER",
            Self::FocConfirmed => "FOC_CONFIRMED",
            Self::Activating => "ACTIVATING",
            Self::ActivationRefused => "ACTIVATION_REFUSED",
            Self::Ported => "PORTED",
            Self::Failed => "FAILED",
            Self::Released => "RELEASED",
            Self::Returned => "RETURNED",
        }
    }

    /// Whether its cut-over is still to be asked for, for the first time or again.
    pub const fn awaits_cutover(self) -> bool {
        match self {
            Self::Draft | Self::InOrder | Self::FocConfirmed | Self::ActivationRefused => true,
            Self::Activating | Self::Ported | Self::Failed | Self::Released | Self::Returned => false,
        }
    }

    /// Whether something can still become of the number in this order.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Draft | Self::InOrder | Self::FocConfirmed | Self::Activating | Self::ActivationRefused => {
                true
            }
            Self::Ported | Self::Failed | Self::Released | Self::Returned => false,
        }
    }
}

/// One number of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNumber {
    /// The number.
    pub tn: Tn,
    /// Where it stands.
    pub state: NumberState,
    /// Its PIN at the losing carrier.
    pub pin: Option<KeptSecret>,
    /// How it is used once it is here.
    pub config: NumberConfig,
    /// What differs for it from the order's details.
    pub overrides: Overrides,
    /// The country of its area code; none for toll-free numbers.
    pub country: Option<Country>,
    /// The state, territory or province of its area code; none for toll-free numbers.
    pub area: Option<StateCode>,
}

impl OrderNumber {
    /// A number for a draft, of which nothing but what it is is known.
    pub fn draft(info: NumberInfo) -> Self {
        Self {
            tn: info.tn,
            state: NumberState::Draft,
            pin: None,
            config: NumberConfig::default(),
            overrides: Overrides::default(),
            country: info.country,
            area: info.state,
        }
    }

    /// Whether its owner pays for being called at it. Such numbers move by a change of RespOrg.
    pub const fn is_toll_free(&self) -> bool {
        self.country.is_none()
    }

    /// The region whose clock its port runs by; none for toll-free numbers.
    pub fn region(&self) -> Option<NpacRegion> {
        NpacRegion::of(self.country?, self.area.as_ref()?)
    }
}
