//! What billing does, one use case a file.

pub(crate) mod charge_port;
pub(crate) mod close_month;
pub(crate) mod prices;
pub(crate) mod read;
pub(crate) mod record_account;
