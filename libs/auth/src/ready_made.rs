//! The sets of permissions that come with the program and are there in every account. docs/permissions.md lists them.

use std::fmt;
use std::str::FromStr;

use types::InvalidValue;

use crate::permissions::{CUSTOMER, PLATFORM};

/// A ready-made set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadyMade {
    /// Everything that can be granted in the account. Somebody always holds it.
    Owner,
    /// Sees everything and changes nothing.
    Viewer,
    /// Writes, submits and corrects port-ins.
    PortInManager,
    /// Sees port-outs.
    PortOutViewer,
    /// Decides on port-outs.
    PortOutManager,
    /// Uses and protects numbers.
    NumberManager,
    /// Sees what is charged.
    BillingViewer,
    /// Says who is told.
    NotificationManager,
    /// Sees who did what.
    Auditor,
}

impl ReadyMade {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 9] = [
        Self::Owner,
        Self::Viewer,
        Self::PortInManager,
        Self::PortOutViewer,
        Self::PortOutManager,
        Self::NumberManager,
        Self::BillingViewer,
        Self::NotificationManager,
        Self::Auditor,
    ];

    /// Its name, which is its id too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Viewer => "viewer",
            Self::PortInManager => "port-in-manager",
            Self::PortOutViewer => "port-out-viewer",
            Self::PortOutManager => "port-out-manager",
            Self::NumberManager => "number-manager",
            Self::BillingViewer => "billing-viewer",
            Self::NotificationManager => "notification-manager",
            Self::Auditor => "auditor",
        }
    }

    /// What it holds, in order. In the platform's own account the owner holds the platform's permissions too.
    pub fn permissions(self, in_platform_account: bool) -> Vec<&'static str> {
        let mut permissions: Vec<&'static str> = match self {
            Self::Owner => {
                let of_platform = PLATFORM.iter().filter(|_| in_platform_account);
                CUSTOMER.iter().chain(of_platform).copied().collect()
            }
            Self::Viewer => CUSTOMER
                .iter()
                .copied()
                .filter(|permission| is_to_see(permission))
                .collect(),
            Self::PortInManager => vec!["port_in.view", "port_in.modify", "numbers.view"],
            Self::PortOutViewer => vec!["port_out.view", "numbers.view"],
            Self::PortOutManager => vec!["port_out.view", "port_out.modify", "numbers.view"],
            Self::NumberManager => vec!["numbers.view", "numbers.modify"],
            Self::BillingViewer => vec!["billing.view"],
            Self::NotificationManager => vec!["notifications.view", "notifications.modify"],
            Self::Auditor => vec!["account.view", "audit.view", "events.view"],
        };
        permissions.sort_unstable();
        permissions
    }

    /// The contents of all of them as a text: another text, and what was granted by them is no longer what it was.
    pub fn contents() -> String {
        let line = |set: Self| format!("{}: {}", set.name(), set.permissions(true).join(" "));
        Self::ALL.map(line).join("\n")
    }
}

/// Whether a permission lets its holder see, and change nothing.
fn is_to_see(permission: &str) -> bool {
    permission.rsplit('.').next() == Some("view")
}

impl fmt::Display for ReadyMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ReadyMade {
    type Err = InvalidValue;

    fn from_str(name: &str) -> Result<Self, InvalidValue> {
        let refused = InvalidValue {
            what: "permission set",
            expected: "a UUID, or the name of a ready-made set",
        };
        Self::ALL
            .into_iter()
            .find(|set| set.name() == name)
            .ok_or(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::may_be_granted;

    #[test]
    fn every_set_has_a_name_of_its_own_and_holds_what_can_be_granted() {
        for set in ReadyMade::ALL {
            assert_eq!(set.name().parse(), Ok(set));
            for in_platform_account in [false, true] {
                let permissions = set.permissions(in_platform_account);
                assert!(!permissions.is_empty(), "{set}");
                assert!(
                    permissions
                        .iter()
                        .all(|permission| may_be_granted(permission, in_platform_account)),
                    "{set}"
                );
                assert!(permissions.is_sorted(), "{set}");
            }
        }
        assert!("Owner".parse::<ReadyMade>().is_err());
    }

    #[test]
    fn seeing_port_outs_and_deciding_on_them_are_apart() {
        assert!(
            !ReadyMade::PortOutViewer
                .permissions(false)
                .contains(&"port_out.modify")
        );
        assert!(
            ReadyMade::PortOutManager
                .permissions(false)
                .contains(&"port_out.modify")
        );
        let changes = |set: ReadyMade| !set.permissions(true).into_iter().all(is_to_see);
        assert!(!changes(ReadyMade::Viewer) && !changes(ReadyMade::Auditor));
    }

    #[test]
    fn an_owner_holds_everything_there() {
        assert_eq!(ReadyMade::Owner.permissions(false).len(), CUSTOMER.len());
        assert_eq!(
            ReadyMade::Owner.permissions(true).len(),
            CUSTOMER.len() + PLATFORM.len()
        );
    }
}
