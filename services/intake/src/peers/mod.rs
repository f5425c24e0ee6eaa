//! Whom intake calls: the carrier gateway, and only to ask. What intake wants done it announces.
//!
//! **Architecture invariant:** no transaction is open during a call, and nothing depends on its answer: when the gateway is
//! away, what it would have said is not known, and everything else goes on.

mod gateway;

pub(crate) use gateway::Gateway;
