//! Sealing what an order must keep secret: where each secret lies, and what is stored beside it.

use intake_domain::port_in::KeptSecret;
use pg::StoreError;
use types::{OrderId, Secret, Tn};
use vault::{Context, Sealed, Vault};

/// Which secret of which row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    AccountNumber(OrderId),
    TaxId(OrderId),
    Pin(OrderId, Tn),
    OwnAccountNumber(OrderId, Tn),
}

/// A secret as its two columns.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) masked: Option<String>,
    /// It is stored already and its columns stay as they are.
    pub(super) is_stored: bool,
}

impl Place {
    fn context(self) -> Context {
        match self {
            Self::AccountNumber(order) => {
                Context::new("intake.port_order.account_number", order.as_uuid().as_bytes())
            }
            Self::TaxId(order) => Context::new("intake.port_order.tax_id", order.as_uuid().as_bytes()),
            Self::Pin(order, tn) => Context::new("intake.port_number.pin", number_row(order, tn)),
            Self::OwnAccountNumber(order, tn) => {
                Context::new("intake.port_number.own_account", number_row(order, tn))
            }
        }
    }

    fn corrupt(self, why: &dyn std::fmt::Display) -> StoreError {
        match self {
            Self::AccountNumber(order) | Self::TaxId(order) => StoreError::corrupt("port_order", &order, why),
            Self::Pin(order, _) | Self::OwnAccountNumber(order, _) => {
                StoreError::corrupt("port_number", &order, why)
            }
        }
    }

    /// The columns of a secret, sealed if it is new.
    pub(super) fn columns(self, vault: &Vault, secret: Option<&KeptSecret>) -> Result<Columns, StoreError> {
        match secret {
            None => Ok(Columns::default()),
            Some(KeptSecret::Stored { .. }) => Ok(Columns {
                is_stored: true,
                ..Columns::default()
            }),
            Some(KeptSecret::Given(secret)) => {
                let sealed = vault
                    .seal(secret, &self.context())
                    .map_err(|error| self.corrupt(&error))?;
                Ok(Columns {
                    sealed: Some(sealed.into()),
                    masked: Some(secret.masked()),
                    is_stored: false,
                })
            }
        }
    }

    /// Opens a stored secret.
    pub(super) fn open(self, vault: &Vault, sealed: Option<Vec<u8>>) -> Result<Option<Secret>, StoreError> {
        let Some(bytes) = sealed else { return Ok(None) };
        let sealed = Sealed::try_from(bytes).map_err(|error| self.corrupt(&error))?;
        vault
            .open(&sealed, &self.context())
            .map(Some)
            .map_err(|error| self.corrupt(&error))
    }
}

fn number_row(order: OrderId, tn: Tn) -> Vec<u8> {
    [order.as_uuid().as_bytes().as_slice(), tn.to_string().as_bytes()].concat()
}

/// A secret as it is read: the mask is enough.
pub(super) fn kept(masked: Option<String>) -> Option<KeptSecret> {
    masked.map(|masked| KeptSecret::Stored { masked })
}
