//! The permissions there are. docs/permissions.md says what each allows; a test compares both with the protos.

/// What an account's owner holds from the start.
pub const CUSTOMER: [&str; 15] = [
    "account.view",
    "account.modify",
    "audit.view",
    "events.view",
    "port_in.view",
    "port_in.modify",
    "port_out.view",
    "port_out.modify",
    "dispute.view",
    "dispute.manage",
    "numbers.view",
    "numbers.modify",
    "billing.view",
    "notifications.view",
    "notifications.modify",
];

/// What only subjects of the platform's own account can be granted.
pub const PLATFORM: [&str; 10] = [
    "accounts.operate",
    "billing.operate",
    "carriers.operate",
    "carriers.report",
    "consent.operate",
    "dispute.operate",
    "events.operate",
    "port_in.operate",
    "port_out.operate",
    "sim.operate",
];

/// Whether `permission` exists and may be granted in that kind of account.
pub fn may_be_granted(permission: &str, in_platform_account: bool) -> bool {
    CUSTOMER.contains(&permission) || (in_platform_account && PLATFORM.contains(&permission))
}
