//! From a row of `port_number` to a number, and the columns of a configuration, which the inventory has as well.

use intake_domain::port_in::{Capabilities, NumberConfig, NumberState, OrderNumber, Overrides};
use pg::StoreError;
use types::OrderId;

use super::secrets::kept;

pub(super) const TABLE: &str = "port_number";

#[derive(sqlx::FromRow)]
pub(super) struct NumberRow {
    tn: String,
    state: String,
    pin_masked: Option<String>,
    country: Option<String>,
    area: Option<String>,
    own_losing_carrier: Option<String>,
    own_account_masked: Option<String>,
    own_btn: Option<String>,
    own_authorized_by: Option<String>,
    own_resp_org: Option<String>,
    own_part: Option<String>,
    #[sqlx(flatten)]
    config: ConfigRow,
}

/// The columns of a configuration.
#[derive(sqlx::FromRow)]
pub(in crate::store) struct ConfigRow {
    capabilities: String,
    alias: Option<String>,
    subaccount: Option<String>,
    caller_name: Option<String>,
    application: Option<String>,
    emergency_address: Option<String>,
    agent_name: Option<String>,
    agent_email: Option<String>,
}

impl ConfigRow {
    /// The configuration, or why the row is broken.
    pub(in crate::store) fn read(self) -> Result<NumberConfig, String> {
        let capabilities = Capabilities::ALL
            .into_iter()
            .find(|known| known.code() == self.capabilities);
        Ok(NumberConfig {
            capabilities: capabilities.ok_or("unknown capabilities")?,
            alias: parse(self.alias)?,
            subaccount: parse(self.subaccount)?,
            caller_name: parse(self.caller_name)?,
            application: parse(self.application)?,
            emergency_address: parse(self.emergency_address)?,
            agent_name: parse(self.agent_name)?,
            agent_email: parse(self.agent_email)?,
        })
    }
}

impl NumberRow {
    pub(super) fn into_number(self, order: OrderId) -> Result<OrderNumber, StoreError> {
        self.read()
            .map_err(|why| StoreError::corrupt(TABLE, &order, &why))
    }

    fn read(self) -> Result<OrderNumber, String> {
        let state = NumberState::ALL
            .into_iter()
            .find(|state| state.code() == self.state);
        Ok(OrderNumber {
            tn: self
                .tn
                .parse()
                .map_err(|error: types::InvalidValue| error.to_string())?,
            state: state.ok_or("unknown state")?,
            pin: kept(self.pin_masked),
            config: self.config.read()?,
            overrides: Overrides {
                losing_carrier: parse(self.own_losing_carrier)?,
                account_number: kept(self.own_account_masked),
                btn: parse(self.own_btn)?,
                authorized_by: parse(self.own_authorized_by)?,
                resp_org: parse(self.own_resp_org)?,
                part: parse(self.own_part)?,
            },
            country: parse(self.country)?,
            area: parse(self.area)?,
        })
    }
}

fn parse<T>(text: Option<String>) -> Result<Option<T>, String>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let parsed = text.map(|text| text.parse()).transpose();
    parsed.map_err(|error: T::Err| error.to_string())
}

/// The configurations of several numbers, a column each.
#[derive(Default)]
pub(in crate::store) struct ConfigColumns {
    pub(in crate::store) capabilities: Vec<&'static str>,
    pub(in crate::store) alias: Vec<Option<String>>,
    pub(in crate::store) subaccount: Vec<Option<String>>,
    pub(in crate::store) caller_name: Vec<Option<String>>,
    pub(in crate::store) application: Vec<Option<String>>,
    pub(in crate::store) emergency_address: Vec<Option<String>>,
    pub(in crate::store) agent_name: Vec<Option<String>>,
    pub(in crate::store) agent_email: Vec<Option<String>>,
}

impl<'c> FromIterator<&'c NumberConfig> for ConfigColumns {
    fn from_iter<I: IntoIterator<Item = &'c NumberConfig>>(configs: I) -> Self {
        let mut columns = Self::default();
        for config in configs {
            columns.capabilities.push(config.capabilities.code());
            columns.alias.push(text(config.alias.as_ref()));
            columns.subaccount.push(text(config.subaccount.as_ref()));
            columns.caller_name.push(text(config.caller_name.as_ref()));
            columns.application.push(text(config.application.as_ref()));
            columns
                .emergency_address
                .push(text(config.emergency_address.as_ref()));
            columns.agent_name.push(text(config.agent_name.as_ref()));
            columns.agent_email.push(text(config.agent_email.as_ref()));
        }
        columns
    }
}

pub(super) fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}
