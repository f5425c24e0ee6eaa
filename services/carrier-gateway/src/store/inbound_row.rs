//! A row of `inbound`, to and from the domain: keys in columns, secrets sealed, the rest as it is passed on.

use carrier_gateway_domain::{PortOutNews, PortOutProgress, PortOutRequest};
use jiff::Timestamp;
use pg::StoreError;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use types::{InboundId, Secret, Tn};
use uuid::Uuid;
use vault::{Context, Sealed, Vault};

use super::parsed;

const ACCOUNT_NUMBER: &str = "gateway.inbound.account_number";
const PIN: &str = "gateway.inbound.pin";

/// Something on its way to intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inbound {
    /// Another carrier's request.
    Request(PortOutRequest),
    /// What became of one.
    Progress(PortOutProgress),
}

/// What is passed on, without keys and secrets.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Details {
    Request {
        winning_name: String,
        tns: Vec<Tn>,
        postal_code: String,
        end_user_name: String,
        requested_foc_at: Option<Timestamp>,
        wireless: bool,
        simple: bool,
        received_at: Timestamp,
    },
    Ported {
        occurred_at: Timestamp,
    },
    Cancelled {
        occurred_at: Timestamp,
    },
    FocChanged {
        occurred_at: Timestamp,
        foc_at: Timestamp,
    },
}

impl From<&PortOutRequest> for Details {
    fn from(request: &PortOutRequest) -> Self {
        Self::Request {
            winning_name: request.winning_name.clone(),
            tns: request.tns.clone(),
            postal_code: request.postal_code.clone(),
            end_user_name: request.end_user_name.clone(),
            requested_foc_at: request.requested_foc_at,
            wireless: request.wireless,
            simple: request.simple,
            received_at: request.received_at,
        }
    }
}

impl From<&PortOutProgress> for Details {
    fn from(progress: &PortOutProgress) -> Self {
        let occurred_at = progress.occurred_at;
        match progress.news {
            PortOutNews::Ported => Self::Ported { occurred_at },
            PortOutNews::Cancelled => Self::Cancelled { occurred_at },
            PortOutNews::FocChanged { foc_at } => Self::FocChanged { occurred_at, foc_at },
        }
    }
}

/// The secrets of a request, sealed for the row `id`.
pub(super) struct SealedSecrets {
    pub(super) account_number: Option<Vec<u8>>,
    pub(super) pin: Option<Vec<u8>>,
}

impl SealedSecrets {
    pub(super) fn seal(vault: &Vault, id: InboundId, request: &PortOutRequest) -> Result<Self, StoreError> {
        let seal = |column: &'static str, secret: &Option<Secret>| match secret {
            Some(secret) => match vault.seal(secret, &Context::new(column, id.as_uuid())) {
                Ok(sealed) => Ok(Some(Vec::from(sealed))),
                Err(error) => Err(StoreError::corrupt("inbound", &id, &error)),
            },
            None => Ok(None),
        };
        Ok(Self {
            account_number: seal(ACCOUNT_NUMBER, &request.account_number)?,
            pin: seal(PIN, &request.pin)?,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct InboundRow {
    pub(super) inbound_id: Uuid,
    winning_spid: String,
    pon: String,
    ver: Option<i16>,
    progress_id: Option<String>,
    details: Json<Details>,
    account_number: Option<Vec<u8>>,
    pin: Option<Vec<u8>>,
    pub(super) attempts: i32,
    pub(super) lease_token: Uuid,
}

impl InboundRow {
    pub(super) fn read(self, vault: &Vault) -> Result<Inbound, StoreError> {
        let (id, ver) = (self.inbound_id, self.ver.unwrap_or_default());
        let pon = parsed("inbound", &id, &self.pon)?;
        let winning_spid = parsed("inbound", &id, &self.winning_spid)?;
        let (news, occurred_at) = match self.details.0 {
            Details::Request {
                winning_name,
                tns,
                postal_code,
                end_user_name,
                requested_foc_at,
                wireless,
                simple,
                received_at,
            } => {
                return Ok(Inbound::Request(PortOutRequest {
                    pon,
                    ver: parsed("inbound", &id, &ver.to_string())?,
                    winning_spid,
                    winning_name,
                    tns,
                    account_number: open(vault, ACCOUNT_NUMBER, id, self.account_number)?,
                    postal_code,
                    pin: open(vault, PIN, id, self.pin)?,
                    end_user_name,
                    requested_foc_at,
                    wireless,
                    simple,
                    received_at,
                }));
            }
            Details::Ported { occurred_at } => (PortOutNews::Ported, occurred_at),
            Details::Cancelled { occurred_at } => (PortOutNews::Cancelled, occurred_at),
            Details::FocChanged { occurred_at, foc_at } => (PortOutNews::FocChanged { foc_at }, occurred_at),
        };
        let progress_id = self
            .progress_id
            .ok_or_else(|| StoreError::corrupt("inbound", &id, &"no progress id"))?;
        Ok(Inbound::Progress(PortOutProgress {
            progress_id,
            pon,
            winning_spid,
            news,
            occurred_at,
        }))
    }
}

fn open(
    vault: &Vault,
    column: &'static str,
    id: Uuid,
    sealed: Option<Vec<u8>>,
) -> Result<Option<Secret>, StoreError> {
    let Some(bytes) = sealed else { return Ok(None) };
    let sealed = Sealed::try_from(bytes).map_err(|error| StoreError::corrupt("inbound", &id, &error))?;
    let secret = vault
        .open(&sealed, &Context::new(column, id))
        .map_err(|error| StoreError::corrupt("inbound", &id, &error))?;
    Ok(Some(secret))
}
