//! What a failed statement means for the caller.

use thiserror::Error;

/// What can go wrong below a use case.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Somebody else changed the row first; reading again and retrying may succeed.
    #[error("{0} was changed by somebody else")]
    Stale(&'static str),
    /// A row breaks an invariant that the schema should have kept.
    #[error("{table} {id} cannot be read: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row, by its key.
        id: String,
        /// What is wrong with it; never a secret.
        why: String,
    },
    /// Postgres cannot be reached, or gave up. The work is not done, unless this is what a commit said: then nobody
    /// knows, and the idempotency key or a natural key tells when it is tried again.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// Anything else.
    #[error("a statement failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match fault_of(&error) {
            Fault::Unavailable | Fault::Busy => Self::Unavailable(error),
            Fault::Constraint(_) | Fault::Other => Self::Database(error),
        }
    }
}

impl StoreError {
    /// A broken row, by table and key.
    pub fn corrupt(table: &'static str, id: &dyn std::fmt::Display, why: &dyn std::fmt::Display) -> Self {
        Self::Corrupt {
            table,
            id: id.to_string(),
            why: why.to_string(),
        }
    }

    /// The name of the constraint that refused a write, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(error) => match fault_of(error) {
                Fault::Constraint(name) => Some(name),
                Fault::Busy | Fault::Unavailable | Fault::Other => None,
            },
            Self::Stale(_) | Self::Corrupt { .. } | Self::Unavailable(_) => None,
        }
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Stale(_) | Self::Unavailable(_))
    }
}

/// The kinds of failure that callers tell apart.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault<'e> {
    /// A named constraint refused the write.
    Constraint(&'e str),
    /// A lock was not to be had in time, or a deadlock or serialization failure rolled the work back.
    Busy,
    /// There is no working connection.
    Unavailable,
    /// Anything else.
    Other,
}

/// Tells the kinds of failure apart.
pub fn fault_of(error: &sqlx::Error) -> Fault<'_> {
    if let sqlx::Error::Database(database) = error {
        return match database.code().as_deref() {
            // lock_not_available, deadlock_detected, serialization_failure
            Some("55P03" | "40P01" | "40001") => Fault::Busy,
            // query_canceled (statement_timeout), idle_in_transaction_session_timeout, a standby answered
            Some("57014" | "25P03" | "25006") => Fault::Unavailable,
            // class 08: connection; 57P: shutdown and start-up; 53: out of resources
            Some(code) if ["08", "57P", "53"].iter().any(|class| code.starts_with(class)) => {
                Fault::Unavailable
            }
            Some(_) | None => database.constraint().map_or(Fault::Other, Fault::Constraint),
        };
    }
    let is_connection = matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
    );
    if is_connection {
        Fault::Unavailable
    } else {
        Fault::Other
    }
}
