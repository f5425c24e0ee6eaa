//! Hands each event of the carrier gateway to the use case it is for.

use events::{Event, HandleError, Handler};
use futures::future::BoxFuture;
use portway_proto::gateway::v1::{
    CapabilityTested, CarrierAnswered, CarrierChanged, CommandKind, CommandProgressed,
    PortOutSnapbackAnswered,
};
use prost::{Message, Name};
use sqlx::PgConnection;

use super::port_in::Heard;
use super::{carriers, dispute, port_in, port_out};
use crate::app::Intake;
use crate::ops;

/// Listens to the carrier gateway.
#[derive(Debug)]
pub(crate) struct FromGateway {
    intake: Intake,
}

impl FromGateway {
    pub(crate) fn new(intake: Intake) -> Self {
        Self { intake }
    }

    async fn act(&self, conn: &mut PgConnection, event: &Event) -> Result<(), HandleError> {
        let payload = event
            .payload
            .as_ref()
            .map(|payload| payload.value.as_slice())
            .unwrap_or_default();
        if event.r#type == CarrierAnswered::full_name() {
            match port_in::answer(&CarrierAnswered::decode(payload)?)? {
                Heard::Order(from, says) => {
                    ops::port_in::record_answer(&self.intake, conn, from, says).await?;
                }
                Heard::Snapback(from, answer) => {
                    ops::port_in::cutover::record_snapback(&self.intake, conn, from, answer).await?;
                }
            }
            // The commit comes after this. Should the worker be quicker, its next look finds what is due.
            self.intake.port_in_wake.wake();
        } else if event.r#type == CapabilityTested::full_name() {
            let (order, tested) = port_in::tested(&CapabilityTested::decode(payload)?)?;
            ops::port_in::cutover::record_test(&self.intake, conn, order, &tested).await?;
        } else if event.r#type == CommandProgressed::full_name() {
            let progressed = CommandProgressed::decode(payload)?;
            match progressed.kind() {
                CommandKind::AnswerPortOut => {
                    let news = port_out::answer_progress(&progressed)?;
                    ops::port_out::record_answer_progress(conn, &news).await?;
                }
                CommandKind::ConflictPortOut => {
                    let (news, at) = port_out::conflict_progress(&progressed)?;
                    ops::port_out::record_conflict_progress(conn, &news, at).await?;
                }
                CommandKind::SnapbackPortOut => {
                    let (snapback, state) = dispute::progress(&progressed)?;
                    let now = self.intake.base.clock.now();
                    ops::dispute::follow_snapback(conn, snapback, state, progressed.refusal, now).await?;
                }
                CommandKind::Unspecified
                | CommandKind::Submit
                | CommandKind::Supplement
                | CommandKind::Cancel
                | CommandKind::Activate
                | CommandKind::Snapback
                | CommandKind::EnableMessaging => {
                    let news = port_in::command(&progressed)?;
                    ops::port_in::record_command(&self.intake, conn, news).await?;
                }
            }
        } else if event.r#type == PortOutSnapbackAnswered::full_name() {
            let answer = dispute::answer(PortOutSnapbackAnswered::decode(payload)?)?;
            ops::dispute::hear_snapback(conn, answer, self.intake.base.clock.now()).await?;
        } else if event.r#type == CarrierChanged::full_name() {
            let carrier = carriers::profile(CarrierChanged::decode(payload)?)?;
            ops::carriers::record(conn, &carrier).await?;
        }
        Ok(())
    }
}

impl Handler for FromGateway {
    fn types(&self) -> Vec<String> {
        vec![
            CarrierAnswered::full_name(),
            CommandProgressed::full_name(),
            CarrierChanged::full_name(),
            CapabilityTested::full_name(),
            PortOutSnapbackAnswered::full_name(),
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
