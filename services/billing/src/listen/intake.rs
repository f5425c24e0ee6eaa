//! Hands each event of intake to the use case it is for.

use clock::Clock;
use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use portway_proto::intake::v1::{AccountChanged, DisputeSettled, GrantChanged, OrderPorted, PortedOut};
use prost::Name;
use sqlx::PgConnection;

use super::decode;
use crate::ops::charge_port::{ChargePortError, charge_port};
use crate::ops::record_account::{RecordAccountError, record_account};

/// Listens to intake.
#[derive(Debug)]
pub struct FromIntake {
    clock: Clock,
}

impl FromIntake {
    /// A listener. It wakes nobody: what it adds is never due at once, see `Month::closes_at`.
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }

    async fn act(&self, conn: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
        let name = event.r#type.as_str();
        if name == AccountChanged::full_name() {
            let changed: AccountChanged = decode::payload(event)?;
            let account = decode::account(decode::required("account", changed.account)?)?;
            record_account(conn, &account, self.clock.now()).await?;
        } else if name == GrantChanged::full_name() {
            let changed: GrantChanged = decode::payload(event)?;
            let grant = decode::required("grant", changed.grant)?;
            let account = decode::parse("account_id", &changed.account_id)?;
            let subject = decode::parse("subject", &grant.subject)?;
            auth::grants::put(conn, account, &subject, &grant.permissions).await?;
        } else if name == OrderPorted::full_name() {
            let port = decode::order_ported(event, decode::payload(event)?)?;
            charge_port(conn, &port, self.clock.now()).await?;
        } else if name == PortedOut::full_name() {
            let port = decode::ported_out(event, decode::payload(event)?)?;
            charge_port(conn, &port, self.clock.now()).await?;
        } else if name == DisputeSettled::full_name() {
            let dispute = decode::dispute_settled(event, decode::payload(event)?)?;
            // Most cost the account nothing, and that needs no price.
            if !dispute.tns.is_empty() {
                charge_port(conn, &dispute, self.clock.now()).await?;
            }
        }
        Ok(())
    }
}

impl Handler for FromIntake {
    fn types(&self) -> Vec<String> {
        vec![
            AccountChanged::full_name(),
            GrantChanged::full_name(),
            OrderPorted::full_name(),
            PortedOut::full_name(),
            DisputeSettled::full_name(),
        ]
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>> {
        Box::pin(self.act(tx, event))
    }
}

impl From<ChargePortError> for HandleError {
    fn from(error: ChargePortError) -> Self {
        match error {
            ChargePortError::Store(error) => error.into(),
            ChargePortError::UnknownAccount(_)
            | ChargePortError::NotPriced(_)
            | ChargePortError::OutOfCalendar(_) => Self::Refused(error.to_string()),
        }
    }
}

impl From<RecordAccountError> for HandleError {
    fn from(error: RecordAccountError) -> Self {
        match error {
            RecordAccountError::Store(error) => error.into(),
            RecordAccountError::OutOfCalendar(_) => Self::Refused(error.to_string()),
        }
    }
}
