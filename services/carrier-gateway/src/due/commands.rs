//! Sends commands to the carrier partner: claim, fetch what it needs, mark as sent, call, record.

use carrier_gateway_domain::{
    About, Carrier, Command, OrderAsk, Outcome, PackageNumber, PortOutTell, PortPackage,
};
use clock::{Backlog, BacklogFuture, DueWork};
use futures::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use numbering::NumberKind;
use pg::StoreError;
use service::Base;
use service::due::{self, Pass, Wake};
use sqlx::PgPool;
use tracing::Instrument;
use types::OrderId;

use super::CLAIMED_MAX;
use crate::ops::ClaimedCommand;
use crate::peers::{CallFailure, Intake, Outgoing, Partner, WishBack};
use crate::{CONNECTION, ops};

const NAME: &str = "gateway commands";

/// Sends commands.
#[derive(Debug, Clone)]
pub(crate) struct CommandWorker {
    base: Base,
    intake: Intake,
    partner: Partner,
}

/// What was found out before a command leaves.
enum Prepared {
    Ready(Outgoing),
    /// It does not leave, for now or for good.
    NotReady(Outcome),
}

impl CommandWorker {
    pub(crate) fn new(base: Base, intake: Intake, partner: Partner) -> Self {
        Self {
            base,
            intake,
            partner,
        }
    }

    /// Runs until shutdown.
    pub(crate) fn spawn(self) {
        let (lifecycle, clock) = (self.base.lifecycle.clone(), self.base.clock.clone());
        let token = lifecycle.token();
        let pass = move |_now| {
            let worker = self.clone();
            async move { worker.pass().await }
        };
        lifecycle.spawn(NAME, due::run(NAME, clock, Wake::default(), token, pass));
    }

    async fn pass(&self) -> Result<Pass, StoreError> {
        let claimed = ops::claim_commands(&self.base.pool, CLAIMED_MAX).await?;
        if claimed.is_empty() {
            return Ok(Pass::Idle);
        }
        // All of them end, whatever becomes of one: a call that is dropped would have to wait for its lease.
        let sent = join_all(claimed.into_iter().map(|claimed| self.send(claimed))).await;
        sent.into_iter().collect::<Result<(), _>>()?;
        Ok(Pass::Worked)
    }

    async fn send(&self, claimed: ClaimedCommand) -> Result<(), StoreError> {
        let command = &claimed.command;
        let span = tracing::info_span!(
            "gateway.send_command",
            command.id = %command.id,
            kind = command.about.kind().code(),
            subject.id = %command.about.subject(),
        );
        if let Some(traceparent) = &command.traceparent {
            telemetry::trace_context::set_parent(&span, traceparent);
        }
        self.try_once(&claimed).instrument(span).await
    }

    async fn try_once(&self, claimed: &ClaimedCommand) -> Result<(), StoreError> {
        let pool = &self.base.pool;
        let outcome = match self.prepare(&claimed.command).await? {
            Prepared::NotReady(outcome) => outcome,
            Prepared::Ready(outgoing) => {
                if !ops::mark_sent(pool, claimed, self.base.clock.now()).await? {
                    tracing::info!("the command is not ours any more");
                    return Ok(());
                }
                match self.partner.send(outgoing).await {
                    Ok(carrier_reference) => Outcome::Acknowledged { carrier_reference },
                    Err(failure) => outcome_of(failure),
                }
            }
        };
        match &outcome {
            Outcome::Acknowledged { .. } => tracing::info!("the carrier has the command"),
            Outcome::Refused(refusal) => tracing::warn!(refusal, "the command was refused"),
            Outcome::Failed(error) => {
                tracing::warn!(error, "the command could not be sent; it is tried again");
            }
        }
        let now = self.base.clock.now();
        if !ops::record_outcome(pool, CONNECTION, claimed, outcome, now).await? {
            tracing::info!("somebody else has recorded the outcome");
        }
        Ok(())
    }

    /// Gathers what the call needs. Secrets live in the returned value alone.
    async fn prepare(&self, command: &Command) -> Result<Prepared, StoreError> {
        let (pon, ver, request_id) = (command.pon.clone(), command.ver, command.id);
        let (order, ask) = match &command.about {
            About::Order { order, ask } => (*order, ask.clone()),
            About::PortOut {
                winning_spid,
                tell: PortOutTell::Conflict(conflict),
                ..
            } => {
                return Ok(Prepared::Ready(Outgoing::RaiseConflict {
                    pon,
                    ver,
                    winning_spid: winning_spid.clone(),
                    conflict: conflict.clone(),
                }));
            }
            About::PortOut {
                winning_spid,
                tell: PortOutTell::Answer { answer, .. },
                ..
            } => {
                let pool = &self.base.pool;
                let combined = ops::combine_port_out_answer(pool, winning_spid, &pon, ver).await?;
                return Ok(Prepared::Ready(Outgoing::AnswerPortOut {
                    pon,
                    ver,
                    winning_spid: winning_spid.clone(),
                    // The command itself is among the cases.
                    answer: combined.unwrap_or_else(|| answer.clone()),
                }));
            }
            About::PortOutSnapback {
                winning_spid,
                tns,
                reason,
                request_id,
                ..
            } => {
                return Ok(Prepared::Ready(Outgoing::SnapbackPortOut {
                    pon,
                    ver,
                    wish: WishBack {
                        winning_spid: winning_spid.clone(),
                        tns: tns.clone(),
                        reason: reason.clone(),
                        id: *request_id,
                    },
                }));
            }
        };
        Ok(Prepared::Ready(match ask {
            OrderAsk::Submit | OrderAsk::Supplement { .. } => {
                return self.prepare_version(command, order, &ask).await;
            }
            OrderAsk::Cancel => Outgoing::Cancel { pon, ver },
            OrderAsk::Activate { tns } => Outgoing::Activate { pon, tns },
            OrderAsk::Snapback { tns, reason } => Outgoing::Snapback {
                pon,
                tns,
                reason,
                request_id,
            },
            OrderAsk::EnableMessaging { tns, campaign } => Outgoing::EnableMessaging {
                pon,
                tns,
                campaign,
                request_id,
            },
        }))
    }

    async fn prepare_version(
        &self,
        command: &Command,
        order: OrderId,
        ask: &OrderAsk,
    ) -> Result<Prepared, StoreError> {
        let (pool, ver) = (&self.base.pool, command.ver);
        let Some(losing) = ops::find_losing_carrier(pool, order).await? else {
            let refusal = "the gateway does not know the losing carrier".to_owned();
            return Ok(Prepared::NotReady(Outcome::Refused(refusal)));
        };
        let supplement = ops::supplement_of(pool, order, ver, ask).await?;
        Ok(match self.intake.fetch_package(order, ver).await {
            Ok(package) => Prepared::Ready(Outgoing::Submit {
                pon: command.pon.clone(),
                ver,
                supplement,
                losing: Box::new(as_asked(losing, &package, self.base.clock.now())),
                package: Box::new(package),
            }),
            Err(failure) => Prepared::NotReady(outcome_of(failure)),
        })
    }
}

/// The losing carrier as it is asked for these numbers: as a `RespOrg` only for toll-free ones.
fn as_asked(losing: Carrier, package: &PortPackage, now: Timestamp) -> Carrier {
    let today = now.to_zoned(TimeZone::UTC).date();
    let is_toll_free = |number: &PackageNumber| {
        numbering::describe(number.tn, today).is_ok_and(|info| info.kind == NumberKind::TollFree)
    };
    Carrier {
        resp_org: losing
            .resp_org
            .filter(|_| package.numbers.iter().any(is_toll_free)),
        ..losing
    }
}

fn outcome_of(failure: CallFailure) -> Outcome {
    match failure {
        CallFailure::Refused(refusal) | CallFailure::NotFound(refusal) => Outcome::Refused(refusal),
        CallFailure::Transient(error) => Outcome::Failed(error),
    }
}

/// The commands that have not ended, for whoever moves the clock.
#[derive(Debug)]
pub(crate) struct CommandQueue {
    pool: PgPool,
}

impl CommandQueue {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

impl DueWork for CommandQueue {
    fn name(&self) -> &str {
        NAME
    }

    fn backlog(&self, _now: Timestamp) -> BacklogFuture<'_> {
        Box::pin(async {
            Ok(Backlog {
                due_now: ops::count_commands(&self.pool).await?,
                next_due: None,
            })
        })
    }
}
