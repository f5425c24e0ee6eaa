//! What intake announces, as accounts, grants and notices.

mod convert;

use clock::Clock;
use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use portway_proto::intake::v1;
use prost::{Message, Name};
use service::StartError;
use sqlx::PgConnection;

use crate::ops::{self, Origin, QueueError};
use crate::render::Renderer;

/// Listens to intake.
#[derive(Debug)]
pub struct FromIntake {
    renderer: Renderer,
    clock: Clock,
}

impl FromIntake {
    /// Links in mails lead below `console_url`.
    pub fn new(console_url: &str, clock: Clock) -> Result<Self, StartError> {
        let renderer =
            Renderer::new(console_url).map_err(|error| StartError::Setting(grpc::status::chain(&error)))?;
        Ok(Self { renderer, clock })
    }

    async fn act(&self, conn: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
        let payload = event
            .payload
            .as_ref()
            .map(|payload| payload.value.as_slice())
            .unwrap_or_default();
        if event.r#type == v1::AccountChanged::full_name() {
            let account = convert::account(v1::AccountChanged::decode(payload)?)?;
            return Ok(ops::put_account(conn, &account).await?);
        }
        if event.r#type == v1::GrantChanged::full_name() {
            let granted = convert::grant(v1::GrantChanged::decode(payload)?)?;
            let (account, subject) = (granted.account, &granted.subject);
            return Ok(auth::grants::put(conn, account, subject, &granted.permissions).await?);
        }
        let Some(notice) = convert::notice(&event.r#type, payload)? else {
            return Ok(());
        };
        let origin = Origin {
            event: convert::id(&event.event_id)?,
            occurred_at: convert::time(event.occurred_at.as_ref(), "occurred_at")?,
        };
        Ok(ops::queue_notice(conn, &self.renderer, origin, &notice, self.clock.now()).await?)
    }
}

impl From<QueueError> for HandleError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Store(error) => error.into(),
            QueueError::UnknownAccount(_) | QueueError::Render(_) => {
                Self::Refused(grpc::status::chain(&error))
            }
        }
    }
}

impl Handler for FromIntake {
    fn types(&self) -> Vec<String> {
        let mut types = vec![v1::AccountChanged::full_name(), v1::GrantChanged::full_name()];
        types.extend(convert::notice_types());
        types
    }

    fn handle<'a>(
        &'a self,
        tx: &'a mut PgConnection,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<(), HandleError>> {
        Box::pin(self.act(tx, event))
    }
}
