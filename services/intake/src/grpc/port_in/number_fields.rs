//! Reads what is said of a number besides what it is: PIN, configuration, overrides. Field by field, so that a call can
//! name those it changes.

use grpc::Faults;
use intake_domain::port_in::{
    Capabilities, KeptSecret, NumberChange, NumberConfig, Override, Overrides, Setting,
};
use portway_proto::intake::v1;

use super::details::{ACCOUNT_NUMBER_CHARS_MAX, Faulty, secret, text, tn};
use crate::ops::port_in::PIN_CHARS_MAX;

/// The fields of a configuration.
pub(in crate::grpc) const SETTINGS: [&str; 8] = [
    "agent_name",
    "agent_email",
    "capabilities",
    "alias",
    "subaccount",
    "caller_name",
    "application",
    "emergency_address",
];

/// The fields that go to the losing carrier.
pub(super) const SENT: [&str; 7] = [
    "pin",
    "losing_carrier",
    "account_number",
    "btn",
    "authorized_by",
    "resp_org",
    "part",
];

/// What a call says of one number.
pub(in crate::grpc) struct Said<'s> {
    /// Where it stands in the call, e.g. `numbers[3]`.
    pub(in crate::grpc) place: String,
    pub(in crate::grpc) pin: &'s str,
    pub(in crate::grpc) agent_name: &'s str,
    pub(in crate::grpc) agent_email: &'s str,
    pub(in crate::grpc) config: v1::NumberConfig,
    pub(in crate::grpc) overrides: v1::NumberOverrides,
}

impl<'s> Said<'s> {
    pub(super) fn in_draft(index: usize, draft: &'s v1::NumberDraft) -> Self {
        Self {
            place: format!("numbers[{index}]"),
            pin: &draft.pin,
            agent_name: &draft.agent_name,
            agent_email: &draft.agent_email,
            config: draft.config.clone().unwrap_or_default(),
            overrides: draft.overrides.clone().unwrap_or_default(),
        }
    }

    /// The changes of the fields that are named, set or not; of those that are set when none is named.
    pub(super) fn changes(&self, faults: &mut Faults, names: &[&'static str]) -> Vec<NumberChange> {
        let all = SETTINGS.into_iter().chain(SENT);
        let wanted = all.filter(|name| {
            if names.is_empty() {
                self.is_set(name)
            } else {
                names.contains(name)
            }
        });
        let read = wanted.map(|name| self.read(faults, name).ok());
        read.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    /// The settings of the fields that are named, set or not; of those that are set when none is named.
    pub(in crate::grpc) fn settings(&self, faults: &mut Faults, names: &[&'static str]) -> Vec<Setting> {
        let wanted = SETTINGS.into_iter().filter(|name| {
            if names.is_empty() {
                self.is_set(name)
            } else {
                names.contains(name)
            }
        });
        let read = wanted.map(|name| self.setting(faults, name).ok());
        read.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn is_set(&self, name: &str) -> bool {
        let (config, overrides) = (&self.config, &self.overrides);
        let text = match name {
            "pin" => self.pin,
            "agent_name" => self.agent_name,
            "agent_email" => self.agent_email,
            "capabilities" => return config.capabilities != 0,
            "alias" => &config.alias,
            "subaccount" => &config.subaccount,
            "caller_name" => &config.caller_name,
            "application" => &config.application,
            "emergency_address" => &config.emergency_address,
            "losing_carrier" => &overrides.losing_carrier,
            "account_number" => &overrides.account_number,
            "btn" => &overrides.btn,
            "authorized_by" => &overrides.authorized_by,
            "resp_org" => &overrides.resp_org,
            "part" => &overrides.part,
            _unknown => "",
        };
        !text.is_empty()
    }

    fn read(&self, faults: &mut Faults, name: &str) -> Result<NumberChange, Faulty> {
        let overrides = &self.overrides;
        let field = format!("{}.overrides.{name}", self.place);
        let field = field.as_str();
        let change = match name {
            "pin" => {
                let pin = secret(faults, &format!("{}.pin", self.place), self.pin, PIN_CHARS_MAX)?;
                return Ok(NumberChange::Pin(pin));
            }
            "losing_carrier" => Override::LosingCarrier(text(faults, field, &overrides.losing_carrier)?),
            "account_number" => {
                let number = secret(faults, field, &overrides.account_number, ACCOUNT_NUMBER_CHARS_MAX)?;
                Override::AccountNumber(number)
            }
            "btn" => Override::Btn(tn(faults, field, &overrides.btn)?),
            "authorized_by" => Override::AuthorizedBy(text(faults, field, &overrides.authorized_by)?),
            "resp_org" => Override::RespOrg(text(faults, field, &overrides.resp_org)?),
            "part" => Override::Part(text(faults, field, &overrides.part)?),
            setting => return self.setting(faults, setting).map(NumberChange::Setting),
        };
        Ok(NumberChange::Override(change))
    }

    fn setting(&self, faults: &mut Faults, name: &str) -> Result<Setting, Faulty> {
        let config = &self.config;
        let field = format!("{}.config.{name}", self.place);
        let field = field.as_str();
        Ok(match name {
            "capabilities" => Setting::Capabilities(capabilities(faults, field, config)?),
            "alias" => Setting::Alias(text(faults, field, &config.alias)?),
            "subaccount" => Setting::Subaccount(text(faults, field, &config.subaccount)?),
            "caller_name" => Setting::CallerName(text(faults, field, &config.caller_name)?),
            "application" => Setting::Application(text(faults, field, &config.application)?),
            "emergency_address" => Setting::EmergencyAddress(text(faults, field, &config.emergency_address)?),
            "agent_name" => Setting::AgentName(text(
                faults,
                &format!("{}.agent_name", self.place),
                self.agent_name,
            )?),
            "agent_email" => Setting::AgentEmail(text(
                faults,
                &format!("{}.agent_email", self.place),
                self.agent_email,
            )?),
            _unknown => return Err(Faulty),
        })
    }
}

/// Reads the names of fields; what is none of `known` is a fault.
pub(in crate::grpc) fn names(
    faults: &mut Faults,
    asked: &[String],
    known: &[&'static str],
) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (index, asked) in asked.iter().enumerate() {
        match known.iter().find(|name| *name == asked) {
            Some(name) => names.push(*name),
            None => faults.add(
                format!("update_fields[{index}]"),
                "UNKNOWN_FIELD",
                "is not a field that can be changed here",
            ),
        }
    }
    names
}

fn capabilities(faults: &mut Faults, field: &str, config: &v1::NumberConfig) -> Result<Capabilities, Faulty> {
    match v1::NumberCapabilities::try_from(config.capabilities) {
        Ok(v1::NumberCapabilities::Unspecified | v1::NumberCapabilities::Voice) => Ok(Capabilities::Voice),
        Ok(v1::NumberCapabilities::VoiceAndSms) => Ok(Capabilities::VoiceAndSms),
        Err(_) => {
            faults.add(field, "INVALID", "is not a choice of capabilities");
            Err(Faulty)
        }
    }
}

/// Shows a configuration; the person a number goes to stands beside it.
pub(in crate::grpc) fn config(config: &NumberConfig) -> v1::NumberConfig {
    let capabilities = match config.capabilities {
        Capabilities::Voice => v1::NumberCapabilities::Voice,
        Capabilities::VoiceAndSms => v1::NumberCapabilities::VoiceAndSms,
    };
    v1::NumberConfig {
        capabilities: capabilities.into(),
        alias: shown(config.alias.as_ref()),
        subaccount: shown(config.subaccount.as_ref()),
        caller_name: shown(config.caller_name.as_ref()),
        application: shown(config.application.as_ref()),
        emergency_address: shown(config.emergency_address.as_ref()),
    }
}

/// Shows overrides; nothing when nothing differs.
pub(super) fn overrides(overrides: &Overrides) -> Option<v1::NumberOverrides> {
    (*overrides != Overrides::default()).then(|| v1::NumberOverrides {
        losing_carrier: shown(overrides.losing_carrier.as_ref()),
        account_number: overrides
            .account_number
            .as_ref()
            .map(KeptSecret::masked)
            .unwrap_or_default(),
        btn: shown(overrides.btn.as_ref()),
        authorized_by: shown(overrides.authorized_by.as_ref()),
        resp_org: shown(overrides.resp_org.as_ref()),
        part: shown(overrides.part.as_ref()),
    })
}

fn shown(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
