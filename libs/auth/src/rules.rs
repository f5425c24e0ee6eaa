//! The access rule of every RPC, read from the descriptor set.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use portway_proto::types::v1;
use prost::Message;
use prost_reflect::{DescriptorPool, MethodDescriptor, Value};
use thiserror::Error;
use types::ServiceName;

const ACCESS: &str = "portway.types.v1.access";

/// How a repeated call of an RPC is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing.
    Read,
    /// By the `idempotency-key` in the metadata.
    Key,
    /// By what the request says.
    Natural,
}

/// Who may call one RPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What a user must hold; `None`: no user may call it.
    pub permission: Option<String>,
    /// Whether only the platform's own account can hold it.
    pub platform: bool,
    /// Services that may call it.
    pub services: Vec<ServiceName>,
    /// How a repeat is recognised.
    pub repeat: Repeat,
    /// Whether any valid token will do.
    pub any_caller: bool,
}

/// Why the rules cannot be used.
#[derive(Debug, Error)]
pub enum RuleError {
    /// The descriptor set cannot be read.
    #[error("the descriptor set cannot be read: {0}")]
    Descriptors(String),
    /// An RPC has no rule, or one that makes no sense.
    #[error("{0} has no usable access rule")]
    Method(String),
}

/// The rules of all RPCs, by path (`/portway.intake.v1.PortInService/GetOrder`).
#[derive(Debug, Clone)]
pub struct Rules {
    by_path: Arc<HashMap<String, Rule>>,
}

static RULES: LazyLock<Result<Arc<HashMap<String, Rule>>, String>> =
    LazyLock::new(|| read().map(Arc::new).map_err(|error| error.to_string()));

impl Rules {
    /// The rules of Portway's protos.
    pub fn portway() -> Result<Self, RuleError> {
        match &*RULES {
            Ok(by_path) => Ok(Self {
                by_path: Arc::clone(by_path),
            }),
            Err(error) => Err(RuleError::Descriptors(error.clone())),
        }
    }

    /// The rule of the RPC at `path`.
    pub fn find(&self, path: &str) -> Option<&Rule> {
        self.by_path.get(path)
    }

    /// All rules, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.by_path.iter().map(|(path, rule)| (path.as_str(), rule))
    }
}

fn read() -> Result<HashMap<String, Rule>, RuleError> {
    let pool = DescriptorPool::decode(portway_proto::DESCRIPTOR_SET)
        .map_err(|error| RuleError::Descriptors(error.to_string()))?;
    pool.services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            let rule = rule_of(&pool, &method).ok_or_else(|| RuleError::Method(path.clone()))?;
            Ok((path, rule))
        })
        .collect()
}

fn rule_of(pool: &DescriptorPool, method: &MethodDescriptor) -> Option<Rule> {
    let extension = pool.get_extension_by_name(ACCESS)?;
    let options = method.options();
    if !options.has_extension(&extension) {
        return None;
    }
    let value = options.get_extension(&extension);
    let Value::Message(message) = value.as_ref() else {
        return None;
    };
    let access = v1::Access::decode(message.encode_to_vec().as_slice()).ok()?;
    let repeat = match access.repeat() {
        v1::Repeat::Unspecified => return None,
        v1::Repeat::Read => Repeat::Read,
        v1::Repeat::Key => Repeat::Key,
        v1::Repeat::Natural => Repeat::Natural,
    };
    let services = access
        .services
        .iter()
        .map(|name| name.parse().ok())
        .collect::<Option<Vec<ServiceName>>>()?;
    let permission = Some(access.permission).filter(|permission| !permission.is_empty());
    let is_open_to_somebody = permission.is_some() || !services.is_empty() || access.any_caller;
    is_open_to_somebody.then_some(Rule {
        permission,
        platform: access.platform,
        services,
        repeat,
        any_caller: access.any_caller,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::permissions::{CUSTOMER, PLATFORM};

    #[test]
    fn every_method_has_a_rule_and_every_permission_exists() {
        let rules = Rules::portway().unwrap();
        assert!(rules.iter().count() > 40);
        for (path, rule) in rules.iter() {
            let Some(permission) = rule.permission.as_deref() else {
                continue;
            };
            let known: &[&str] = if rule.platform { &PLATFORM } else { &CUSTOMER };
            assert!(
                known.contains(&permission),
                "{path} asks for {permission}, which is not listed for its kind"
            );
        }
    }

    #[test]
    fn what_shows_secrets_is_open_to_the_gateway_alone() {
        let rules = Rules::portway().unwrap();
        let rule = rules
            .find("/portway.intake.v1.GatewayCallsService/GetSubmission")
            .unwrap();
        assert_eq!(rule.permission, None);
        assert!(!rule.any_caller);
        assert_eq!(rule.services, ["carrier-gateway".parse::<ServiceName>().unwrap()]);
    }

    #[test]
    fn a_method_whose_name_asks_only_is_declared_a_read() {
        for (path, rule) in Rules::portway().unwrap().iter() {
            let method = path.rsplit('/').next().unwrap_or_default();
            let asks = [
                "Get", "List", "Stream", "Quote", "Check", "Lookup", "Propose", "Preview", "Count", "Export",
                "DryRun", "Download",
            ]
            .iter()
            .any(|verb| method.starts_with(verb));
            assert_eq!(asks, rule.repeat == Repeat::Read, "{path}");
        }
    }

    #[test]
    fn permissions_are_listed_once() {
        let all: BTreeSet<&str> = CUSTOMER.iter().chain(&PLATFORM).copied().collect();
        assert_eq!(all.len(), CUSTOMER.len() + PLATFORM.len());
    }
}
